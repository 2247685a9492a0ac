import type { ImportKind } from '@stoa/contract/people-import';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { judgeAttributes, type Carrier } from '../people-import/judge-attributes.ts';
import { judgeGroups, judgeMembers } from '../people-import/judge-groups.ts';
import { type IdentityRow, judgeIdentities } from '../people-import/judge-identities.ts';
import { judgeUsers, statesAtOnce } from '../people-import/judge-users.ts';
import type { Actor } from '../permissions/objects.ts';

type Cells = Readonly<Record<string, string>>;
type Case = {
  readonly name: string;
  readonly given: { readonly kind: ImportKind; readonly rows: readonly Cells[] };
  readonly want: readonly object[];
  readonly reason: string;
};

/** Ann and Ben are people; `admin` asks, has a second login `admin2`, and is in the group Admins. Ben is in Finance; Cy has two logins. */
const logins: Readonly<Record<string, string>> = {
  ann: 'ann',
  ben: 'ben',
  admin: 'admin',
  admin2: 'admin',
  second: 's',
  cy: 'cy',
  cy2: 'cy',
};
const groups: Readonly<Record<string, number>> = { finance: 1, admins: 2 };
const actor: Actor = {
  globalUserId: 'admin',
  personId: 'admin',
  userId: 1,
  username: 'admin',
  status: 'active',
  permissions: ['USER_ADMIN'],
  groups: [{ id: 2, name: 'Admins' }],
  attributes: [],
  domainPermissions: [],
};

const personOf = (login: string) => {
  const personId = logins[login];
  const name = `${login.slice(0, 1).toUpperCase()}${login.slice(1)}`;
  if (personId === undefined) return null;
  const otherLogins = Object.keys(logins).filter((other) => other !== login && logins[other] === personId);
  return { globalUserId: login, personId, name, email: `${login}@example.com`, status: 'active' as const, otherLogins };
};
const groupOf = (name: string) => {
  const id = groups[name.toLowerCase()];
  return id === undefined ? null : { id, name, email: null };
};
const carrierOf = ({ type, principal = '' }: Cells): Carrier | null => {
  const user = type === 'user' ? personOf(principal) : null;
  if (user !== null) return { type: 'user', id: user.globalUserId, name: user.name, person: user };
  const group = type === 'group' ? groupOf(principal) : null;
  return group === null
    ? null
    : { type: 'group', id: String(group.id), name: group.name, own: group.id === 2 ? [actor] : [] };
};
const actionOf = ({ action }: Cells) => (action === 'remove' ? 'remove' : 'add');
/** Where the two are kept apart. */
const keptApart = new Map([
  ['ben', 'GOVERNANCE'],
  ['cy', 'APPLICATION_ADMIN'],
] as const);
const holders = ['admin', 'second'].flatMap((login) => personOf(login) ?? []);

function judge({ kind, rows }: Case['given']) {
  const lines = rows.map((cells, at) => ({ cells, line: at + 2 }));
  switch (kind) {
    case 'users':
      return judgeUsers(
        actor,
        lines.map(({ cells, line }) => ({
          line,
          username: cells['username'] ?? '',
          key: cells['username'] ?? '',
          name: cells['name'],
          email: cells['email'],
          status: cells['status'] === 'disabled' ? 'disabled' : cells['status'] === 'active' ? 'active' : undefined,
          user: personOf(cells['username'] ?? ''),
          samePersonAs: cells['samePersonAs'],
          same:
            cells['samePersonAs'] === undefined
              ? null
              : { key: cells['samePersonAs'], user: personOf(cells['samePersonAs']) },
        })),
        { indispensable: [{ work: 'manage users', holders }], keptApart },
      );
    case 'groups':
      return judgeGroups(
        actor,
        lines.map(({ cells, line }) => {
          const name = cells['name'] ?? '';
          return { line, name, key: name.toLowerCase(), email: cells['email'], known: groupOf(name) };
        }),
      );
    case 'members':
      return judgeMembers(
        actor,
        lines.map(({ cells, line }) => ({
          line,
          group: cells['group'] ?? '',
          username: cells['username'] ?? '',
          action: actionOf(cells),
          known: groupOf(cells['group'] ?? ''),
          user: personOf(cells['username'] ?? ''),
          isMember: cells['username'] === 'ben',
        })),
      );
    case 'attributes':
      return judgeAttributes(
        actor,
        lines.map(({ cells, line }) => ({
          line,
          type: cells['type'] === 'group' ? 'group' : 'user',
          principal: cells['principal'] ?? '',
          name: cells['name'] ?? '',
          value: cells['value'] ?? '',
          action: actionOf(cells),
          carrier: carrierOf(cells),
          isThere: cells['principal'] === 'ann' && cells['value'] === 'SE',
        })),
      );
    case 'identities':
      throw new Error('has cases of its own');
  }
}

