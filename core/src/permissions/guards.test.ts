import { describe, expect, test } from 'vitest';
import { claims, person, sales, source, submittedAt, who } from '../cases/world.ts';
import { abilitiesOnAccessRequest, abilitiesOnDataProduct } from './abilities.ts';
import { may } from './may.ts';
import { type Actor, nothing, type SomewhereObject } from './objects.ts';
import { accessRequest, asset, columns, form, newRequest, product } from './objects.fixture.ts';
import { auditScope } from './standing.ts';

const { G, M, S, U, N } = columns;
const denied = { allowed: false, code: 'permission.denied' };
const notFound = { allowed: false, code: 'resource.not_found' };
const selfEdit = { ...denied, reason: 'Nobody changes their own permissions, groups or attributes.' };

describe('domains scope managers', () => {
  test('a manager of one of two domains may not manage the product, and learns what is missing', () => {
    expect(may(M, 'data-product.manage', product({ domains: [claims, sales] }))).toMatchObject({
      ...denied,
      reason: 'You need Manage Data Products in Sales.',
      needs: { permission: 'Manage Data Products', scope: ['Sales'], grantedBy: 'USER_ADMIN' },
    });
  });
  test('a manager of all its domains may', () => {
    expect(may(who('manager-of-both'), 'data-product.manage', product({ domains: [claims, sales] })).allowed).toBe(
      true,
    );
  });
  test('a product cannot be moved into a domain the manager does not manage', () => {
    const edit = { kind: 'product-edit', product: product(), fields: ['domains'], domainsAfter: [sales] } as const;
    expect(may(M, 'data-product.alter', edit)).toMatchObject(denied);
    expect(may(who('manager-of-both'), 'data-product.alter', edit).allowed).toBe(true);
  });
  test('without any domain nobody manages by a domain permission', () => {
    expect(may(M, 'data-product.create', { kind: 'publishing', domains: [] })).toMatchObject(denied);
  });
  test('a deleted product is not found, by anybody', () => {
    expect(may(G, 'data-product.read', product({ deleted: true }))).toMatchObject(notFound);
    expect(may(M, 'data-product.manage', product({ deleted: true }))).toMatchObject(notFound);
  });
});

describe('owners', () => {
  test('an owner who lost the domain permission is no owner any more', () => {
    const owned = product({ owners: [N.globalUserId] });
    const edit = { kind: 'product-edit', product: owned, fields: ['dataAccessReviewFlow'] } as const;
    expect(may(N, 'data-product.alter', edit)).toMatchObject(denied);
  });
  test('a refused member is named', () => {
    const edit = { kind: 'product-edit', product: product(), fields: ['name', 'dataAccessReviewFlow'] } as const;
    expect(may(M, 'data-product.alter', edit)).toMatchObject({
      code: 'data_product.field_forbidden',
      reason: 'Only its owners and holders of Governance may change dataAccessReviewFlow.',
    });
  });
  test('several are named with those who may change each', () => {
    const edit = {
      kind: 'product-edit',
      product: product(),
      fields: ['owners', 'dataAccessReviewFlow', 'name', 'dataAccessRequestFormId'],
    } as const;
    expect(may(M, 'data-product.alter', edit).reason).toBe(
      'Only holders of Governance may change owners. Only its owners and holders of Governance may change dataAccessReviewFlow and dataAccessRequestFormId.',
    );
    expect(may(S, 'data-product.alter', { ...edit, fields: ['name', 'domains', 'owners'] }).reason).toBe(
      'Only its managers and holders of Governance may change name and domains. Only holders of Governance may change owners.',
    );
  });
});

