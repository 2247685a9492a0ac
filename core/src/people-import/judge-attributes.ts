import type { ImportedRow, ImportRow } from '@stoa/contract/people-import';
import type { PersonRef } from '../person.ts';
import { may } from '../permissions/may.ts';
import type { Answer } from '../permissions/answer.ts';
import type { Actor } from '../permissions/objects.ts';
import { type At, ifAllowed, judgeOnce, refused, unchanged } from './judged.ts';

/** Who or what carries an attribute; `own`: those of the actor's own logins that it would reach. */
export type Carrier =
  | { readonly type: 'user'; readonly id: string; readonly name: string; readonly person: PersonRef }
  | { readonly type: 'group'; readonly id: string; readonly name: string; readonly own: readonly PersonRef[] };

export type AttributeRow = At &
  ImportRow<'attributes'> & {
    readonly carrier: Carrier | null;
    /** The carrier has the value already, by hand and not from a provider. */
    readonly isThere: boolean;
  };

const missing = {
  user: 'There is nobody of this user name; import them first.',
  group: 'There is no group of this name; import it first.',
} as const;

const answerFor = (actor: Actor, carrier: Carrier): Answer =>
  carrier.type === 'user'
    ? may(actor, 'user.manage', { kind: 'user', ...carrier.person, changes: ['attributes'] })
    : may(actor, 'group.manage', { kind: 'group', name: carrier.name, affected: carrier.own });

/** What a file of attributes makes of each row. Nobody gives themself one, directly or by a group that they are in. */
export const judgeAttributes = (actor: Actor, rows: readonly AttributeRow[]): ImportedRow[] =>
  judgeOnce(
    rows,
    ({ line, carrier, name, value, action }) => ({
      key: carrier === null ? `line ${line}` : JSON.stringify([carrier.type, carrier.id, name, value]),
      says: action,
      column: 'action',
    }),
    ({ line, type, principal, name, value, action, carrier, isThere }) => {
      const subject = `${carrier?.name ?? principal}: ${name}`;
      if (carrier === null) return refused(line, subject, { column: 'principal', reason: missing[type] });
      if (isThere === (action === 'add')) return unchanged(line, subject);
      const [outcome, before, after] =
        action === 'add' ? (['created', null, value] as const) : (['removed', value, null] as const);
      return ifAllowed(answerFor(actor, carrier), 'principal', {
        line,
        outcome,
        subject,
        changes: [{ column: name, before, after }],
      });
    },
  );