const file = new URL('people-import/rows.yaml', import.meta.url);
const cases: readonly Case[] = parse(readFileSync(file, 'utf8'));
for (const { name, given, want, reason } of cases) {
  test(name, () => {
    const judged = judge(given);
    expect(judged, reason).toMatchObject(want);
    expect(judged.map((row) => row.line)).toEqual(given.rows.map((_, at) => at + 2));
    for (const row of judged) expect(row.outcome === 'refused').toBe(row.column !== undefined);
  });
}

test('one file disables so many people and no more', () => {
  const rows = Array.from({ length: statesAtOnce + 1 }, (_, at) => ({
    line: at + 2,
    key: `u${at}`,
    username: `u${at}`,
    name: undefined,
    email: undefined,
    status: 'disabled' as const,
    user: {
      globalUserId: `u${at}`,
      personId: `u${at}`,
      name: 'U',
      email: null,
      status: 'active' as const,
      otherLogins: [],
    },
    same: null,
  }));
  const outcomes = judgeUsers(actor, rows, { indispensable: [], keptApart: new Map() }).map((row) => row.outcome);
  expect(outcomes.filter((one) => one === 'changed')).toHaveLength(statesAtOnce);
  expect(outcomes.at(-1)).toBe('refused');
});

const ann = personOf('ann');
const mapped = { externalName: 'ann_pg', principalId: '11', state: 'mapped', isManual: true } as const;
const named = (over: Partial<IdentityRow>): IdentityRow => ({
  line: 2,
  username: 'ann',
  externalName: 'ann_pg',
  user: ann,
  current: null,
  next: { name: 'ann_pg', principalId: '11', state: 'mapped', refusal: null },
  isAsked: true,
  holder: null,
  ...over,
});
const away = {
  next: { name: 'ann_pg', principalId: null, state: 'unverified', refusal: null },
  isAsked: false,
} as const;

test.each([
  ['a new name is set', {}, 'created'],
  ['the same name changes nothing', { current: mapped }, 'unchanged'],
  [
    'a login that was made anew is confirmed by naming it again',
    { current: { ...mapped, principalId: '10' } },
    'changed',
  ],
  ['a name that is there stays while the platform is away', { current: mapped, ...away }, 'unchanged'],
  ['a new name is kept while the platform is away', away, 'created'],
  ['a name of somebody else is refused', { holder: 'Ben' }, 'refused'],
  ['nobody names themself', { user: personOf('admin2') }, 'refused'],
  ['an empty name goes back to the template', { externalName: undefined, current: mapped }, 'changed'],
  [
    'without a name by the template the identity goes',
    { externalName: undefined, current: mapped, next: null },
    'removed',
  ],
] as const)('of platform identities: %s', (_, over, outcome) => {
  expect(judgeIdentities(actor, [named(over)]).map((row) => row.outcome)).toEqual([outcome]);
});

test('of platform identities: a name that cannot be granted to is refused with what the platform says', () => {
  const next = {
    name: 'public',
    principalId: null,
    state: 'absent',
    refusal: 'The platform reserves this name.',
  } as const;
  expect(judgeIdentities(actor, [named({ next })])).toMatchObject([
    { outcome: 'refused', column: 'externalName', reason: 'The platform reserves this name.' },
  ]);
});

test('of platform identities: two people of one file do not share a name', () => {
  const rows = [named({}), named({ line: 3, username: 'ben', user: personOf('ben') })];
  expect(judgeIdentities(actor, rows).map((row) => row.outcome)).toEqual(['created', 'refused']);
});