describe('a missing permission', () => {
  const third = { id: 'd-hr', name: 'HR' };
  test('is asked for in all domains, or in any of them, as the rule has it', () => {
    expect(may(N, 'data-product.create', { kind: 'publishing', domains: [claims, sales, third] }).reason).toBe(
      'You need Manage Data Products in Claims, Sales and HR.',
    );
    const target = { kind: 'tag-target', domains: [claims, sales], callerRoles: [], isAbove: false } as const;
    expect(may(N, 'tag.apply', target).reason).toBe('You need Manage Tags in Claims or Sales.');
    const policy = {
      kind: 'policy',
      scope: 'domain',
      callerOwns: false,
      protected: false,
      hasCustomSql: false,
    } as const;
    expect(may(N, 'policy.author', { ...policy, domains: [claims, sales] }).reason).toBe(
      'You need Manage Policies in Claims or Sales.',
    );
    expect(
      may(N, 'identification.run', { kind: 'identification', scope: 'domain', domains: [claims, sales] }).reason,
    ).toBe('You need Manage Identifiers in Claims or Sales.');
  });
  test('that is held everywhere is told with its domains', () => {
    const everywhere = person('m3', {
      domain: [claims, sales, third].map((d) => [d, 'Manage Data Products'] as const),
    });
    expect(may(everywhere, 'data-product.manage', product({ domains: [claims, sales, third] })).reason).toBe(
      'You hold Manage Data Products in Claims, Sales and HR.',
    );
  });
});

describe('forms', () => {
  test('nobody changes or deletes the Standard Request Form', () => {
    for (const actor of [G, M, S]) {
      expect(may(actor, 'request-form.edit', form({ isStandard: true }))).toMatchObject({
        code: 'request_form.standard',
      });
      expect(may(actor, 'request-form.delete', form({ isStandard: true }))).toMatchObject({
        code: 'request_form.standard',
      });
    }
  });
  test('a form used by an asset is for governors', () => {
    expect(may(M, 'request-form.edit', form({ usedByAsset: true }))).toMatchObject({
      ...denied,
      needs: { permission: 'GOVERNANCE' },
    });
    expect(may(G, 'request-form.edit', form({ usedByAsset: true })).allowed).toBe(true);
  });
  test('a form used in a foreign domain is not for its managers', () => {
    expect(may(M, 'request-form.delete', form({ domains: [claims, sales] }))).toMatchObject(denied);
  });
  test('a form nobody uses is for any manager', () => {
    expect(may(M, 'request-form.delete', form({ domains: [] })).allowed).toBe(true);
  });
  test('a steward by delegation is not assigned by the form', () => {
    expect(may(S, 'request-form.edit', form({ reviewers: [], fields: ['fields'] }))).toMatchObject(denied);
  });
});

