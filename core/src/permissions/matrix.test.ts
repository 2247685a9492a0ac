import { describe, expect, test } from 'vitest';
import { claims } from '../cases/world.ts';
import type { Answer } from './answer.ts';
import { may } from './may.ts';
import { type Actor, nothing, type ProductField } from './objects.ts';
import { accessRequest, asset, columns, form, newRequest, product } from './objects.fixture.ts';

/** Mirrors the matrix of product.md section 5, cell for cell. `?owner` and `?fields` stand for its words in the cells. */
const matrix = `
| action                                   | G   | M      | S       | U   | A   | N    |
| create a domain                          | Yes |        |         |     |     |      |
| edit a domain and its sources            | Yes |        |         |     |     |      |
| make a tag                               | Yes |        |         |     |     |      |
| tag a data source                        | Yes |        |         |     |     |      |
| grant a permission in a domain           |     |        |         | Yes |     |      |
| publish a data product                   | Yes | Yes    |         |     |     |      |
| manage a data product                    | Yes | Yes    |         |     |     |      |
| determine an access request              |     |        | Yes     |     |     |      |
| re-route an access request               | Yes |        |         |     |     |      |
| alter a data product                     | Yes | Yes    | ?fields |     |     |      |
| create a request form                    | Yes | Yes    |         |     |     |      |
| edit a request form                      | Yes | Yes    | ?fields |     |     |      |
| delete a request form                    | Yes | Yes    |         |     |     |      |
| try a review flow                        | Yes | Yes    |         |     |     |      |
| create an agreement                      | Yes | Yes    |         |     |     |      |
| edit an agreement                        | Yes | Yes    | ?fields |     |     |      |
| delete an agreement                      | Yes | Yes    |         |     |     |      |
| attach a form to an asset                | Yes |        |         |     |     |      |
| attach a form to a data product          | Yes | ?owner |         |     |     |      |
| attach a steward to an asset             | Yes |        |         |     |     |      |
| attach a steward to a data product       | Yes | ?owner |         |     |     |      |
| change the owners of a data product      | Yes |        |         |     |     |      |
| create an access request                 | (N) | Yes    | Yes     | Yes | (N) | Yes  |
| revoke a member from a data product      | Yes | Yes    | Yes     |     |     |      |
| revoke access to an asset                | Yes |        | Yes     |     |     |      |
| configure webhooks                       |     |        |         |     | Yes |      |
| verify the installation                  |     |        |         |     | Yes |      |
| brand the app                            |     |        |         |     | Yes |      |
| install the Slack app                    |     |        |         |     | Yes |      |
| enable notifications for oneself         | Yes | Yes    | Yes     | Yes | Yes | Yes  |
| register a connection                    |     |        |         |     | Yes |      |
| change the state of data objects         |     |        |         |     | Yes |      |
| leave drift as it is                     | Yes |        |         |     | Yes |      |
| plan to take back others' grants         | Yes |        |         |     |     |      |
| confirm such a plan of another person    | Yes |        |         |     |     |      |
| change a user                            |     |        |         | Yes |     |      |
| confirm a change of people that another person filed |     |        |         | Yes |     |      |
| change a group                           |     |        |         | Yes |     |      |
| map a platform identity                  |     |        |         | Yes |     |      |
| read a request                           | Yes | Yes    | Yes     |     |     |      |
| see the evidence of a request            | Yes | Yes    | Yes     |     |     |      |
| see what earlier decisions suggest       | Yes | Yes    | Yes     |     |     |      |
| see another person's exceptions          | Yes | Yes    | Yes     |     |     |      |
| retry provisioning                       | Yes | Yes    | Yes     |     |     |      |
| see recent determinations of a product   | Yes | Yes    | Yes     |     |     |      |
| see recent determinations of an asset    | Yes | Yes    | Yes     |     |     |      |
| explain another person's access          | Yes | Yes    | Yes     |     |     |      |
| read audit                               |     |        |         |     |     |      |
| verify the audit chain                   |     |        |         |     | Yes |      |
| see a data product                       | Yes | Yes    | Yes     | Yes | Yes | Yes  |
| see a hidden data product                | Yes | Yes    | Yes     |     |     |      |
| look up people                           | Yes | Yes    | Yes     | Yes | Yes | Yes  |
| see domains, tags, forms and assets      | Yes | Yes    | Yes     | Yes | Yes | Yes  |
| cancel somebody else's request           |     |        |         |     |     |      |
`;

