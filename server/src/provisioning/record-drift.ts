import type { PlatformSession } from '@stoa/connectors/connector';
import type { DesiredAccess } from '@stoa/core/access/model';
import {
  defaultEdge,
  defaultWords,
  type Finding,
  findDrift,
  provenKey,
  surplusMembers,
} from '@stoa/core/provisioning/findings';
import type { ObservedState } from '@stoa/core/provisioning/observed';
import { type RawBuilder, sql } from 'kysely';
import { appendAudit, systemActor } from '../audit/append.ts';
import { newUuid } from '../db/new-id.ts';
import type { Tx } from '../db/pool.ts';
import { transact } from '../db/transact.ts';
import type { Deps } from '../deps.ts';
import { claimTaken } from './close-taken.ts';
import { lockFence, sweptTargets, type WaitingKey } from './claim-work.ts';
import { type FindingName, resolvedEntry } from './drift-entry.ts';
import { driftEvents } from './connection-event.ts';
import { enqueueSwept } from './enqueue-keys.ts';

type Sweep = {
  connectionId: string;
  replicaId: string;
  fence: number;
  connectionKey: string;
  keys: readonly WaitingKey[];
  desired: DesiredAccess;
  observed: ObservedState;
  session: Pick<PlatformSession, 'takeBack'>;
};
type Told = FindingName & {
  detail: Pick<Finding, 'container' | 'objectId' | 'principalId' | 'consumers'> & {
    /** What the container is of. */
    targetId: string | null;
    part: number | null;
    /** SQL that takes it away, where others gave it. */
    repair: string | null;
  };
};
/** `mended`: the plan of the same look puts it right. */
export type DriftRow = Told & { mended: boolean };

/** The part of a run that a sweep asked for: all of it, the containers it looks at alone, or none where the facts asked. */
function sweptIn(sweep: Sweep): Sweep | undefined {
  if (sweep.desired.scope.kind === 'all') return sweep;
  const targets = sweptTargets(sweep.keys);
  if (targets.size === 0) return undefined;
  const containers = sweep.desired.containers.filter((container) => targets.has(container.targetId));
  const names = new Set(containers.map((container) => container.name));
  const isIn = ({ container }: { container: string }) => names.has(container);
  const { observed } = sweep;
  return {
    ...sweep,
    desired: { ...sweep.desired, containers },
    observed: {
      ...observed,
      containers: observed.containers.filter(({ name }) => names.has(name)),
      memberships: observed.memberships.filter(isIn),
      privileges: observed.privileges.filter(isIn),
      defaults: observed.defaults.filter(isIn),
    },
  };
}

/**
 * Stores what a sweep found where the platform differs from what should be there, and answers what the plan of the same run puts
 * right: ours that is missing is put back, and what was given in our name is taken away. Until that is done and read back these
 * findings are open (`mendedBy`), as are those of what others did until it is gone. `fenced` when
 * the lease is another's by now: what was seen may be long ago, and nothing is stored.
 */
export async function recordDrift(deps: Deps, run: Sweep): Promise<readonly DriftRow[] | 'fenced'> {
  const sweep = sweptIn(run);
  if (sweep === undefined) return [];
  const proven = await provenEdges(deps, sweep);
  const places = new Map(sweep.desired.containers.map((container) => [container.name, container]));
  const found = findDrift(sweep.desired, sweep.observed, proven, await goneEdges(deps, sweep));
  const repairs = sweep.session.takeBack(found, sweep.observed);
  const rows = merged(found.map((one, at) => toRow(one, places.get(one.container ?? ''), repairs[at] ?? null)));
  const mended = rows.filter((row) => row.mended);
  return transact(deps, async (tx, after) => {
    if (!(await lockFence(tx, sweep))) return 'fenced';
    const opened = await openFindings(tx, sweep, rows);
    const closed = await closeFindings(tx, sweep, rows);
    if (opened.length + closed.length === 0) return mended;
    // Whom a group lets in, and what else is open to a login of nobody, is seen by the whole look alone.
    if (opened.some((row) => isPartlySeen(sweep, row)) || (await concernsNobody(tx, sweep, [...opened, ...closed])))
      await enqueueSwept(tx, after, { connectionId: sweep.connectionId, targetIds: [null] });
    after.changed('drift', sweep.connectionId);
    const target = { id: sweep.connectionId, name: sweep.connectionKey };
    await appendAudit(tx, [
      ...opened.map((row, at) => ({
        action: 'DriftFound',
        actor: systemActor,
        targetType: 'CONNECTION',
        targets: [target],
        payload: { ...row },
        // All of one look are told at once.
        emits: at === 0 ? driftEvents({ ...sweep, id: sweep.connectionId }, opened) : [],
      })),
      ...closed.map((row) => resolvedEntry(target, row)),
    ]);
    return mended;
  });
}