describe('four eyes', () => {
  const mine = accessRequest({ requestingUser: S, beneficiary: N });
  const forMe = accessRequest({ requestingUser: N, beneficiary: S });
  const fourEyes = { allowed: false, code: 'approval_record.four_eyes' };
  test('neither of the two users decides', () => {
    expect(may(S, 'access-request.determine', mine)).toMatchObject(fourEyes);
    expect(may(S, 'access-request.determine', forMe)).toMatchObject(fourEyes);
  });
  test('nor does another login of the same human', () => {
    const second = person('s-second', { groups: ['HR'], personId: S.personId });
    expect(may(second, 'access-request.determine', mine)).toMatchObject(fourEyes);
  });
  test('nor who made themself eligible after submission', () => {
    expect(may(who('self-made-hr'), 'access-request.determine', accessRequest())).toMatchObject(fourEyes);
    expect(may(who('self-made-hr-before'), 'access-request.determine', accessRequest()).allowed).toBe(true);
  });
  test('every kind of quality is taken back, and only those given since', () => {
    const self = person('self', {
      permissions: ['GOVERNANCE'],
      attributes: [{ name: 'Duty', value: 'Privacy' }],
      domain: [[claims, 'Manage Data Products']],
      selfGrants: [
        { kind: 'permission', permission: 'GOVERNANCE', at: submittedAt },
        { kind: 'attribute', name: 'Duty', value: 'Privacy', at: submittedAt },
        { kind: 'domain-permission', domainId: claims.id, permission: 'Manage Data Products', at: submittedAt },
      ],
    });
    for (const by of ['GOVERNANCE', 'Duty=Privacy', 'Manage Data Products'])
      expect(
        may(
          self,
          'access-request.determine',
          accessRequest({ records: [{ approvers: [source(by)], status: 'PENDING', actionBy: null }] }),
        ),
        by,
      ).toMatchObject(fourEyes);
  });
  test('who assigned a slot does not decide it', () => {
    const routedBy = { globalUserId: S.globalUserId, personId: S.personId };
    const records = [{ approvers: [source('group HR')], status: 'PENDING', actionBy: null, routedBy }] as const;
    expect(may(S, 'access-request.determine', accessRequest({ records }))).toMatchObject(fourEyes);
    expect(may(who('hr2'), 'access-request.determine', accessRequest({ records })).allowed).toBe(true);
    expect(may(S, 'access-request.determine', accessRequest({ records, fourEyes: false })).allowed).toBe(true);
  });
  test('nor does a governor choose who decides their own request', () => {
    expect(may(G, 'access-request.reroute', accessRequest({ requestingUser: G }))).toMatchObject(fourEyes);
    expect(may(G, 'access-request.reroute', accessRequest({ beneficiary: G }))).toMatchObject(fourEyes);
    expect(may(G, 'access-request.reroute', accessRequest({ beneficiary: G, fourEyes: false })).allowed).toBe(true);
  });
  test('managers and governors decide only where the flow names them', () => {
    expect(may(G, 'access-request.determine', accessRequest())).toMatchObject(denied);
    expect(may(M, 'access-request.determine', accessRequest())).toMatchObject(denied);
  });
});

describe('readers of a request', () => {
  test('its two users and auditors read it, also by Audit Activity in its domain', () => {
    for (const name of ['consumer', 'consumer2', 'auditor', 'claims-auditor'])
      expect(may(who(name), 'access-request.read', accessRequest()).allowed, name).toBe(true);
  });
  test('auditors look at its evidence, and do nothing with it', () => {
    for (const status of ['PENDING', 'APPROVED'] as const)
      for (const name of ['auditor', 'claims-auditor']) {
        const able = abilitiesOnAccessRequest(who(name), accessRequest({ status }));
        const allowed = Object.entries(able).flatMap(([ability, { allowed: is }]) => (is ? [ability] : []));
        expect(allowed, name).toEqual(['inspect']);
        expect(able.inspect.reason).toBe('You audit it.');
      }
  });
  test('its two users see it without the evidence, and no permission is named that they would need', () => {
    for (const name of ['consumer', 'consumer2']) {
      const refused = may(who(name), 'access-request.inspect', accessRequest());
      expect(refused, name).toMatchObject({ ...denied, reason: expect.stringContaining('review or audit') });
      expect(refused).not.toHaveProperty('needs');
    }
  });
  test('everybody else does not learn that it exists, whatever they try', () => {
    const r = accessRequest();
    const stranger = who('sales-manager');
    for (const action of ['read', 'cancel', 'inspect', 'assess', 'determine', 'reroute', 'revoke', 'retry'] as const)
      expect(may(stranger, `access-request.${action}`, r), action).toMatchObject(notFound);
  });
  test('its two users remind its reviewers; who made it alone changes the answers', () => {
    for (const action of ['remind', 'replace'] as const) {
      expect(may(who('consumer'), `access-request.${action}`, accessRequest()).allowed, action).toBe(true);
      expect(may(G, `access-request.${action}`, accessRequest()), action).toMatchObject(denied);
      expect(may(who('sales-manager'), `access-request.${action}`, accessRequest()), action).toMatchObject(notFound);
    }
    expect(may(who('consumer2'), 'access-request.remind', accessRequest()).allowed).toBe(true);
    expect(may(who('consumer2'), 'access-request.replace', accessRequest())).toMatchObject(denied);
    const able = (over: Parameters<typeof accessRequest>[0]) =>
      abilitiesOnAccessRequest(who('consumer'), accessRequest(over));
    expect([able({}).remind.allowed, able({}).replace.allowed]).toEqual([true, true]);
    const decided = able({ status: 'APPROVED' });
    expect([decided.remind.allowed, decided.replace.allowed]).toEqual([false, false]);
  });
  test('its two users cancel it, and the beneficiary gives access back', () => {
    expect(may(who('consumer'), 'access-request.cancel', accessRequest()).allowed).toBe(true);
    expect(may(who('consumer2'), 'access-request.cancel', accessRequest()).allowed).toBe(true);
    expect(may(who('consumer2'), 'access-request.revoke', accessRequest()).allowed).toBe(true);
    expect(may(who('consumer'), 'access-request.revoke', accessRequest())).toMatchObject(denied);
  });
});