type Question = (actor: Actor, owns: boolean) => Answer;
const other = { globalUserId: 'u-other', personId: 'p-other' };
const edit =
  (fields: readonly ProductField[]): Question =>
  (actor, owns) =>
    may(actor, 'data-product.alter', {
      kind: 'product-edit',
      product: product({ owners: owns ? [actor.globalUserId] : [] }),
      fields,
    });
const onAsset = { type: 'DATA_OBJECT', name: 'claims', domains: [claims], suspended: false, registered: true } as const;
const firstNo = (...answers: readonly [Answer, ...Answer[]]): Answer => answers.find((a) => !a.allowed) ?? answers[0];

const questions: Readonly<Record<string, Question>> = {
  'create a domain': (a) => may(a, 'domain.manage', nothing),
  'edit a domain and its sources': (a) => may(a, 'domain.manage', { kind: 'domain', ...claims }),
  'make a tag': (a) => may(a, 'tag.manage', nothing),
  'tag a data source': (a) =>
    may(a, 'tag.apply', { kind: 'tag-target', domains: [claims], callerRoles: [], isAbove: false }),
  'grant a permission in a domain': (a) =>
    may(a, 'domain.grant', { kind: 'domain-grant', ...claims, affected: [other] }),
  'publish a data product': (a) => may(a, 'data-product.create', { kind: 'publishing', domains: [claims] }),
  'manage a data product': (a) => may(a, 'data-product.manage', product()),
  'determine an access request': (a) => may(a, 'access-request.determine', accessRequest()),
  're-route an access request': (a) => may(a, 'access-request.reroute', accessRequest()),
  'alter a data product': edit(['name', 'suspended']),
  'create a request form': (a) => may(a, 'request-form.create', nothing),
  'edit a request form': (a) => may(a, 'request-form.edit', form({ fields: ['policy', 'name'] })),
  'delete a request form': (a) => may(a, 'request-form.delete', form()),
  'try a review flow': (a) =>
    firstNo(
      may(a, 'review-flow.simulate', { kind: 'flow-simulation', domains: null }),
      may(a, 'review-flow.simulate', { kind: 'flow-simulation', domains: [claims] }),
    ),
  'create an agreement': (a) => may(a, 'data-use-agreement.create', nothing),
  'edit an agreement': (a) =>
    may(a, 'data-use-agreement.edit', { ...form({ fields: ['name'] }), kind: 'data-use-agreement' }),
  'delete an agreement': (a) => may(a, 'data-use-agreement.delete', { ...form(), kind: 'data-use-agreement' }),
  'attach a form to an asset': (a) => may(a, 'asset.edit', asset),
  'attach a form to a data product': edit(['dataAccessRequestFormId', 'maskingExceptionRequestFormId']),
  'attach a steward to an asset': (a) => may(a, 'asset.edit', asset),
  'attach a steward to a data product': edit(['dataAccessReviewFlow', 'maskingExceptionReviewFlow']),
  'change the owners of a data product': edit(['owners']),
  'create an access request': (a) => may(a, 'access-request.create', newRequest(a)),
  'revoke a member from a data product': (a) => may(a, 'access-request.revoke', accessRequest({ status: 'APPROVED' })),
  'revoke access to an asset': (a) =>
    may(a, 'access-request.revoke', accessRequest({ status: 'APPROVED', target: onAsset })),
  'configure webhooks': (a) => may(a, 'webhook.manage', nothing),
  'verify the installation': (a) => may(a, 'verification.run', nothing),
  'brand the app': (a) => may(a, 'settings.manage', nothing),
  'install the Slack app': (a) => may(a, 'slack.manage', nothing),
  'enable notifications for oneself': (a) =>
    may(a, 'notification.self', { kind: 'account', globalUserId: a.globalUserId }),
  'register a connection': (a) => may(a, 'connection.manage', nothing),
  'change the state of data objects': (a) => may(a, 'data-object.manage', nothing),
  'leave drift as it is': (a) => may(a, 'drift.ignore', { kind: 'drift', isOwn: false }),
  "plan to take back others' grants": (a) => may(a, 'existing-grant.take_back', nothing),
  'confirm such a plan of another person': (a) =>
    may(a, 'existing-grant.take_back', { kind: 'take-back', filedBy: other }),
  'change a user': (a) => may(a, 'user.manage', { kind: 'user', ...other }),
  'change a group': (a) => may(a, 'group.manage', { kind: 'group', name: 'HR', affected: [other] }),
  'confirm a change of people that another person filed': (a) =>
    may(a, 'people-change.decide', {
      kind: 'people-change',
      act: 'confirm',
      filedBy: other,
      favours: [],
      isLeftToThem: false,
    }),
  'map a platform identity': (a) => may(a, 'identity.manage', { kind: 'identity', ...other }),
  'read a request': (a) => may(a, 'access-request.read', accessRequest()),
  'see the evidence of a request': (a) => may(a, 'access-request.inspect', accessRequest()),
  'see what earlier decisions suggest': (a) => may(a, 'access-request.assess', accessRequest()),
  "see another person's exceptions": (a) =>
    may(a, 'access-request.assess', { kind: 'exceptions', ...other, callerReviews: a === columns.S }),
  'retry provisioning': (a) => may(a, 'access-request.retry', accessRequest({ status: 'APPROVED' })),
  'see recent determinations of a product': (a) => may(a, 'access-request.assess', product()),
  'see recent determinations of an asset': (a) => may(a, 'access-request.assess', asset),
  "explain another person's access": (a) =>
    may(a, 'access.explain', {
      kind: 'explain',
      ...other,
      sourceDomains: [claims],
      callerRoles: [],
      reviewers: asset.reviewers,
    }),
  'read audit': (a) => may(a, 'audit.read', { kind: 'audit', domainIds: [claims.id] }),
  'verify the audit chain': (a) => may(a, 'audit.verify', nothing),
  'see a data product': (a) =>
    firstNo(may(a, 'data-product.read', product()), may(a, 'data-product.members', product())),
  'see a hidden data product': (a) => may(a, 'data-product.read', product({ shownToConsumers: false })),
  'look up people': (a) => may(a, 'directory.read', nothing),
  'see domains, tags, forms and assets': (a) =>
    firstNo(
      may(a, 'domain.read', { kind: 'domain', ...claims }),
      may(a, 'tag.read', nothing),
      may(a, 'request-form.read', form()),
      may(a, 'data-use-agreement.read', nothing),
      may(a, 'asset.read', asset),
    ),
  "cancel somebody else's request": (a) => may(a, 'access-request.cancel', accessRequest()),
};

