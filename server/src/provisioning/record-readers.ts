import type { MaskProof } from '@stoa/connectors/connector';
import { printCondition } from '@stoa/core/condition/print';
import { columnExemption } from '@stoa/core/masking/view';
import { type ExemptionState, exemptionState } from '@stoa/core/masking/exemption-state';
import { sql } from 'kysely';
import { newUuid } from '../db/new-id.ts';
import type { Db } from '../db/pool.ts';
import type { Deps } from '../deps.ts';
import type { CompiledMasks } from './compile-masks.ts';
import type { ReaderScope } from './load-readers.ts';
import { provisioningEvents } from './provisioning-events.ts';
import type { MaskRun } from './reconcile-masks.ts';
import { statementPayload } from './statement-audit.ts';
import { forgetIntents, recordStatements } from './statement-intent.ts';
import { failureText } from './reconcile-connection.ts';

/** What a run about single readers needs of the policies, so that it has to compile none. */
export async function recordReaderNeeds(
  db: Db,
  connectionId: string,
  { formulas, needed }: Pick<CompiledMasks, 'formulas' | 'needed'>,
): Promise<void> {
  const list = formulas.map(({ id, condition, source }) => ({
    id,
    condition: printCondition(condition),
    dataSourceId: source?.dataSourceId ?? null,
  }));
  await sql`
    insert into reader_need as n (connection_id, formulas, attributes, groups, fields)
    values (${connectionId}, ${JSON.stringify(list)}::jsonb, ${[...needed.attributes]}::text[], ${needed.groups}, ${[...needed.fields]}::text[])
    on conflict (connection_id) do update set formulas = excluded.formulas, attributes = excluded.attributes, groups = excluded.groups, fields = excluded.fields
    where (n.formulas, n.attributes, n.groups, n.fields) is distinct from (excluded.formulas, excluded.attributes, excluded.groups, excluded.fields)`.execute(
    db,
  );
}

type Row = ExemptionState & {
  request_id: string;
  user_id: string;
  principal: string | null;
  proof: { readonly columns: readonly (MaskProof | undefined)[] } | null;
};

/**
 * Records where exceptions stand, with the statements that were run, in one statement that holds while the lease is ours. The keys
 * end with it where nothing else of the run is to come.
 */
export async function recordReaders(
  deps: Deps,
  run: MaskRun,
  { scope, endsKeys }: { scope: ReaderScope; endsKeys: boolean },
): Promise<'done' | 'fenced'> {
  const rows = statesOf(run);
  const changed = rows.filter((row, at) => row.state !== run.world.exceptions[at]?.previous);
  const ended = endsKeys ? run.keys.map((key) => key.id) : [];
  if (scope === 'all' && rows.length === 0 && run.results.length === 0) return 'done';
  const { rows: recorded } = await sql<{ held: boolean }>`
    with fence as materialized (
      select from connection_lease where connection_id = ${run.connectionId} and holder = ${deps.replicaId} and fence = ${run.fence}
    ), status as (
      insert into exemption_status as e (access_request_id, connection_id, global_user_id, state, reason, attempt, next_attempt_at, verified_at, principal, proof)
      select x.request_id, ${run.connectionId}, x.user_id, x.state, x.reason, 1, case when x."isOpen" then now() + interval '2 seconds' end,
        case when x.proof is not null then now() end, x.principal, x.proof
      from json_to_recordset(${JSON.stringify(rows)}::json) as x (request_id text, user_id uuid, state text, reason text, "isOpen" boolean, principal text, proof jsonb)
      where exists (select from fence)
      on conflict (access_request_id, connection_id) do update set state = excluded.state, reason = excluded.reason,
        attempt = case when excluded.next_attempt_at is null then 0 else e.attempt + 1 end,
        next_attempt_at = case when excluded.next_attempt_at is null then null
          else now() + make_interval(secs => least(60, power(2, least(e.attempt + 1, 6)))) end,
        verified_at = coalesce(excluded.verified_at, e.verified_at), principal = coalesce(excluded.principal, e.principal),
        proof = coalesce(excluded.proof, e.proof), updated_at = now()
    ), key as (
      delete from provisioning_key where id = any(${ended}::bigint[]) and exists (select from fence)
    ), intent as (${forgetIntents(run)} and exists (select from fence)
    ), audit as (
      insert into audit_event (id, action, action_status, actor, actor_id, target_type, targets, related_resources, payload)
      select x.id, x.action, x.status, '{"type":"SYSTEM_ACTOR","id":"stoa","name":"Stoa"}'::jsonb, 'stoa', x.target_type, x.targets, x.related, x.payload
      from json_to_recordset(${JSON.stringify(auditRows(run, changed))}::json) as x (id uuid, action text, status text, target_type text, targets jsonb, related jsonb, payload jsonb)
      where exists (select from fence)
    ), ${provisioningEvents(run.connectionId, changed.map(toToldState), sql`exemption_status`)}
    ), live as (
      insert into live_event (type, subject_id)
      select 'access-request', x.id from unnest(${changed.map((row) => row.request_id)}::text[]) as x (id) where exists (select from fence)
    ), mark as (
      update connection set fingerprint = null where id = ${run.connectionId} and ${run.results.length > 0} and fingerprint is not null and exists (select from fence))
    select exists (select from fence) as held`.execute(deps.db);
  if (recorded[0]?.held !== true) {
    await recordStatements(deps, run, run.results.filter(isOfReaders));
    return 'fenced';
  }
  deps.live.wake();
  return 'done';
}