/** What was told as missing and not put back yet: no state says any more that it was there. */
async function awaitedEdges(deps: Deps, connectionId: string) {
  const { rows } = await sql<{ container: string; id: string; privilege: string }>`
    select d.detail ->> 'container' as container, coalesce(d.detail ->> 'principalId', d.detail ->> 'objectId') as id, d.privilege
    from drift_finding d where d.connection_id = ${connectionId} and d.finding = 'missing' and d.closed_at is null`.execute(
    deps.db,
  );
  const named = new Set(rows.map(({ container, id, privilege }) => `${provenKey(container, id)}/${privilege}`));
  const edges = rows.filter(({ privilege }) => privilege === 'MEMBER' || privilege === 'SELECT');
  return {
    edges: edges.map(({ container, id }) => provenKey(container, id)),
    hasDefault: (container: string, schemaId: string, roleName: string) =>
      named.has(`${provenKey(container, schemaId)}/${defaultWords(roleName)}`),
  };
}

/** Edges that a probe has seen before: only their loss is drift, the rest is work not done yet. */
async function provenEdges(deps: Deps, { connectionId, desired }: Sweep): Promise<Set<string>> {
  const some = desired.scope.kind === 'all' ? null : [...new Set(desired.containers.map((one) => one.targetId))];
  const isSome = (targetId: RawBuilder<unknown>) =>
    some === null ? sql`` : sql`and ${targetId} = any(${some}::uuid[])`;
  const { rows } = await sql<{ target_id: string; part: number | null; closed: number[] | null; edge: string }>`
    select m.target_id, null::int as part, m.prevented_parts as closed, i.platform_principal_id as edge from membership_status m
      join platform_identity i on i.connection_id = m.connection_id and i.global_user_id = m.global_user_id
      where m.connection_id = ${connectionId} and m.state = 'ACTIVE' and i.platform_principal_id is not null ${isSome(sql`m.target_id`)}
    union all
    select c.target_id, c.part, null, case when sp.state = 'view' then sp.view_id else o.platform_id end from container_object c
      join data_source s on s.id = c.data_source_id join data_object o on o.id = s.data_object_id
        left join source_protection sp on sp.data_source_id = s.id
      where c.connection_id = ${connectionId} and c.state = 'ACTIVE' and o.platform_id is not null ${isSome(sql`c.target_id`)}`.execute(
    deps.db,
  );
  const { rows: defaults } = await sql<{
    target_id: string;
    schema_id: string;
    role_id: string;
    role_name: string;
    is_native: boolean;
  }>`
    select k.target_id, k.schema_platform_id as schema_id, role ->> 'roleId' as role_id, role ->> 'name' as role_name, (role ->> 'native')::boolean as is_native
    from container_schema k, jsonb_array_elements(k.creating_roles) role
    where k.connection_id = ${connectionId} ${isSome(sql`k.target_id`)}`.execute(deps.db);
  const awaited = await awaitedEdges(deps, connectionId);
  const containers = new Map<string, DesiredAccess['containers'][number][]>();
  for (const container of desired.containers) {
    const known = containers.get(container.targetId);
    if (known) known.push(container);
    else containers.set(container.targetId, [container]);
  }
  const edges = rows.flatMap(({ target_id, part, closed, edge }) =>
    (containers.get(target_id) ?? [])
      .filter((container) => (part === null || container.part === part) && closed?.includes(container.part) !== true)
      .map((container) => provenKey(container.name, edge)),
  );
  const ofDefaults = defaults.flatMap(({ target_id, schema_id, role_id, role_name, is_native }) =>
    (containers.get(target_id) ?? [])
      .filter(({ name, part }) => part === 1 && (is_native || awaited.hasDefault(name, schema_id, role_name)))
      .map(({ name }) => provenKey(name, defaultEdge(schema_id, role_id))),
  );
  return new Set([...edges, ...ofDefaults, ...awaited.edges]);
}

