import type { AccessFacts, Approval, Scope, UserFact } from '@stoa/core/access/model';
import { type RawBuilder, sql } from 'kysely';
import { prepared, type Reader } from '../db/pool.ts';
import { loadParents } from './load-parents.ts';
import { loadSources } from './load-sources.ts';
import { namePrefix } from './platforms.ts';

type TargetRow = {
  targetId: string;
  kind: 'dp' | 'as';
  containerNumber: number;
  label: string;
  suspended: boolean;
  deleted: boolean;
};
/** The rows that facts are made of, but for the sources. */
export type FactRows = {
  now: number;
  strict_members: boolean;
  targets: TargetRow[] | null;
  approvals: Approval[] | null;
  users: UserFact[] | null;
  direct: { targetId: string; objectIds: string[] }[] | null;
};

/** The facts, and of targets looked at pair by pair a few objects that a member is asked about directly. */
export type LoadedFacts = { facts: AccessFacts; directObjects: ReadonlyMap<string, readonly string[]> };

/** So many objects of a target each new member is asked about; the container answers for the rest. */
const directObjects = 16;

export type FactsRequest = {
  connectionId: string;
  installationId: string;
  scope: Scope;
  /** Also this one data source, on every target that gives it. */
  source?: number;
  /** Read a moment ago, with the keys of this very scope. */
  rows?: FactRows | undefined;
};

/**
 * Reads every fact that bears on the access of a connection, within a scope. A scope of pairs reads neither the other
 * members of a target nor its objects: what one approval costs does not grow with either.
 */
export async function loadFacts(db: Reader, request: FactsRequest): Promise<LoadedFacts> {
  const { connectionId, installationId, scope } = request;
  const loaded = request.rows ?? (await readFactRows(db, connectionId, scope));
  const targets = loaded.targets ?? [];
  const all = targets.map((target) => target.targetId);
  const whole = wholeTargets(scope, targets);
  const { listed, sources } = await loadSources(
    db,
    connectionId,
    request.source === undefined ? { targetIds: whole } : { targetIds: all, source: request.source },
  );
  const assets = targets.filter((target) => target.kind === 'as').map((target) => target.targetId);
  const wholeAssets = new Set(whole);
  const parents = await loadParents(db, request.source === undefined ? assets.filter((id) => wholeAssets.has(id)) : []);
  const facts: AccessFacts = {
    now: loaded.now,
    scope,
    installationId,
    connectionId,
    namePrefix,
    targets: targets.map((target) => ({
      ...target,
      sources: listed.get(target.targetId) ?? [],
      parent: parents.get(target.targetId) ?? null,
    })),
    sources,
    approvals: loaded.approvals ?? [],
    users: loaded.users ?? [],
    settings: { strictMembers: loaded.strict_members },
  };
  return { facts, directObjects: new Map((loaded.direct ?? []).map((d) => [d.targetId, d.objectIds])) };
}

function wholeTargets(scope: Scope, targets: readonly TargetRow[]): string[] {
  if (scope.kind === 'all') return targets.map((target) => target.targetId);
  return [...new Set(scope.keys.filter((key) => key.globalUserId === undefined).map((key) => key.targetId))];
}

/**
 * Still to be on the platform, or to be taken off it: an end counts until its removal has been proved. The offset keeps the
 * planner from reading the states of everybody for the sake of one.
 */
const isOpen = (connectionId: string): RawBuilder<boolean> => sql`r.type = 'DATA_ACCESS'
  and (r.status = 'APPROVED' or (r.status in ('REVOKED', 'EXPIRED') and not exists (
    select from membership_status m where m.access_request_id = r.id and m.connection_id = ${connectionId} and m.state = 'REMOVED' offset 0)))`;

const approvalColumns = sql`select r.id, r.target_id, r.beneficiary, r.expiration, r.status, r.awaits_acceptance`;

/** A product's container is wanted from its publication on; an asset's from its first approval on, and then it stays. */
export const isWanted = (connectionId: string): RawBuilder<boolean> => sql`(c.kind = 'dp' or c.native_id is not null
  or exists (select from access_request r where r.target_id = c.target_id and ${isOpen(connectionId)}))`;

/**
 * The targets, approvals and people of a scope as `chosen`, `approval` and `person`. Pairs are joined, never tested one by
 * one against every request or every user: five thousand keys cost five thousand look-ups, and one key one.
 */
function scoped(connectionId: string, scope: Scope): RawBuilder<unknown> {
  if (scope.kind === 'all') {
    return sql`chosen as (
      select c.target_id, c.kind, c.number from container c where c.connection_id = ${connectionId} and ${isWanted(connectionId)}
    ), approval as (
      ${approvalColumns} from access_request r where r.target_id in (select target_id from chosen) and ${isOpen(connectionId)}
    ), person as (
      select beneficiary as id from approval union select global_user_id from platform_identity where connection_id = ${connectionId}
    )`;
  }
  const pairs = scope.keys.filter((key) => key.globalUserId !== undefined);
  const whole = scope.keys.filter((key) => key.globalUserId === undefined).map((key) => key.targetId);
  return ofPairs(connectionId, {
    pairs: sql`select * from unnest(${pairs.map((k) => k.targetId)}::uuid[], ${pairs.map((k) => k.globalUserId)}::uuid[])`,
    chosen: sql`c.target_id = any(${[...new Set(scope.keys.map((k) => k.targetId))]}::uuid[])`,
    ...(whole.length === 0 ? {} : { whole: sql`${whole}::uuid[]` }),
  });
}

