import type { ColumnVerdict } from '@stoa/core/masking/model';
import { isProtected } from '@stoa/core/masking/model';
import type { ObservedMasks, ObservedView } from '@stoa/core/masking/observed';
import type { MaskPlan } from '@stoa/core/masking/plan';
import type { ProtectedView } from '@stoa/core/masking/view';
import { checksFailed } from '@stoa/core/provisioning/withhold';
import { type RawBuilder, sql } from 'kysely';
import { appendAudit, systemActor } from '../audit/append.ts';
import { newUuid } from '../db/new-id.ts';
import type { Tx } from '../db/pool.ts';
import { type AfterCommit, transact } from '../db/transact.ts';
import type { Deps } from '../deps.ts';
import { lockFence } from './claim-work.ts';
import { type CompiledMasks, type CompiledSource, digestOf } from './compile-masks.ts';
import { driftEvents } from './connection-event.ts';
import { startCrawl } from './crawl-start.ts';
import { endExceptions } from './end-exceptions.ts';
import { failureText } from './reconcile-connection.ts';
import { statementPayload } from './statement-audit.ts';
import { forgetIntents } from './statement-intent.ts';
import type { MaskWork, TimedMaskResult } from './reconcile-masks.ts';

export type ProtectionRun = {
  readonly compiled: CompiledMasks;
  /** What views show of which that is not stored yet. */
  readonly undescribed: ReadonlyMap<number, ProtectedView>;
  /** Sources whose view is to become looser once the checks of the connection pass. */
  readonly held: ReadonlySet<number>;
  readonly plan: MaskPlan;
  readonly results: readonly TimedMaskResult[];
  readonly after: ObservedMasks;
};

type Row = {
  id: number;
  state: 'open' | 'view' | 'closed';
  reason: string | null;
  view_id: string | null;
  view_schema_id: string | null;
  view_owner_id: string | null;
  view_path: readonly string[] | null;
  body_hash: string | null;
  fingerprint: string | null;
  /** Null keeps the one that is stored. */
  description: ProtectedView | null;
  verdict: object;
};

/**
 * Records what stands: a source is read through a view only when the platform told that view after it was written, and by nobody
 * when policies act on it and none stands. `behind`: the tables are to be crawled before they can be judged, and cannot be yet.
 */
export async function recordProtection(
  deps: Deps,
  work: MaskWork,
  run: ProtectionRun,
): Promise<'recorded' | 'behind' | 'fenced'> {
  const rows = rowsOf(run);
  const columns = run.compiled.sources.flatMap(({ verdict }) =>
    verdict.columns.map((column) => columnRow(verdict.dataSourceId, column)),
  );
  return transact(deps, async (tx, after) => {
    if (!(await lockFence(tx, work))) return 'fenced';
    const { changed, isLess } = await writeProtection(tx, work.connectionId, rows);
    await writeColumns(tx, work.connectionId, { rows: columns, held: run.held });
    await endExceptions(tx, after, work.connectionId);
    const tampered = await recordTampered(tx, work.connectionId, run.plan.tampered);
    const entries = [
      ...statementEntries(work, run.results),
      ...changedEntries(work, changed),
      ...tamperedEntries(work, tampered),
    ];
    if (entries.length > 0) await appendAudit(tx, entries);
    // What gave and took readers' keys is recorded with their exceptions.
    if (run.results.length > 0)
      await sql`${forgetIntents(work)} and statements -> 0 ->> 'step' not like '%-entitlements'`.execute(tx);
    const isPutOff = isBehind(run) && !(await crawlAgain(deps, { tx, after }, work));
    if (changed.length > 0) after.changed('connection', work.connectionId);
    // What is masked is as the policies say only by now: that they were changed was told before.
    if (changed.length > 0 || isLess) after.changed('data-source', work.connectionKey);
    return isPutOff ? 'behind' : 'recorded';
  });
}

/** A table is not as the last crawl saw it: nothing of it is judged anew before the next one. */
const isBehind = ({ plan }: ProtectionRun): boolean =>
  [...plan.standing.values()].some(({ isStale }) => isStale) ||
  [...plan.closed.values()].some((why) => why === 'protection.table_changed' || why === 'protection.table_missing');