/**
 * Memberships in our name that a probe has seen end and that are there again: of people with no request for the target whose end,
 * or whose beginning, is still to be recorded.
 */
async function goneEdges(deps: Deps, { connectionId, desired, observed }: Sweep): Promise<Set<string>> {
  const targets = new Map(desired.containers.map((container) => [container.name, container.targetId]));
  const surplus = surplusMembers(desired, observed).flatMap(({ ours, container, principalId }) => {
    const target = targets.get(container);
    return ours && target !== undefined ? [{ container, target, principal: principalId }] : [];
  });
  if (surplus.length === 0) return new Set();
  const { rows } = await sql<{ container: string; principal: string }>`
    select x.container, x.principal from json_to_recordset(${JSON.stringify(surplus)}::json) as x (container text, target uuid, principal text)
      join platform_identity i on i.connection_id = ${connectionId} and i.platform_principal_id = x.principal
    where exists (select from membership_status m where m.connection_id = ${connectionId} and m.target_id = x.target and m.global_user_id = i.global_user_id)
      and not exists (select from access_request r
        left join membership_status m on m.access_request_id = r.id and m.connection_id = ${connectionId}
        where r.target_id = x.target and r.beneficiary = i.global_user_id and r.status in ('APPROVED', 'REVOKED', 'EXPIRED')
          and m.state is distinct from 'REMOVED')`.execute(deps.db);
  return new Set(rows.map(({ container, principal }) => provenKey(container, principal)));
}

const isPartlySeen = ({ desired, observed }: Sweep, { finding, detail }: Told): boolean =>
  desired.scope.kind !== 'all' &&
  finding === 'unknown_member' &&
  observed.memberships.some(({ principalId, isGroup }) => isGroup === true && principalId === detail.principalId);

/** Members that nobody approved have come or gone, and belong to no person. */
async function concernsNobody(
  tx: Tx,
  { connectionId, desired }: Sweep,
  rows: readonly FindingName[],
): Promise<boolean> {
  const members = rows.filter(({ finding }) => finding === 'unknown_member').map(({ principal }) => principal);
  if (desired.scope.kind === 'all' || members.length === 0) return false;
  const { rows: found } = await sql`select from unnest(${members}::text[]) as m (name)
    where not exists (select from platform_identity i where i.connection_id = ${connectionId} and i.external_name = m.name) limit 1`.execute(
    tx,
  );
  return found.length > 0;
}

const toRow = (
  finding: Finding,
  place: DesiredAccess['containers'][number] | undefined,
  repair: string | null,
): DriftRow => ({
  finding: finding.finding,
  object: finding.objectPath.join('.') || (finding.container ?? ''),
  principal: finding.principal ?? finding.principalId ?? '',
  privilege: finding.privilege ?? '',
  mended: finding.isMended,
  detail: {
    container: finding.container,
    objectId: finding.objectId,
    principalId: finding.principalId,
    consumers: finding.consumers.slice(0, 1000),
    targetId: place?.targetId ?? null,
    part: place?.part ?? null,
    repair,
  },
});

const nameOf = ({ finding, object, principal, privilege }: FindingName): string =>
  JSON.stringify([finding, object, principal, privilege]);