/** The others are recorded with the protection of their sources. */
const isOfReaders = ({ statement }: MaskRun['results'][number]): boolean =>
  statement.step.kind.endsWith('-entitlements');

const toToldState = (row: Row) => ({ requestId: row.request_id, state: row.state, reason: row.reason });

function statesOf({ world, proofs, results, holdsGrants }: MaskRun): Row[] {
  const readers = new Map(world.readers.map((reader) => [reader.globalUserId, reader]));
  const held = new Map(proofs.map((proof) => [`${proof.principalId}/${proof.key}`, proof]));
  const failed = results.find((result) => result.status === 'failed' && isOfReaders(result));
  const failure = failed?.status === 'failed' ? failureText(failed.failure) : null;
  return world.exceptions.map((exception) => {
    const reader = readers.get(exception.globalUserId);
    const asked =
      reader === undefined
        ? []
        : exception.columnKeys.map((key) => held.get(`${reader.principalId}/${columnExemption(key)}`));
    const judged = exemptionState({
      holds: exception.holds,
      hasReader: reader !== undefined,
      columns: exception.columnKeys.length,
      unmasked: exception.unmasked,
      proven: asked.map((proof) => proof?.holds ?? null),
      failure,
      isWithheld: holdsGrants,
    });
    return {
      ...judged,
      request_id: exception.requestId,
      user_id: exception.globalUserId,
      principal: reader?.externalName ?? null,
      proof: judged.isOpen || asked.length === 0 ? null : { columns: asked },
    };
  });
}

const actions = {
  ACTIVE: ['MaskingExceptionGranted', 'SUCCESS'],
  REMOVED: ['MaskingExceptionRevoked', 'SUCCESS'],
  FAILED: ['ProvisioningFailed', 'FAILURE'],
  REMOVE_FAILED: ['ProvisioningFailed', 'FAILURE'],
} as const;

/** One row per native statement, and one for each exception that came into effect, ended or failed. */
function auditRows(run: MaskRun, changed: readonly Row[]): object[] {
  const connection = { id: run.connectionId, name: run.connectionKey, type: 'CONNECTION' };
  const causes = run.world.exceptions
    .slice(0, 200)
    .map(({ requestId }) => ({ id: requestId, name: requestId, type: 'CAUSE' }));
  const statements = run.results.filter(isOfReaders).map((result) => ({
    id: newUuid(),
    action: 'ProvisioningStatementExecuted',
    status: result.status === 'done' ? 'SUCCESS' : 'FAILURE',
    target_type: 'CONNECTION',
    targets: [connection],
    related: causes,
    payload: {
      type: 'ProvisioningStatementExecutedAuditPayload',
      version: '1',
      ...statementPayload(result),
    },
  }));
  const states = changed.flatMap((row) => {
    const action = row.state in actions ? actions[row.state as keyof typeof actions] : undefined;
    return action === undefined
      ? []
      : [
          {
            id: newUuid(),
            action: action[0],
            status: action[1],
            target_type: 'ACCESS_REQUEST',
            targets: [{ id: row.request_id, name: `${row.principal ?? 'nobody'}: ${row.state}` }],
            related: [connection],
            payload: {
              type: `${action[0]}AuditPayload`,
              version: '1',
              reason: row.reason,
              ...(row.proof === null ? {} : { probe: row.proof.columns[0]?.probe }),
            },
          },
        ];
  });
  return [...statements, ...states];
}
