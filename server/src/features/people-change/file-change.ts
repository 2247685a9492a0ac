import type { PeopleChange } from '@stoa/contract/people-change';
import { sql } from 'kysely';
import { appendAudit } from '../../audit/append.ts';
import { userActor } from '../../audit/user-actor.ts';
import { newUuid } from '../../db/new-id.ts';
import { rehearse } from '../../db/rehearse.ts';
import { transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { markEffect } from '../../http/idempotency.ts';
import type { ParsedInput } from '../../http/parse-input.ts';
import { hashPassword } from '../auth/password.ts';
import type { Held } from './hold-change.ts';
import type { Judged } from './judge-change.ts';
import { presentPeopleChange, readRows } from './read-people-changes.ts';
import { memberOf, targetOf } from './target-of.ts';
import { type KeptCall, tryChange } from './try-change.ts';
import { waitsFor } from './waits-for.ts';

/** So many lines of what is otherwise are kept, and so many of those who gain. */
const mostLines = 200;
const mostNamed = 50;

/**
 * Stores a call that another user admin is to confirm. It is made once more and taken back, so that what it does, and what it does it
 * to, is known to the letter.
 */
export async function fileChange(
  deps: Deps,
  { operation, input, actor, call }: Held,
  judged: Judged,
): Promise<PeopleChange> {
  const kept: KeptCall = { operation: operation.id, ...(await withoutPassword(input)) };
  const tried = await rehearse(deps, (tx, after) => tryChange(deps, { tx, after }, { kept, actor, call }));
  const id = newUuid();
  const target = await targetOf(deps.db, operation, input);
  const { reasons, favours, gaining, gainingCount, outcome } = judged;
  return transact(deps, async (tx, after) => {
    const { rows } = await sql<{ expires_at: Date }>`
      insert into people_change (id, operation, target_type, target_id, target_name, input, password_hash, reasons, favours, gaining,
        gaining_count, changes, change_count, fingerprint, outcome, filed_by, filed_ip, expires_at)
      values (${id}, ${operation.id}, ${target.type}, ${target.id}, ${target.name}, ${JSON.stringify(kept.input)}::jsonb, ${kept.passwordHash},
        ${[...reasons]}::text[], ${[...favours]}::uuid[], ${gaining.slice(0, mostNamed)}::uuid[], ${gainingCount},
        ${JSON.stringify(tried.changes.slice(0, mostLines))}::jsonb, ${tried.changes.length}, ${tried.fingerprint}, ${outcome},
        ${actor.globalUserId}, ${call.ip}, now() + ${waitsFor}::interval) returning expires_at`.execute(tx);
    const about = { type: target.type, name: target.name };
    await appendAudit(tx, {
      action: 'PeopleChangeFiled',
      actor: userActor(actor),
      actorIp: call.ip,
      targetType: target.type,
      targets: [{ id: target.id ?? '', name: target.name }],
      payload: { peopleChangeId: id, operation: operation.id, reasons, gaining: gainingCount },
      requestId: call.id,
      emits: rows.map(({ expires_at: expiresAt }) => ({
        type: 'stoa.people_change.filed',
        data: { peopleChangeId: id, about, reasons, gaining: gainingCount, expiresAt: expiresAt.toISOString() },
      })),
    });
    after.changed('people-change', id);
    if (call.claim !== undefined) await markEffect(tx, call.claim);
    const [row] = await readRows(tx, [id]);
    if (row === undefined) throw new Error('a people change that was just filed is not there');
    return presentPeopleChange(actor, row);
  });
}

/**
 * What the call was made with; of a password only what accounts keep of theirs. Of what its author had seen nothing is kept: it is held
 * against what it does now.
 */
async function withoutPassword({ params, query, body }: ParsedInput): Promise<Omit<KeptCall, 'operation'>> {
  const password = memberOf(body, 'password');
  const input = {
    params: params ?? {},
    query: without(query, ['basedOn']),
    body: without(body, ['password', 'digest']),
  };
  return { input, passwordHash: typeof password === 'string' ? await hashPassword(password) : null };
}

const without = (members: unknown, names: readonly string[]): object =>
  Object.fromEntries(Object.entries(Object(members ?? {})).filter(([name]) => !names.includes(name)));