describe('nobody lifts themself up', () => {
  const self = { globalUserId: U.globalUserId, personId: U.personId };
  const secondLogin = { globalUserId: 'u-u2', personId: U.personId };
  test('their own permissions, groups and attributes', () => {
    for (const changes of [['permissions'], ['groups'], ['attributes'], ['profile', 'permissions']] as const)
      expect(may(U, 'user.manage', { kind: 'user', ...self, changes })).toMatchObject(selfEdit);
    expect(may(U, 'user.manage', { kind: 'user', ...self })).toMatchObject(selfEdit);
    expect(may(U, 'user.manage', { kind: 'user', ...secondLogin, changes: ['permissions'] })).toMatchObject(selfEdit);
    expect(may(U, 'user.manage', { kind: 'user', ...self, changes: ['profile'] }).allowed).toBe(true);
  });
  test('their own tokens, which are under their account', () => {
    const changes = ['tokens'] as const;
    const answer = may(U, 'user.manage', { kind: 'user', ...self, changes });
    expect(answer).toMatchObject({ allowed: false, reason: 'Your own tokens are under your account.' });
    expect(may(U, 'user.manage', { kind: 'user', ...secondLogin, changes }).allowed).toBe(true);
  });
  test('which logins are theirs', () => {
    const reason = 'Nobody says of their own logins which of them are one person.';
    for (const changes of [['person'], ['profile', 'person']] as const)
      for (const login of [self, secondLogin])
        expect(may(U, 'user.manage', { kind: 'user', ...login, changes })).toMatchObject({ allowed: false, reason });
  });
  test('a group they join or leave, a domain permission they gain, their own platform identity', () => {
    expect(may(U, 'group.manage', { kind: 'group', name: 'HR', affected: [self] })).toMatchObject(selfEdit);
    expect(may(U, 'domain.grant', { kind: 'domain-grant', ...claims, affected: [secondLogin] })).toMatchObject(
      selfEdit,
    );
    expect(may(U, 'identity.manage', { kind: 'identity', ...self })).toMatchObject(denied);
  });
});

describe('who manages tags in a domain', () => {
  const keeper: Actor = {
    ...who('consumer'),
    domainPermissions: [{ domainId: claims.id, permission: 'Manage Tags' }],
  };
  const onTarget = (domains: readonly (typeof claims)[], isAbove = false) =>
    may(keeper, 'tag.apply', { kind: 'tag-target', domains, callerRoles: [], isAbove });
  const elsewhere = { id: 'd-elsewhere', name: 'Elsewhere' };
  test('changes the tags of its sources, also of those that lie in another domain as well', () => {
    expect(onTarget([claims]).allowed).toBe(true);
    expect(onTarget([claims, elsewhere]).allowed).toBe(true);
    expect(may(keeper, 'tag.apply', nothing).allowed).toBe(true);
  });
  test('and neither those of others, nor of what hands tags down, nor the tags themselves', () => {
    expect(onTarget([elsewhere])).toMatchObject(denied);
    expect(onTarget([])).toMatchObject(denied);
    expect(onTarget([claims], true)).toMatchObject(denied);
    expect(may(keeper, 'tag.manage', nothing)).toMatchObject(denied);
  });
});

