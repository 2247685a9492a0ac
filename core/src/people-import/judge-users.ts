import type { ImportedRow, ImportRow } from '@stoa/contract/people-import';
import type { PersonRef } from '../person.ts';
import { may } from '../permissions/may.ts';
import type { Actor } from '../permissions/objects.ts';
import { type At, differences, ifAllowed, judgeOnce, refused, unchanged } from './judged.ts';

export type UserRow = At &
  ImportRow<'users'> & {
    /** Equal for two user names that are the same to the database. */
    readonly key: string;
    readonly user: (PersonRef & { name: string; email: string | null; status: 'active' | 'disabled' }) | null;
  };

/** For each permission that somebody has to hold, the active people who do. */
export type Indispensable = readonly { readonly holders: readonly PersonRef[]; readonly work: string }[];

/** What a file of people makes of each row: accounts that are made, and names, addresses and states that change. */
export function judgeUsers(actor: Actor, rows: readonly UserRow[], indispensable: Indispensable): ImportedRow[] {
  const judged = judgeOnce(
    rows,
    ({ key, name, email, status }) => ({ key, says: JSON.stringify([name, email, status]), column: 'username' }),
    (row) => (row.user === null ? judgeNew(row) : judgeKnown(actor, row, row.user)),
  );
  return keepLast(rows, limitEnds(judged), indispensable);
}

/** Enabling and disabling go person by person, with all that ends or comes back; so many fit into one commit. */
export const statesAtOnce = 1_000;

function limitEnds(judged: readonly ImportedRow[]): ImportedRow[] {
  let count = 0;
  return judged.map((row) => {
    const isState = row.outcome === 'changed' && row.changes.some(({ column }) => column === 'status');
    if (isState) count += 1;
    if (!isState || count <= statesAtOnce) return row;
    const reason = 'One file enables and disables 1,000 people at most; put the rest into another.';
    return refused(row.line, row.subject, { column: 'status', reason });
  });
}

function judgeNew({ line, username, name, email, status }: UserRow): ImportedRow {
  if (name === undefined) return refused(line, username, { column: 'name', reason: 'Somebody new needs a name.' });
  if (email === undefined)
    return refused(line, username, { column: 'email', reason: 'Somebody new needs an e-mail address.' });
  const changes = differences({
    username: { before: null, after: username },
    name: { before: null, after: name },
    email: { before: null, after: email },
    status: { before: null, after: status ?? 'active' },
  });
  return { line, outcome: 'created', subject: username, changes };
}

function judgeKnown(actor: Actor, row: UserRow, user: NonNullable<UserRow['user']>): ImportedRow {
  const { line, username, name, email, status } = row;
  const profile = differences({
    name: { before: user.name, after: name },
    email: { before: user.email, after: email },
  });
  const state = differences({ status: { before: user.status, after: status } });
  const changes = [...profile, ...state];
  if (changes.length === 0) return unchanged(line, username);
  const answer = may(actor, 'user.manage', {
    kind: 'user',
    globalUserId: user.globalUserId,
    personId: user.personId,
    changes: [...(profile.length > 0 ? ['profile' as const] : []), ...(state.length > 0 ? ['status' as const] : [])],
  });
  return ifAllowed(answer, changes[0]?.column ?? 'username', { line, outcome: 'changed', subject: username, changes });
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
