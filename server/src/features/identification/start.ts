import type { startIdentification as operation } from '@stoa/contract/identification';
import type { BodyOf } from '@stoa/contract/operation';
import type { DomainRef } from '@stoa/core/permissions/objects';
import { type RawBuilder, sql } from 'kysely';
import { type AuditActor, appendAudit } from '../../audit/append.ts';
import { userActor } from '../../audit/user-actor.ts';
import { newUuid } from '../../db/new-id.ts';
import type { Tx } from '../../db/pool.ts';
import { type AfterCommit, transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { notFound, Refusal } from '../../http/refusal.ts';
import { requireMay } from '../../http/require.ts';
import type { Call } from '../../http/route.ts';
import { insertTask } from '../task/queries.ts';
import type { LoadedPerson } from '../user/load-people.ts';

/** What a run is over. `sources` chooses among enabled data sources `s`. */
export type RunScope = {
  readonly scope: 'domain' | 'connection' | 'source';
  readonly name: string;
  readonly domainId: string | null;
  readonly connectionId: string | null;
  readonly dataSourceId: number | null;
  readonly domains: readonly DomainRef[];
  readonly sources: RawBuilder<unknown>;
};
type Starter = {
  readonly actor: AuditActor;
  readonly globalUserId: string | null;
  readonly cause: 'person' | 'first_enable' | 'new_columns';
  readonly call?: Pick<Call, 'id' | 'ip'>;
};

type Input = { actor: LoadedPerson; body: BodyOf<typeof operation>; call: Pick<Call, 'id' | 'ip'> };

/** Begins a run over a domain, a connection or a data source; answers its id. */
export async function startIdentification(deps: Deps, { actor, body, call }: Input): Promise<string> {
  return transact(deps, async (tx, after) => {
    const scope = await loadScope(tx, body);
    requireMay(actor, 'identification.run', { kind: 'identification', scope: scope.scope, domains: scope.domains });
    const by: Starter = { actor: userActor(actor), globalUserId: actor.globalUserId, cause: 'person', call };
    const runId = await insertRun(deps, { tx, after }, scope, by);
    if (runId === null) throw new Refusal('identification.nothing_to_do');
    return runId;
  });
}

/** The thing itself is held, so that it is not deleted while the run over it is written down. */
async function loadScope(tx: Tx, body: Input['body']): Promise<RunScope> {
  const named = [body.domainId, body.connectionKey, body.dataSourceId].filter((one) => one !== undefined);
  if (named.length !== 1) throw new Refusal('identification.scope');
  if (body.domainId !== undefined) return domainScope(tx, body.domainId);
  if (body.connectionKey !== undefined) return connectionScope(tx, body.connectionKey);
  return sourceScope(tx, body.dataSourceId ?? 0);
}

const none = { domainId: null, connectionId: null, dataSourceId: null, domains: [] };

async function domainScope(tx: Tx, id: string): Promise<RunScope> {
  const { rows } = await sql<DomainRef>`select id, name from domain where id = ${id} for key share`.execute(tx);
  const [domain] = rows;
  if (domain === undefined) throw notFound('domain');
  const sources = sql`s.id in (select x.data_source_id from domain_data_source x where x.domain_id = ${id})`;
  return { ...none, scope: 'domain', name: domain.name, domainId: id, domains: [domain], sources };
}

async function connectionScope(tx: Tx, key: string): Promise<RunScope> {
  const { rows } = await sql<{ id: string; state: string }>`
    select id, state from connection where connection_key = ${key} for key share`.execute(tx);
  const [found] = rows;
  if (found === undefined) throw notFound('connection');
  if (found.state === 'paused') throw new Refusal('connection.paused');
  if (found.state === 'deleting') throw new Refusal('connection.deleting');
  return ofConnection({ id: found.id, connectionKey: key });
}

/** Everything of a connection, or what the condition on `s` says. */
export const ofConnection = (
  connection: { id: string; connectionKey: string },
  only: RawBuilder<unknown> = sql`true`,
): RunScope => ({
  ...none,
  scope: 'connection',
  name: connection.connectionKey,
  connectionId: connection.id,
  sources: sql`s.connection_id = ${connection.id} and ${only}`,
});

async function sourceScope(tx: Tx, id: number): Promise<RunScope> {
  const { rows } = await sql<{ name: string; connection_id: string; domains: DomainRef[] }>`
    select s.name, s.connection_id, (select coalesce(json_agg(json_build_object('id', d.id, 'name', d.name)), '[]')
      from domain_data_source x join domain d on d.id = x.domain_id where x.data_source_id = s.id) as domains
    from data_source s where s.id = ${id} for key share of s`.execute(tx);
  const [found] = rows;
  if (found === undefined) throw notFound('data source');
  const { name, connection_id: connectionId, domains } = found;
  return { ...none, scope: 'source', name, connectionId, dataSourceId: id, domains, sources: sql`s.id = ${id}` };
}

/** Writes a run down with its sources, its task and its job; null when there is no enabled source. */
export async function insertRun(
  deps: Deps,
  { tx, after }: { tx: Tx; after: AfterCommit },
  scope: RunScope,
  by: Starter,
): Promise<string | null> {
  await requireNoOther(tx, scope);
  const id = newUuid();
  const taskId = await insertTask(tx, {
    kind: 'identification',
    connectionId: scope.connectionId,
    subject: { target: id },
    createdBy: by.globalUserId,
  });
  await sql`insert into identification_run (id, task_id, scope, domain_id, connection_id, data_source_id, scope_name, cause, created_by)
    values (${id}, ${taskId}, ${scope.scope}, ${scope.domainId}::uuid, ${scope.connectionId}::uuid, ${scope.dataSourceId}::int,
      ${scope.name}, ${by.cause}, ${by.globalUserId}::uuid)`.execute(tx);
  const { numAffectedRows } = await sql`
    insert into identification_run_source (run_id, data_source_id)
    select ${id}, s.id from data_source s where s.enabled and ${scope.sources}`.execute(tx);
  const total = Number(numAffectedRows ?? 0);
  if (total === 0) {
    await sql`delete from identification_run where id = ${id}`.execute(tx);
    await sql`delete from task where id = ${taskId}`.execute(tx);
    return null;
  }
  await sql`update identification_run set total = ${total} where id = ${id}`.execute(tx);
  await sql`update task set total = ${total} where id = ${taskId}`.execute(tx);
  await deps.jobs.add(tx, 'identify', { taskId, runId: id }, { queue: identificationQueue });
  await appendAudit(tx, {
    action: 'IdentificationRun',
    actor: by.actor,
    actorIp: by.call?.ip,
    targetType: 'IDENTIFICATION',
    targets: [{ id, name: scope.name }],
    payload: { step: 'started', scope: scope.scope, cause: by.cause, dataSources: total },
    domainIds: scope.domains.map((domain) => domain.id),
    requestId: by.call?.id,
  });
  after.changed('task', taskId);
  after.changed('identification', id);
  return id;
}

/** Runs take turns, a few seconds each: one at a time asks a platform for counts, and all of them come on. */
export const identificationQueue = 'identification';

async function requireNoOther(tx: Tx, scope: RunScope): Promise<void> {
  const { rows } = await sql<{ id: string }>`
    select id from identification_run where status in ('QUEUED', 'RUNNING') and scope = ${scope.scope}
      and domain_id is not distinct from ${scope.domainId}::uuid and connection_id is not distinct from ${scope.connectionId}::uuid
      and data_source_id is not distinct from ${scope.dataSourceId}::int limit 1`.execute(tx);
  if (rows[0] !== undefined) throw new Refusal('identification.running', { extra: { runId: rows[0].id } });
}