/** Not more than one a minute, and not beside another: a crawl that changes nothing would be asked for again by the next look. */
async function crawlAgain(deps: Deps, scope: { tx: Tx; after: AfterCommit }, work: MaskWork): Promise<boolean> {
  const { rows } = await sql`select from crawl w where w.connection_id = ${work.connectionId}
    and (w.status = 'RUNNING' or w.started_at > now() - interval '1 minute') limit 1`.execute(scope.tx);
  if (rows.length > 0) return false;
  const connection = { id: work.connectionId, connectionKey: work.connectionKey };
  await startCrawl(deps, scope, { connection, path: [], createdBy: null });
  return true;
}

function rowsOf(run: ProtectionRun): Row[] {
  const { compiled, results, after } = run;
  const views = new Map(after.views.map((view) => [view.dataSourceId, view]));
  const written = new Map<number, TimedMaskResult>();
  for (const result of results)
    if (result.statement.step.kind === 'write-view') written.set(result.statement.step.view.dataSourceId, result);
  return compiled.sources.map((one) =>
    rowOf(one, { ...run, written: written.get(one.verdict.dataSourceId), view: views.get(one.verdict.dataSourceId) }),
  );
}

type Seen = Pick<ProtectionRun, 'plan' | 'held' | 'undescribed'> & {
  readonly written: TimedMaskResult | undefined;
  readonly view: ObservedView | undefined;
};

function rowOf({ verdict, closed }: CompiledSource, { plan, held, undescribed, written, view }: Seen): Row {
  const { dataSourceId: id, skipped, withheld, notEnforceable } = verdict;
  const shown = {
    rows: verdict.rows.map(({ policyKey, policyName }) => ({ policyKey, policyName })),
    notEnforceable,
    skipped,
    withheld,
  };
  const base: Row = { id, state: 'closed', reason: closed, ...noView, verdict: shown };
  if (!isProtected(verdict) && !held.has(id)) return { ...base, state: 'open', reason: null };
  if (closed !== null) return base;
  const waiting = held.has(id) ? checksFailed : null;
  const standing = plan.standing.get(id);
  if (standing !== undefined) {
    const reason = standing.isStale ? 'protection.table_changed' : waiting;
    const description = standing.isStale ? null : (undescribed.get(id) ?? null);
    return { ...base, state: 'view', reason, ...viewRow(standing.view), description };
  }
  if (written === undefined) return { ...base, reason: plan.closed.get(id) ?? 'protection.not_written' };
  if (written.status === 'failed') return { ...base, reason: failureText(written.failure) };
  if (written.status !== 'done' || view === undefined || written.statement.step.kind !== 'write-view')
    return { ...base, reason: 'protection.not_written' };
  return {
    ...base,
    state: 'view',
    reason: waiting,
    ...viewRow(view),
    fingerprint: digestOf(written.statement.step.fingerprint),
    description: written.statement.step.view,
  };
}

const noView = {
  view_id: null,
  view_schema_id: null,
  view_owner_id: null,
  view_path: null,
  body_hash: null,
  fingerprint: null,
  description: null,
};

const viewRow = (view: ObservedView) => ({
  view_id: view.platformId,
  view_schema_id: view.schemaId,
  view_owner_id: view.ownerId,
  view_path: view.objectPath,
  body_hash: view.bodyHash,
});

type Changed = { id: number; state: string; reason: string | null };