/** `whole`: the targets that are not only about pairs, if there may be any. */
type Pairs = { pairs: RawBuilder<unknown>; chosen: RawBuilder<unknown>; whole?: RawBuilder<unknown> };

const ofPairs = (connectionId: string, { pairs, chosen, whole }: Pairs): RawBuilder<unknown> => sql`
    pair (target_id, user_id) as (${pairs}
    ), chosen as (
      select c.target_id, c.kind, c.number from container c where c.connection_id = ${connectionId} and ${chosen}
    ), approval as (
      ${approvalColumns} from pair w join chosen c on c.target_id = w.target_id
        cross join lateral (select * from access_request r where r.beneficiary = w.user_id and r.target_id = w.target_id offset 0) r
      where ${isOpen(connectionId)} ${
        whole === undefined
          ? sql``
          : sql`and w.target_id <> all(${whole})
      union all
      ${approvalColumns} from chosen c join access_request r on r.target_id = c.target_id
      where c.target_id = any(${whole}) and ${isOpen(connectionId)}`
      }
    ), person as (
      select beneficiary as id from approval union select user_id from pair
    )`;

/** A few objects of each target, for a scope of pairs; a wider one is asked about its objects through the container. */
function someObjects(connectionId: string): RawBuilder<unknown> {
  return sql`select json_agg(json_build_object('targetId', c.target_id, 'objectIds', (
      select coalesce(json_agg(d.platform_id), '[]') from (
        select o.platform_id from (
          select x.data_source_id from container_object x
          where x.connection_id = ${connectionId} and x.target_id = c.target_id and x.state = 'ACTIVE' limit ${directObjects}) x
        join data_source s on s.id = x.data_source_id join data_object o on o.id = s.data_object_id) d)))
    from chosen c`;
}

/** So many keys are few enough for a plan made once; more are planned for, by their number. */
const fewKeys = 32;

/** The rows, of `chosen`, `approval` and `person`. */
const factRows = (connectionId: string, direct: RawBuilder<unknown>): RawBuilder<FactRows> => sql`
    select (extract(epoch from now()) * 1000)::float8 as now,
      coalesce((select (settings ->> 'strictMembers')::boolean from connection where id = ${connectionId}), false) as strict_members,
      (select json_agg(json_build_object('targetId', c.target_id, 'kind', c.kind, 'containerNumber', c.number,
         'label', coalesce(p.name, array_to_string(o.object_path, '.'), 'deleted'), 'suspended', coalesce(p.suspended, false),
         'deleted', p.deleted_at is not null or (p.id is null and o.id is null)))
       from chosen c left join data_product p on p.id = c.target_id left join data_object o on o.id = c.target_id) as targets,
      (select json_agg(json_build_object('requestId', a.id, 'targetId', a.target_id, 'globalUserId', a.beneficiary,
         'notAfter', (extract(epoch from a.expiration) * 1000)::float8, 'ended', a.status <> 'APPROVED', 'awaitingAcceptance', a.awaits_acceptance))
       from approval a) as approvals,
      (select json_agg(json_build_object('globalUserId', u.global_user_id, 'status', u.status, 'identity',
         case when i.global_user_id is not null then json_build_object(
           'externalName', i.external_name, 'principalId', i.platform_principal_id, 'state', i.state) end))
       from person w join app_user u on u.global_user_id = w.id
         left join platform_identity i on i.global_user_id = u.global_user_id and i.connection_id = ${connectionId}) as users,
      (${direct}) as direct`;

async function readFactRows(db: Reader, connectionId: string, scope: Scope): Promise<FactRows> {
  const isFew = scope.kind === 'keys' && scope.keys.length <= fewKeys;
  const direct = scope.kind === 'all' ? sql`null::json` : someObjects(connectionId);
  const { rows } =
    await sql<FactRows>`${isFew ? prepared(scope.keys.some((key) => key.globalUserId === undefined) ? 'facts-of-targets' : 'facts-of-pairs') : sql``}
    with ${scoped(connectionId, scope)} ${factRows(connectionId, direct)}`.execute(db);
  const row = rows[0];
  if (!row) throw new Error('the facts of a connection could not be read');
  return row;
}

/**
 * The rows for the pairs that wait in `key`, a part of the surrounding statement; null when there are many, or when not
 * all of them are pairs. Keys and facts are then of one moment, and one way there and back on the road of an approval.
 */
export const factRowsOfKeys = (connectionId: string): RawBuilder<FactRows | null> => {
  const source = {
    pairs: sql`select distinct target_id, global_user_id from key`,
    chosen: sql`c.target_id in (select target_id from key)`,
  };
  return sql`case when (select count(*) between 1 and ${fewKeys} and bool_and(target_id is not null and global_user_id is not null) from key)
    then (select row_to_json(f) from (with ${ofPairs(connectionId, source)} ${factRows(connectionId, someObjects(connectionId))}) f) end`;
};