/** What two roles gave alike, or to two things of one name, is one finding. */
function merged(rows: readonly DriftRow[]): DriftRow[] {
  const byName = new Map<string, DriftRow>();
  for (const row of rows) {
    const key = nameOf(row);
    const known = byName.get(key);
    if (known === undefined) byName.set(key, row);
    else {
      const repairs = new Set([known.detail.repair, row.detail.repair].filter((one) => one !== null));
      const consumers = [...new Set([...known.detail.consumers, ...row.detail.consumers])];
      const repair = repairs.size === 0 ? null : [...repairs].join('\n');
      byName.set(key, { ...known, detail: { ...known.detail, consumers, repair } });
    }
  }
  return [...byName.values()];
}

/**
 * New findings, and again-seen ones touched. A run that was fenced, failed or died after it had told of one is repeated: the loss it
 * sees again is the same one, which is open.
 */
async function openFindings(tx: Tx, { connectionId, desired }: Sweep, rows: readonly DriftRow[]): Promise<Told[]> {
  if (rows.length === 0) return [];
  const list = rows.map((row) => ({ ...row, id: newUuid() }));
  // Whom a group lets in was told by the last look at the whole, if it told any, and is not seen by this one.
  const seen =
    desired.scope.kind === 'all'
      ? sql`excluded.detail`
      : sql`excluded.detail || case when coalesce(d.detail -> 'consumers', '[]') = '[]' then '{}'
          else jsonb_build_object('consumers', d.detail -> 'consumers') end`;
  const { rows: opened } = await sql<Told & { is_new: boolean }>`
    insert into drift_finding as d (id, connection_id, finding, object, principal, privilege, detail)
    select f.id, ${connectionId}, f.finding, f.object, f.principal, f.privilege, f.detail
    from json_to_recordset(${JSON.stringify(list)}::json) as f (id uuid, finding text, object text, principal text, privilege text, detail jsonb)
    on conflict (connection_id, finding, object, principal, privilege) where closed_at is null
      do update set last_seen_at = now(), detail = ${seen}
    returning finding, object, principal, privilege, detail, xmax = 0 as is_new`.execute(tx);
  return opened.filter((row) => row.is_new).map(({ is_new: _, ...row }) => row);
}

/** A look at some containers says nothing of what was found elsewhere. */
async function closeFindings(tx: Tx, sweep: Sweep, rows: readonly DriftRow[]): Promise<Told[]> {
  const { connectionId, desired } = sweep;
  const looked =
    desired.scope.kind === 'all'
      ? sql``
      : sql`and d.detail ->> 'container' = any(${desired.containers.map(({ name }) => name)}::text[])`;
  const { rows: closed } = await sql<Told & { id: string }>`
    update drift_finding d set closed_at = now(), closed_how = 'gone'
    where d.connection_id = ${connectionId} and d.closed_at is null ${looked} and not exists (
      select from json_to_recordset(${JSON.stringify(rows)}::json) as f (finding text, object text, principal text, privilege text)
      where f.finding = d.finding and f.object = d.object and f.principal = d.principal and f.privilege = d.privilege)
    returning id, finding, object, principal, privilege, detail`.execute(tx);
  const putBack = closed.filter((row) => row.finding === 'missing' && isThere(sweep, row));
  if (putBack.length > 0)
    await sql`update drift_finding set closed_how = 'healed' where id = any(${putBack.map(({ id }) => id)}::uuid[])`.execute(
      tx,
    );
  if (closed.some((row) => row.finding === 'bypass'))
    await claimTaken(
      tx,
      connectionId,
      closed.map(({ id }) => id),
    );
  return closed;
}

/** What was missing is there: a run put it back that looked at less, or that ended before it could say so. */
function isThere({ observed }: Sweep, { privilege, detail }: Told): boolean {
  const isOfIt = ({ container }: { container: string }) => container === detail.container;
  if (privilege === 'MEMBER')
    return observed.memberships.some((row) => isOfIt(row) && row.principalId === detail.principalId);
  if (privilege === 'SELECT' || privilege === 'USAGE')
    return observed.privileges.some((row) => isOfIt(row) && row.objectId === detail.objectId);
  return observed.defaults.some(
    (row) => isOfIt(row) && row.schemaId === detail.objectId && defaultWords(row.roleName) === privilege,
  );
}