/** A view that stands keeps the fingerprint and the description under which it was written. `isLess`: nothing is to be said of some sources any more. */
async function writeProtection(
  tx: Tx,
  connectionId: string,
  rows: readonly Row[],
): Promise<{ changed: Changed[]; isLess: boolean }> {
  const { rows: all } = await sql<Changed & { isGone: boolean }>`
    with wanted as materialized (
      select * from json_to_recordset(${JSON.stringify(rows)}::json) as x (id int, state text, reason text, view_id text, view_schema_id text, view_owner_id text,
        view_path text[], body_hash text, fingerprint text, description json, verdict jsonb)
      where exists (select from data_source s where s.id = x.id)
    ), gone as (
      delete from source_protection p where p.connection_id = ${connectionId} and not exists (select from wanted w where w.id = p.data_source_id)
      returning p.data_source_id as id, p.state, p.reason
    ), written as (
      insert into source_protection as p (data_source_id, connection_id, state, reason, view_id, view_schema_id, view_owner_id, view_path, body_hash, fingerprint, description, verdict)
      select w.id, ${connectionId}, w.state, w.reason, w.view_id, w.view_schema_id, w.view_owner_id, w.view_path, w.body_hash, w.fingerprint, w.description::text, w.verdict from wanted w
      on conflict (data_source_id) do update set state = excluded.state, reason = excluded.reason, view_id = excluded.view_id, view_schema_id = excluded.view_schema_id,
        view_owner_id = excluded.view_owner_id, view_path = excluded.view_path, body_hash = excluded.body_hash,
        fingerprint = case when excluded.view_id is null then null else coalesce(excluded.fingerprint, p.fingerprint) end,
        description = case when excluded.view_id is null then null else coalesce(excluded.description, p.description) end, verdict = excluded.verdict, checked_at = now()
      where (p.state, p.reason, p.view_id, p.view_path, p.body_hash, p.verdict) is distinct from
          (excluded.state, excluded.reason, excluded.view_id, excluded.view_path, excluded.body_hash, excluded.verdict)
        or (excluded.fingerprint is not null and excluded.fingerprint is distinct from p.fingerprint)
        or (excluded.description is not null and p.description is null)
      returning p.data_source_id as id, p.state, p.reason
    )
    select id, state, reason, false as "isGone" from written union all select id, state, reason, true from gone`.execute(
    tx,
  );
  return {
    changed: all.filter((one) => !one.isGone).map(({ id, state, reason }) => ({ id, state, reason })),
    isLess: all.some((one) => one.isGone),
  };
}

const columnRow = (dataSourceId: number, column: ColumnVerdict) => ({
  source: dataSourceId,
  ordinal: column.ordinal,
  name: column.name,
  policy_id: column.policyId,
  policy_key: column.policyKey,
  policy_name: column.policyName,
  masking_type: column.chosen,
  degraded_to: column.degradedTo,
  degraded_why: column.degradedWhy,
  matched_tag: column.matchedTag,
  outranked: column.outranked,
  is_cell: column.where !== null,
  is_liftable: column.isLiftable,
});

/** Whether the view that stands masks a column: one that may not be loosened yet does so for no policy, and those it excepts see on. */
const isMaskedByView = (description: RawBuilder<unknown>, ordinal: RawBuilder<unknown>): RawBuilder<boolean> =>
  sql<boolean>`exists (select from json_array_elements(${description}::json -> 'columns') c
    where (c ->> 'ordinal')::int = ${ordinal} and json_typeof(c -> 'mask') <> 'null')`;

