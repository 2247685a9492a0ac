import type { IdentityState } from '@stoa/contract/enums';
import type { ImportedRow, ImportRow } from '@stoa/contract/people-import';
import type { PersonRef } from '../person.ts';
import { may } from '../permissions/may.ts';
import type { Actor } from '../permissions/objects.ts';
import { type At, differences, ifAllowed, judgeOnce, refused, unchanged } from './judged.ts';

export type KnownIdentity = {
  readonly externalName: string;
  readonly principalId: string | null;
  readonly state: IdentityState;
  readonly isManual: boolean;
};

/** What the platform says of a name: what the identity would be, or why the name cannot be granted to. */
export type LookedUp = {
  readonly name: string;
  readonly principalId: string | null;
  readonly state: IdentityState;
  readonly refusal: string | null;
};

export type IdentityRow = At &
  ImportRow<'identities'> & {
    readonly user: (PersonRef & { readonly name: string }) | null;
    readonly current: KnownIdentity | null;
    /** Null: the connection's template has no name for them. */
    readonly next: LookedUp | null;
    /** False: the platform was away, so that nothing is known of the name. */
    readonly isAsked: boolean;
    /** Others who have the name, or the login behind it, and keep it whatever this file says. */
    readonly holder: string | null;
  };

/** What a file of platform identities makes of each row. Nobody sets their own, and no two people share a login. */
export function judgeIdentities(actor: Actor, rows: readonly IdentityRow[]): ImportedRow[] {
  const takenBy = new Map<string, IdentityRow>();
  for (const row of rows) if (row.next !== null && !takenBy.has(row.next.name)) takenBy.set(row.next.name, row);
  return judgeOnce(
    rows,
    ({ line, user, externalName }) => ({
      key: user === null ? `line ${line}` : user.globalUserId,
      says: externalName ?? '',
      column: 'username',
    }),
    (row) => {
      const first = row.next === null ? row : (takenBy.get(row.next.name) ?? row);
      const isShared = first.user?.globalUserId !== row.user?.globalUserId;
      return judgeOne(actor, row, isShared ? `line ${first.line} of this file` : row.holder);
    },
  );
}

function judgeOne(actor: Actor, row: IdentityRow, holder: string | null): ImportedRow {
  const { line, username, externalName, user, current, next } = row;
  if (user === null)
    return refused(line, username, { column: 'username', reason: 'There is nobody of this name; import them first.' });
  if (externalName !== undefined && next !== null && next.refusal !== null)
    return refused(line, username, { column: 'externalName', reason: next.refusal });
  if (next !== null && holder !== null) {
    const reason = `This name belongs to ${holder}; two people on one account would share all access.`;
    return refused(line, username, { column: 'externalName', reason });
  }
  if (isSame(row)) return unchanged(line, username);
  const changes = differences({
    externalName: { before: current?.externalName ?? null, after: next?.name ?? null },
    state: { before: current?.state ?? null, after: next?.state ?? null },
    source: { before: sourceOf(current?.isManual), after: next && sourceOf(externalName !== undefined) },
  });
  const answer = may(actor, 'identity.manage', { kind: 'identity', ...user });
  const outcome = next === null ? 'removed' : current === null ? 'created' : 'changed';
  return ifAllowed(answer, 'username', { line, outcome, subject: username, changes });
}

const sourceOf = (isManual: boolean | undefined): string | null =>
  isManual === undefined ? null : isManual ? 'admin' : 'template';

/** A name that is there already is left alone while the platform cannot say anything new of it. */
function isSame({ externalName, current, next, isAsked }: IdentityRow): boolean {
  if (current === null || next === null) return current === next;
  const isNamed = current.externalName === next.name && current.isManual === (externalName !== undefined);
  return isNamed && (!isAsked || (current.state === next.state && current.principalId === next.principalId));
}
