import type { TakeBackDetail } from '@stoa/contract/existing-grant';
import { sql } from 'kysely';
import { appendAudit } from '../../audit/append.ts';
import { userActor } from '../../audit/user-actor.ts';
import { newUuid } from '../../db/new-id.ts';
import { transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { Refusal } from '../../http/refusal.ts';
import type { Call } from '../../http/route.ts';
import type { PlannedTakeBack } from '../../provisioning/take-back-plan.ts';
import type { LoadedPerson } from '../user/load-people.ts';
import { makePlan, type Question } from './make-plan.ts';
import { losingBy, mostStatements, shownOf } from './present-plan.ts';
import { readDetail } from './read-take-backs.ts';

type Input = {
  actor: LoadedPerson;
  call: Pick<Call, 'id' | 'ip'>;
  connectionKey: string;
  body: Question & { readonly planHash: string; readonly reason: string };
};

/** Whoever is to confirm it has a week. */
const waitsFor = '7 days';

/** Stores the plan that the caller has seen, if it is still the one that the platform calls for. Nothing is taken back by it. */
export async function fileTakeBack(deps: Deps, { actor, call, connectionKey, body }: Input): Promise<TakeBackDetail> {
  const { connection, ask, plan } = await makePlan(deps, connectionKey, body);
  if (plan.planHash !== body.planHash) throw new Refusal('take_back.changed');
  if (plan.statements.length === 0) throw new Refusal('take_back.nothing');
  if (plan.statements.length > mostStatements) throw new Refusal('take_back.too_many');
  const id = newUuid();
  const place = { id: connection.id, name: connectionKey };
  const { losing, losingCount } = losingBy(plan);
  return transact(deps, async (tx, after) => {
    const { rows } = await sql<{ expires_at: Date }>`
      insert into take_back (id, connection_id, mode, path, named, plan_hash, reason, losing, losing_count, filed_by, expires_at)
      values (${id}, ${connection.id}, ${ask.mode}, ${[...ask.path]}::text[], ${ask.named === null ? null : JSON.stringify(ask.named)}::jsonb,
        ${plan.planHash}, ${body.reason}, ${JSON.stringify(losing)}::jsonb, ${losingCount}, ${actor.globalUserId}, now() + ${waitsFor}::interval) returning expires_at`.execute(
      tx,
    );
    await sql`
      insert into take_back_statement (take_back_id, position, object_id, grantee_id, grant_group, sql, runs, because, people, people_count, losing_count)
      select ${id}, x.position, x.object_id, x.grantee_id, x.grant_group, x.sql, x.runs, x.because, x.people, x.people_count, x.losing_count
      from json_to_recordset(${JSON.stringify(rowsOf(plan))}::json) as x (position int, object_id text, grantee_id text, grant_group jsonb,
        sql text, runs text, because text, people jsonb, people_count int, losing_count int)`.execute(tx);
    await appendAudit(tx, {
      action: 'TakeOverFiled',
      actor: userActor(actor),
      actorIp: call.ip,
      targetType: 'CONNECTION',
      targets: [place],
      payload: {
        takeBackId: id,
        mode: ask.mode,
        path: ask.path,
        planHash: plan.planHash,
        reason: body.reason,
        statements: plan.statements.length,
        losing: losingCount,
      },
      requestId: call.id,
      emits: rows.map(({ expires_at: expiresAt }) => ({
        type: 'stoa.take_back.filed',
        targetId: connection.id,
        data: {
          connection: place,
          takeBackId: id,
          statements: plan.statements.length,
          losing: losingCount,
          expiresAt: expiresAt.toISOString(),
        },
      })),
    });
    after.changed('drift', connection.id);
    return readDetail(tx, actor, id);
  });
}

const rowsOf = ({ statements }: PlannedTakeBack) =>
  statements
    .map(shownOf)
    .map(({ group: { people: _, ...group }, sql: text, people, peopleCount, losingCount }, position) => ({
      position,
      object_id: group.objectId,
      grantee_id: group.granteeId,
      grant_group: { ...group, people: [] },
      sql: text,
      runs: group.runs,
      because: group.because ?? null,
      people,
      people_count: peopleCount,
      losing_count: losingCount,
    }));