async function writeColumns(
  tx: Tx,
  connectionId: string,
  { rows, held }: { rows: readonly ReturnType<typeof columnRow>[]; held: ProtectionRun['held'] },
): Promise<void> {
  await sql`
    with wanted as materialized (
      select * from json_to_recordset(${JSON.stringify(rows)}::json) as x (source int, ordinal int, name text, policy_id uuid, policy_key text, policy_name text,
        masking_type text, degraded_to text, degraded_why text, matched_tag text, outranked text[], is_cell boolean, is_liftable boolean)
      where exists (select from source_protection p where p.data_source_id = x.source)
    ), gone as (
      delete from column_mask m using source_protection p where p.data_source_id = m.data_source_id and p.connection_id = ${connectionId}
        and not exists (select from wanted w where w.source = m.data_source_id and w.ordinal = m.ordinal)
        and not (m.data_source_id = any(${[...held]}::int[]) and ${isMaskedByView(sql`p.description`, sql`m.ordinal`)})
    )
    insert into column_mask as m (data_source_id, ordinal, column_name, policy_id, policy_key, policy_name, masking_type, degraded_to, degraded_why, matched_tag, outranked, is_cell, is_liftable)
    select w.source, w.ordinal, w.name, w.policy_id, w.policy_key, w.policy_name, w.masking_type, w.degraded_to, w.degraded_why, w.matched_tag, w.outranked, w.is_cell, w.is_liftable from wanted w
    on conflict (data_source_id, ordinal) do update set column_name = excluded.column_name, policy_id = excluded.policy_id, policy_key = excluded.policy_key,
      policy_name = excluded.policy_name, masking_type = excluded.masking_type, degraded_to = excluded.degraded_to, degraded_why = excluded.degraded_why,
      matched_tag = excluded.matched_tag, outranked = excluded.outranked, is_cell = excluded.is_cell, is_liftable = excluded.is_liftable
    where (m.column_name, m.policy_id, m.policy_name, m.masking_type, m.degraded_to, m.degraded_why, m.matched_tag, m.outranked, m.is_cell, m.is_liftable) is distinct from
      (excluded.column_name, excluded.policy_id, excluded.policy_name, excluded.masking_type, excluded.degraded_to, excluded.degraded_why, excluded.matched_tag, excluded.outranked, excluded.is_cell, excluded.is_liftable)`.execute(
    tx,
  );
}

/** A view that others changed is written again by the very run that found it: the finding is closed as it is made. */
async function recordTampered(
  tx: Tx,
  connectionId: string,
  views: readonly ObservedView[],
): Promise<{ object: string }[]> {
  if (views.length === 0) return [];
  const list = views.map((view) => ({ id: newUuid(), object: view.objectPath.join('.'), view: view.platformId }));
  const { rows } = await sql<{ object: string }>`
    insert into drift_finding (id, connection_id, finding, object, principal, privilege, detail, closed_at, closed_how)
    select f.id, ${connectionId}, 'tampered_policy', f.object, '', '', json_build_object('objectId', f.view), now(), 'healed'
    from json_to_recordset(${JSON.stringify(list)}::json) as f (id uuid, object text, view text) returning object`.execute(
    tx,
  );
  return rows;
}

const placeOf = (work: MaskWork) => ({ id: work.connectionId, name: work.connectionKey });

const tamperedEntries = (work: MaskWork, rows: readonly { object: string }[]) =>
  rows.map((row, at) => ({
    action: 'DriftFound',
    actor: systemActor,
    targetType: 'CONNECTION',
    targets: [placeOf(work)],
    payload: tamperedRow(row),
    emits: at === 0 ? driftEvents({ ...work, id: work.connectionId }, rows.map(tamperedRow)) : [],
  }));

const tamperedRow = ({ object }: { object: string }) => ({
  finding: 'tampered_policy',
  object,
  principal: '',
  privilege: '',
});

const statementEntries = (work: MaskWork, results: readonly TimedMaskResult[]) =>
  results
    .filter(({ statement }) => !statement.step.kind.endsWith('-entitlements'))
    .map((result) => ({
      action: 'ProvisioningStatementExecuted',
      actionStatus: result.status === 'done' ? ('SUCCESS' as const) : ('FAILURE' as const),
      actor: systemActor,
      targetType: 'CONNECTION',
      targets: [placeOf(work)],
      relatedResources: result.statement.step.causes.map((id) => ({ id, name: id, type: 'DATA_SOURCE' })),
      payload: statementPayload(result),
    }));

/** One row for all sources that are exposed in another way than before. */
const changedEntries = (work: MaskWork, changed: readonly Changed[]) =>
  changed.length === 0
    ? []
    : [
        {
          action: 'SourceProtectionChanged',
          actor: systemActor,
          targetType: 'CONNECTION',
          targets: [placeOf(work)],
          relatedResources: changed
            .slice(0, 1_000)
            .map(({ id }) => ({ id: String(id), name: String(id), type: 'DATA_SOURCE' })),
          payload: { sources: changed.slice(0, 1_000) },
        },
      ];
