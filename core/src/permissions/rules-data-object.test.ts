import type { NodeRole } from '@stoa/contract/enums';
import { describe, expect, test } from 'vitest';
import { claims, person } from '../cases/world.ts';
import type { Answer } from './answer.ts';
import { may } from './may.ts';
import { type Actor, nothing } from './objects.ts';
import { columns } from './objects.fixture.ts';

/**
 * Who may do what with the object tree. `O` Data Owner and `I` Infrastructure Admin of the node, `B` Data Owner of something
 * below it, `T` Audit; the others as in product.md 5.
 */
const matrix = `
| action                                | G   | A   | U   | T   | O   | I   | B   | N   |
| see that there is a tree              | Yes | Yes |     | Yes | Yes | Yes | Yes |     |
| see the node                          | Yes | Yes |     | Yes | Yes | Yes | Yes |     |
| change its state, sync it             |     | Yes |     |     |     | Yes |     |     |
| change the state of some node         |     | Yes |     |     |     | Yes |     |     |
| confirm what came back under its name | Yes | Yes |     |     | Yes |     |     |     |
| see its roles                         | Yes | Yes | Yes | Yes | Yes | Yes | Yes |     |
| see the roles of a visible source     | Yes | Yes | Yes | Yes | Yes | Yes | Yes | Yes |
| name an Infrastructure Admin          |     | Yes |     |     |     |     |     |     |
| name a Data Owner                     | Yes | Yes |     |     |     |     |     |     |
| name both at once                     |     | Yes |     |     |     |     |     |     |
| name oneself Data Owner               |     |     |     |     |     |     |     |     |
| tag its data source, in no domain     | Yes |     |     |     | Yes |     |     |     |
| tag its data source, in a domain      | Yes |     |     |     | Yes |     |     |     |
| tag the node for everything below     | Yes |     |     |     |     |     |     |     |
| see its data source, in no product    | Yes | Yes |     | Yes | Yes | Yes |     |     |
`;

type Who = { readonly actor: Actor; readonly here: readonly NodeRole[]; readonly below: readonly NodeRole[] };
const plain = (id: string, here: readonly NodeRole[], below: readonly NodeRole[] = []): Who => ({
  actor: person(id),
  here,
  below,
});
const holders: Readonly<Record<string, Who>> = {
  G: { actor: columns.G, here: [], below: [] },
  A: { actor: columns.A, here: [], below: [] },
  U: { actor: columns.U, here: [], below: [] },
  T: { actor: person('t', { permissions: ['AUDIT'] }), here: [], below: [] },
  O: plain('o', ['Data Owner']),
  I: plain('i', ['Infrastructure Admin']),
  B: plain('b', [], ['Data Owner']),
  N: plain('n', []),
};

const nodeOf = ({ here, below }: Who) => ({ callerRoles: here, isAboveOwn: below.length > 0 });
const somewhere = ({ here, below }: Who) => ({ kind: 'somewhere', callerRoles: [...here, ...below] }) as const;
const naming = ({ actor }: Who, changed: readonly NodeRole[], affected: readonly Actor[] = []) =>
  may(actor, 'data-object-role.assign', { kind: 'data-object-role-edit', changed, affected });
const tagging = ({ actor, here }: Who, over: { domains?: readonly (typeof claims)[]; isAbove?: boolean }) =>
  may(actor, 'tag.apply', { kind: 'tag-target', domains: [], isAbove: false, callerRoles: here, ...over });

const questions: Readonly<Record<string, (who: Who) => Answer>> = {
  'see that there is a tree': (who) => may(who.actor, 'data-object.read', somewhere(who)),
  'see the node': (who) => may(who.actor, 'data-object.read', { kind: 'data-object', ...nodeOf(who) }),
  'change its state, sync it': (who) => may(who.actor, 'data-object.manage', { kind: 'data-object', ...nodeOf(who) }),
  'change the state of some node': (who) => may(who.actor, 'data-object.manage', somewhere(who)),
  'confirm what came back under its name': (who) =>
    may(who.actor, 'data-object.release', { kind: 'data-object', ...nodeOf(who) }),
  'see its roles': (who) =>
    may(who.actor, 'data-object-role.read', { kind: 'data-object-roles', ...nodeOf(who), isSourceReadable: false }),
  'see the roles of a visible source': (who) =>
    may(who.actor, 'data-object-role.read', { kind: 'data-object-roles', ...nodeOf(who), isSourceReadable: true }),
  'name an Infrastructure Admin': (who) => naming(who, ['Infrastructure Admin']),
  'name a Data Owner': (who) => naming(who, ['Data Owner']),
  'name both at once': (who) => naming(who, ['Data Owner', 'Infrastructure Admin']),
  'name oneself Data Owner': (who) => naming(who, ['Data Owner'], [who.actor]),
  'tag its data source, in no domain': (who) => tagging(who, {}),
  'tag its data source, in a domain': (who) => tagging(who, { domains: [claims] }),
  'tag the node for everything below': (who) => tagging(who, { isAbove: true }),
  'see its data source, in no product': (who) =>
    may(who.actor, 'data-source.read', {
      kind: 'data-source',
      domains: [],
      inVisibleProduct: false,
      callerRoles: who.here,
    }),
};

const [head = [], ...rows] = matrix
  .trim()
  .split('\n')
  .map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );

describe.each(rows)('%s', (action, ...cells) => {
  test.each(head.slice(1).map((letter, i) => [letter, cells[i] ?? ''] as const))('%s: "%s"', (letter, cell) => {
    const [ask, who] = [questions[action], holders[letter]];
    if (ask === undefined || who === undefined) throw new Error(`No question for "${action}", ${letter}.`);
    const answer = ask(who);
    expect(answer.reason).toMatch(/^[A-Z].*\.$/);
    expect(answer.allowed).toBe(cell === 'Yes');
  });
});

test('every question stands in the matrix', () => {
  expect(rows.map(([action]) => action).sort()).toEqual(Object.keys(questions).sort());
});

test('another login of the same human is oneself', () => {
  const second = { ...columns.A, globalUserId: 'a-second' };
  expect(naming({ actor: columns.A, here: [], below: [] }, ['Infrastructure Admin'], [second])).toMatchObject({
    allowed: false,
    reason: 'Nobody gives themself a role, or takes one from themself.',
  });
});

test('a node on which somebody holds nothing is not there for them', () => {
  const node = { kind: 'data-object', callerRoles: [], isAboveOwn: false } as const;
  expect(may(columns.N, 'data-object.read', node)).toMatchObject({ code: 'resource.not_found' });
  expect(may(columns.N, 'data-object.read', nothing)).toMatchObject({ code: 'permission.denied' });
});