describe('asking on behalf', () => {
  const other = person('other', { groups: ['HR'] });
  test('follows the setting', () => {
    expect(may(N, 'access-request.create', newRequest(other)).allowed).toBe(true);
    expect(may(N, 'access-request.create', newRequest(other, { onBehalf: 'nobody' }))).toMatchObject(denied);
    expect(may(S, 'access-request.create', newRequest(other, { onBehalf: 'same_group' })).allowed).toBe(true);
    expect(may(N, 'access-request.create', newRequest(other, { onBehalf: 'same_group' }))).toMatchObject(denied);
    expect(may(M, 'access-request.create', newRequest(other, { onBehalf: 'managers' })).allowed).toBe(true);
    expect(may(S, 'access-request.create', newRequest(other, { onBehalf: 'managers' }))).toMatchObject({
      ...denied,
      reason: 'Only managers of the target may ask on behalf of others. You need Manage Data Products in Claims.',
    });
  });
  test('everybody asks for themself whatever the setting', () => {
    for (const actor of Object.values(columns))
      expect(may(actor, 'access-request.create', newRequest(actor, { onBehalf: 'nobody' })).allowed).toBe(true);
  });
});

describe('what is hidden', () => {
  test('a hidden product is seen by who has a role on it', () => {
    const hidden = product({ shownToConsumers: false });
    expect(may(N, 'data-product.read', hidden)).toMatchObject(notFound);
    expect(may(N, 'data-product.alter', hidden)).toMatchObject(notFound);
    expect(may(N, 'data-product.read', { ...hidden, callerHasRequest: true }).allowed).toBe(true);
    expect(may(who('auditor'), 'data-product.read', hidden).allowed).toBe(true);
  });
  test('a data source shows itself in its domains and in products one may see', () => {
    const lonely = { kind: 'data-source', domains: [claims], callerRoles: [], inVisibleProduct: false } as const;
    expect(may(N, 'data-source.read', lonely)).toMatchObject(notFound);
    expect(may(who('sales-manager'), 'data-source.read', lonely)).toMatchObject(notFound);
    expect(may(M, 'data-source.read', lonely).allowed).toBe(true);
    expect(may(N, 'data-source.read', { ...lonely, inVisibleProduct: true }).allowed).toBe(true);
  });
  test("somebody else's account is not found", () => {
    expect(may(G, 'account.self', { kind: 'account', globalUserId: 'u-other' })).toMatchObject(notFound);
    expect(may(N, 'account.self', { kind: 'account', globalUserId: N.globalUserId }).allowed).toBe(true);
  });
});

describe('audit', () => {
  test('AUDIT reads all, Audit Activity its domain, others nothing', () => {
    expect(auditScope(who('auditor'))).toBe('all');
    expect(auditScope(who('claims-auditor'))).toEqual({ domainIds: [claims.id], owner: null });
    expect(auditScope(G)).toEqual({ domainIds: [], owner: null });
    expect(may(who('claims-auditor'), 'audit.read', nothing).allowed).toBe(true);
    expect(may(who('claims-auditor'), 'audit.read', { kind: 'audit', domainIds: [sales.id] })).toMatchObject({
      ...denied,
      needs: { permission: 'AUDIT' },
    });
    expect(may(who('auditor'), 'audit.read', { kind: 'audit', domainIds: [] }).allowed).toBe(true);
    expect(may(G, 'audit.read', nothing)).toMatchObject(denied);
    for (const name of ['auditor', 'appadmin'] as const)
      expect(may(who(name), 'audit.verify', nothing).allowed).toBe(true);
    for (const name of ['claims-auditor', 'consumer'] as const)
      expect(may(who(name), 'audit.verify', nothing)).toMatchObject({ ...denied, needs: { permission: 'AUDIT' } });
    expect(auditScope(G, ['Data Owner'])).toEqual({ domainIds: [], owner: G });
    const runs: SomewhereObject = { kind: 'somewhere', callerRoles: ['Infrastructure Admin'] };
    for (const action of ['audit.read', 'report.read'] as const) {
      expect(may(who('consumer'), action, runs)).toMatchObject(denied);
      expect(may(who('consumer'), action, { ...runs, callerRoles: ['Data Owner'] }).allowed).toBe(true);
    }
  });
});

