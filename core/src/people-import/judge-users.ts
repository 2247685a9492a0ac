import type { ImportedRow, ImportRow } from '@stoa/contract/people-import';
import type { GlobalPermission } from '@stoa/contract/enums';
import type { PersonRef } from '../person.ts';
import { permissionWords } from '../permissions/answer.ts';
import { may } from '../permissions/may.ts';
import type { Actor } from '../permissions/objects.ts';
import { type At, differences, ifAllowed, judgeOnce, refused, unchanged } from './judged.ts';

export type UserRow = At &
  ImportRow<'users'> & {
    /** Equal for two user names that are the same to the database. */
    readonly key: string;
    readonly user:
      | (PersonRef & {
          name: string;
          email: string | null;
          status: 'active' | 'disabled';
          /** Whose directory keeps them, by name. */
          keeper?: string | null;
          otherLogins: readonly string[];
        })
      | null;
    /** Whom the row names as the same person: its key is that of a row where this file makes them. */
    readonly same: { readonly key: string; readonly user: PersonRef | null } | null;
  };

/** For each permission that somebody has to hold, the active people who do. */
export type Indispensable = readonly { readonly holders: readonly PersonRef[]; readonly work: string }[];

/**
 * What a file of people makes of each row: accounts that are made, and names, addresses and states that change.
 * @param keptApart by person, which permission they hold of those that nobody holds together
 */
export function judgeUsers(
  actor: Actor,
  rows: readonly UserRow[],
  { indispensable, keptApart }: { indispensable: Indispensable; keptApart: ReadonlyMap<string, GlobalPermission> },
): ImportedRow[] {
  const made = new Set(rows.filter(({ user }) => user === null).map(({ key }) => key));
  const judged = judgeOnce(
    rows,
    ({ key, name, email, status, same }) => ({
      key,
      says: JSON.stringify([name, email, status, same?.key]),
      column: 'username',
    }),
    (row) => {
      const problem = samePersonProblem(actor, row, { made, keptApart });
      if (problem !== null) return refused(row.line, row.username, { column: 'samePersonAs', reason: problem });
      return row.user === null ? judgeNew(row) : judgeKnown(actor, row, row.user);
    },
  );
  return keepLast(rows, limitEnds(judged), indispensable);
}

/** Nobody joins a login to their own; whom a row names is there, or comes with the file. */
function samePersonProblem(
  actor: Actor,
  { key, user, same }: UserRow,
  { made, keptApart }: { made: ReadonlySet<string>; keptApart: ReadonlyMap<string, GlobalPermission> },
): string | null {
  if (same === null || same.key === key) return null;
  if (same.user === null) return made.has(same.key) ? null : 'Nobody has this user name.';
  const answer = may(actor, 'user.manage', { kind: 'user', ...same.user, changes: ['person'] });
  if (!answer.allowed) return answer.reason;
  const held = [user, same.user].flatMap((one) => keptApart.get(one?.personId ?? '') ?? []);
  return new Set(held).size < 2 ? null : `One person may not hold ${held.map(permissionWords).join(' and ')}.`;
}

/** What the column says of somebody: whose login it is as well, or, by its own user name, nobody's. */
function personChange({ key, same, user, samePersonAs }: UserRow): ImportedRow['changes'] {
  if (same === null) return [];
  const others = user?.otherLogins ?? [];
  const before = others.length === 0 ? null : others.join(', ');
  if (same.key === key) return before === null ? [] : [{ column: 'samePersonAs', before, after: null }];
  const isSame = user !== null && user.personId === same.user?.personId;
  return isSame ? [] : [{ column: 'samePersonAs', before, after: samePersonAs ?? null }];
}

/** Enabling, disabling and joining go person by person, with all that ends or comes back; so many fit into one commit. */
export const statesAtOnce = 1_000;

function limitEnds(judged: readonly ImportedRow[]): ImportedRow[] {
  let count = 0;
  return judged.map((row) => {
    const one = row.changes.find(
      ({ column }) => column === 'samePersonAs' || (column === 'status' && row.outcome === 'changed'),
    );
    if (one !== undefined) count += 1;
    if (one === undefined || count <= statesAtOnce) return row;
    const reason = 'One file enables, disables and joins 1,000 logins at most; put the rest into another.';
    return refused(row.line, row.subject, { column: one.column, reason });
  });
}

function judgeNew(row: UserRow): ImportedRow {
  const { line, username, name, email, status } = row;
  if (name === undefined) return refused(line, username, { column: 'name', reason: 'Somebody new needs a name.' });
  if (email === undefined)
    return refused(line, username, { column: 'email', reason: 'Somebody new needs an e-mail address.' });
  const changes = differences({
    username: { before: null, after: username },
    name: { before: null, after: name },
    email: { before: null, after: email },
    status: { before: null, after: status ?? 'active' },
  });
  return { line, outcome: 'created', subject: username, changes: [...changes, ...personChange(row)] };
}

function judgeKnown(actor: Actor, row: UserRow, user: NonNullable<UserRow['user']>): ImportedRow {
  const { line, username, name, email, status } = row;
  const profile = differences({
    name: { before: user.name, after: name },
    email: { before: user.email, after: email },
  });
  const [said] = profile;
  if (said !== undefined && typeof user.keeper === 'string')
    return refused(line, username, {
      column: said.column,
      reason: `${user.keeper} keeps this person over SCIM; change it in the directory.`,
    });
  const state = differences({ status: { before: user.status, after: status } });
  const person = personChange(row);
  const changes = [...profile, ...state, ...person];
  if (changes.length === 0) return unchanged(line, username);
  const answer = may(actor, 'user.manage', {
    kind: 'user',
    globalUserId: user.globalUserId,
    personId: user.personId,
    changes: [
      ...(profile.length > 0 ? ['profile' as const] : []),
      ...(state.length > 0 ? ['status' as const] : []),
      ...(person.length > 0 ? ['person' as const] : []),
    ],
  });
  const column = person[0]?.column ?? changes[0]?.column ?? 'username';
  return ifAllowed(answer, column, { line, outcome: 'changed', subject: username, changes });
}

/** Rows that together would leave nobody who can do something indispensable. */
function keepLast(rows: readonly UserRow[], judged: readonly ImportedRow[], all: Indispensable): ImportedRow[] {
  const disabled = (at: number): boolean =>
    judged[at]?.outcome === 'changed' &&
    judged[at].changes.some(({ column, after }) => column === 'status' && after === 'disabled');
  const leaving = rows.flatMap(({ user }, at) => (user !== null && disabled(at) ? [user] : []));
  const orphaned = all.filter(
    ({ holders }) => holders.length > 0 && holders.every((one) => leaving.some((user) => isSameLogin(one, user))),
  );
  return judged.map((row, at) => {
    const user = rows[at]?.user ?? null;
    const lost = orphaned.find(({ holders }) => user !== null && holders.some((one) => isSameLogin(one, user)));
    if (lost === undefined || !disabled(at)) return row;
    return refused(row.line, row.subject, {
      column: 'status',
      reason: `Nobody active would be left who can ${lost.work}.`,
    });
  });
}

const isSameLogin = (a: PersonRef, b: PersonRef): boolean => a.globalUserId === b.globalUserId;
