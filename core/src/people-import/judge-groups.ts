import type { ImportedRow, ImportRow } from '@stoa/contract/people-import';
import type { PersonRef } from '../person.ts';
import { may } from '../permissions/may.ts';
import type { Actor } from '../permissions/objects.ts';
import { type At, differences, ifAllowed, judgeOnce, refused, unchanged } from './judged.ts';

export type GroupRow = At &
  ImportRow<'groups'> & {
    readonly key: string;
    readonly known: { readonly id: number; readonly name: string; readonly email: string | null } | null;
  };

/** What a file of groups makes of each row. A group keeps its name, and its address may change. */
export const judgeGroups = (actor: Actor, rows: readonly GroupRow[]): ImportedRow[] =>
  judgeOnce(
    rows,
    ({ key, email }) => ({ key, says: email ?? '', column: 'name' }),
    ({ line, name, email, known }) => {
      const changes = differences({
        ...(known === null ? { name: { before: null, after: name } } : {}),
        email: { before: known?.email ?? null, after: email },
      });
      if (changes.length === 0) return unchanged(line, name);
      const answer = may(actor, 'group.manage', { kind: 'group', name, affected: [] });
      return ifAllowed(answer, 'name', {
        line,
        outcome: known === null ? 'created' : 'changed',
        subject: name,
        changes,
      });
    },
  );

export type MemberRow = At &
  ImportRow<'members'> & {
    readonly known: { readonly id: number; readonly name: string } | null;
    /** Whose directory keeps the group, by name. */
    readonly keeper?: string | null;
    /** They are in it because a provider says so. */
    readonly isSaid?: boolean;
    readonly user: (PersonRef & { readonly name: string }) | null;
    readonly isMember: boolean;
  };

/** What a file of members makes of each row. Nobody joins or leaves by their own hand. */
export const judgeMembers = (actor: Actor, rows: readonly MemberRow[]): ImportedRow[] =>
  judgeOnce(
    rows,
    ({ line, known, user, action }) => ({
      key: known === null || user === null ? `line ${line}` : `${known.id} ${user.globalUserId}`,
      says: action,
      column: 'action',
    }),
    ({ line, group, username, action, known, user, isMember, keeper = null, isSaid = false }) => {
      const subject = `${known?.name ?? group}: ${user?.name ?? username}`;
      if (known === null)
        return refused(line, subject, { column: 'group', reason: 'There is no group of this name; import it first.' });
      if (user === null)
        return refused(line, subject, {
          column: 'username',
          reason: 'There is nobody of this name; import them first.',
        });
      if (isMember === (action === 'add')) return unchanged(line, subject);
      if (action === 'add' && keeper !== null)
        return refused(line, subject, {
          column: 'group',
          reason: `${keeper} keeps this group over SCIM; add them in the directory.`,
        });
      if (action !== 'add' && isSaid)
        return refused(line, subject, {
          column: 'username',
          reason: 'A provider says that they are in this group; take them out there.',
        });
      const answer = may(actor, 'group.manage', { kind: 'group', name: known.name, affected: [user] });
      const [outcome, before, after] =
        action === 'add' ? (['created', null, known.name] as const) : (['removed', known.name, null] as const);
      return ifAllowed(answer, 'username', { line, outcome, subject, changes: [{ column: 'group', before, after }] });
    },
  );