/** What a steward may change where the cell says so, and what is asked for then. */
const partial: Readonly<Record<string, readonly [Question, readonly string[]]>> = {
  'alter a data product': [edit(['description', 'metadata']), ['description', 'metadata']],
  'edit a request form': [
    (a) => may(a, 'request-form.edit', form({ fields: ['fields', 'dataUseAgreementIds'] })),
    ['fields', 'dataUseAgreementIds'],
  ],
  'edit an agreement': [
    (a) => may(a, 'data-use-agreement.edit', { ...form({ fields: ['body'] }), kind: 'data-use-agreement' }),
    ['body'],
  ],
};

const rows = matrix
  .trim()
  .split('\n')
  .slice(1)
  .map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
const letters = ['G', 'M', 'S', 'U', 'A', 'N'] as const;

describe.each(rows)('%s', (action, ...cells) => {
  const ask = questions[action];
  if (ask === undefined) throw new Error(`No question for "${action}".`);
  test.each(letters.map((letter, i) => [letter, cells[i] ?? ''] as const))('%s: "%s"', (letter, cell) => {
    const actor = columns[letter];
    const answer = ask(actor, false);
    expect(answer.reason).toMatch(/^[A-Z].*\.$/);
    // (N): not by this permission, but its holder may ask like anyone.
    expect(answer.allowed).toBe(cell === 'Yes' || cell === '(N)');
    if (cell === '?owner') expect(ask(actor, true).allowed).toBe(true);
    if (cell === '') expect(ask(actor, true).allowed).toBe(false);
    if (cell === '?fields') {
      const [askPart, fields] = partial[action] ?? [];
      expect(askPart?.(actor, false)).toMatchObject({ allowed: true, fieldsAllowed: fields });
    }
  });
});

test('every question stands in the matrix', () => {
  expect(rows.map(([action]) => action).sort()).toEqual(Object.keys(questions).sort());
});

test('a disabled login is refused everything', () => {
  for (const [action, ask] of Object.entries(questions))
    for (const actor of Object.values(columns))
      expect(ask({ ...actor, status: 'disabled' }, true), action).toMatchObject({
        allowed: false,
        reason: 'Your account is disabled.',
      });
});