describe('abilities', () => {
  test('join right and state, each with its reason', () => {
    const pending = abilitiesOnAccessRequest(S, accessRequest());
    expect(pending.determine).toEqual({ allowed: true, reason: 'You are a steward of it.' });
    expect(pending.revoke).toEqual({ allowed: false, reason: 'Only approved access can be revoked.' });
    const decided = abilitiesOnAccessRequest(S, accessRequest({ status: 'APPROVED' }));
    expect(decided.determine).toEqual({ allowed: false, reason: 'It is approved already.' });
    expect(decided.revoke.allowed).toBe(true);
  });
  test('say when the own part is decided, blocked, or held up', () => {
    const part = (status: 'APPROVED' | 'BLOCKED') => [
      { approvers: [source('group HR')], status, actionBy: null },
      { approvers: [source('GOVERNANCE')], status: 'PENDING' as const, actionBy: null },
    ];
    expect(abilitiesOnAccessRequest(S, accessRequest({ records: part('APPROVED') })).determine.reason).toBe(
      'Your part is decided; it waits for others.',
    );
    expect(abilitiesOnAccessRequest(S, accessRequest({ records: part('BLOCKED') })).determine.reason).toBe(
      'An earlier stage is not decided yet.',
    );
    const { target } = accessRequest();
    expect(
      abilitiesOnAccessRequest(S, accessRequest({ target: { ...target, suspended: true } })).determine.allowed,
    ).toBe(false);
    const unregistered = abilitiesOnAccessRequest(S, accessRequest({ target: { ...target, registered: false } }));
    expect([unregistered.determine.allowed, unregistered.approve.allowed]).toEqual([true, false]);
  });
  test('name the members a steward may change, and what only owners do', () => {
    const steward = abilitiesOnDataProduct(S, product());
    expect(steward.alter).toMatchObject({ allowed: true, fieldsAllowed: ['description', 'metadata'] });
    expect(steward.manage.allowed).toBe(false);
    const owning = (actor: Actor, owners: readonly string[] = []) => {
      const { attachForm, changeOwners } = abilitiesOnDataProduct(actor, product({ owners }));
      return [attachForm, changeOwners].map(({ allowed, reason }) => `${allowed ? 'yes' : 'no'}: ${reason}`);
    };
    const notOwners = 'no: Only holders of Governance may do this.';
    expect(owning(M)).toEqual(['no: Only its owners and holders of Governance may do this.', notOwners]);
    expect(owning(M, [M.globalUserId])).toEqual(['yes: You own it.', notOwners]);
    expect(owning(G)).toEqual(['yes: You hold Governance.', 'yes: You hold Governance.']);
    expect(abilitiesOnDataProduct(N, product({ suspended: true })).request.allowed).toBe(false);
  });
  test('an asset has no managers who could revoke', () => {
    const r = accessRequest({ status: 'APPROVED', target: { ...accessRequest().target, type: 'DATA_OBJECT' } });
    expect(abilitiesOnAccessRequest(M, r).revoke.allowed).toBe(false);
    expect(may(M, 'asset.edit', asset)).toMatchObject({ ...denied, reason: 'You need Governance.' });
  });
});
