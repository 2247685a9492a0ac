import type { AccessFacts, Approval, Scope, Source, Target, UserFact } from '@stoa/core/access/model';
import { sql } from 'kysely';
import type { Reader } from '../db/pool.ts';
import { namePrefix } from './platforms.ts';

type TargetRow = {
  targetId: string;
  kind: 'dp' | 'as';
  containerNumber: number;
  label: string;
  suspended: boolean;
  deleted: boolean;
};
type SourceRow = Source & { targetId: string; outOfDomain: boolean };
type Loaded = {
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

export type FactsRequest = { connectionId: string; installationId: string; scope: Scope };

/**
 * Reads every fact that bears on the access of a connection, within a scope. A scope of pairs reads neither the other
 * members of a target nor its objects: what one approval costs does not grow with either.
 */
export async function loadFacts(db: Reader, request: FactsRequest): Promise<LoadedFacts> {
  const { connectionId, installationId, scope } = request;
  const loaded = await loadPeopleAndTargets(db, connectionId, scope);
  const targets = loaded.targets ?? [];
  const whole = wholeTargets(scope, targets);
  const sources = whole.length === 0 ? [] : await loadSources(db, connectionId, whole);
  const listed = new Map<string, Target['sources'][number][]>();
  for (const { targetId, dataSourceId, outOfDomain } of sources) {
    const list = listed.get(targetId) ?? [];
    list.push({ dataSourceId, outOfDomain });
    listed.set(targetId, list);
  }
  const facts: AccessFacts = {
    now: loaded.now,
    scope,
    installationId,
    connectionId,
    namePrefix,
    targets: targets.map((target) => ({ ...target, sources: listed.get(target.targetId) ?? [] })),
    sources: [...new Map(sources.map((source) => [source.dataSourceId, source])).values()],
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

/** One round trip: it stands on the road of every approval. */
async function loadPeopleAndTargets(db: Reader, connectionId: string, scope: Scope): Promise<Loaded> {
  const keys = scope.kind === 'all' ? [] : scope.keys;
  const { rows } = await sql<Loaded>`
    with wanted as (
      select * from unnest(${keys.map((k) => k.targetId)}::uuid[], ${keys.map((k) => k.globalUserId ?? null)}::uuid[]) as k (target_id, user_id)
    ), chosen as (
      select c.target_id, c.kind, c.number from container c
      where c.connection_id = ${connectionId} and (${scope.kind === 'all'} or c.target_id in (select target_id from wanted))
    ), approval as (
      select r.id, r.target_id, r.beneficiary, r.expiration, r.status
      from access_request r
      where r.target_id in (select target_id from chosen) and r.type = 'DATA_ACCESS'
        and (${scope.kind === 'all'}
          or exists (select from wanted w where w.target_id = r.target_id and (w.user_id is null or w.user_id = r.beneficiary)))
        and (r.status = 'APPROVED' or (r.status in ('REVOKED', 'EXPIRED') and not exists (
          select from membership_status m where m.access_request_id = r.id and m.connection_id = ${connectionId} and m.state = 'REMOVED')))
    )
    select (extract(epoch from now()) * 1000)::float8 as now,
      coalesce((select (settings ->> 'strictMembers')::boolean from connection where id = ${connectionId}), false) as strict_members,
      (select json_agg(json_build_object('targetId', c.target_id, 'kind', c.kind, 'containerNumber', c.number,
         'label', coalesce(p.name, o.name, 'deleted'), 'suspended', coalesce(p.suspended, false),
         'deleted', p.deleted_at is not null or (p.id is null and o.id is null)))
       from chosen c left join data_product p on p.id = c.target_id left join data_object o on o.id = c.target_id) as targets,
      (select json_agg(json_build_object('requestId', a.id, 'targetId', a.target_id, 'globalUserId', a.beneficiary,
         'notAfter', (extract(epoch from a.expiration) * 1000)::float8, 'ended', a.status <> 'APPROVED', 'awaitingAcceptance', false))
       from approval a) as approvals,
      (select json_agg(json_build_object('globalUserId', u.global_user_id, 'status', u.status, 'identity',
         case when i.global_user_id is not null then json_build_object(
           'externalName', i.external_name, 'principalId', i.platform_principal_id, 'state', i.state) end))
       from app_user u left join platform_identity i on i.global_user_id = u.global_user_id and i.connection_id = ${connectionId}
       where u.global_user_id in (select beneficiary from approval)
         or u.global_user_id in (select user_id from wanted)
         or (${scope.kind === 'all'} and i.global_user_id is not null)) as users,
      (select json_agg(json_build_object('targetId', c.target_id, 'objectIds', (
         select coalesce(json_agg(d.platform_id), '[]') from (
           select o.platform_id from container_object x join data_source s on s.id = x.data_source_id join data_object o on o.id = s.data_object_id
           where x.connection_id = ${connectionId} and x.target_id = c.target_id and x.state = 'ACTIVE' limit ${directObjects}) d)))
       from chosen c where ${scope.kind === 'keys'}) as direct`.execute(db);
  const row = rows[0];
  if (!row) throw new Error('the facts of a connection could not be read');
  return row;
}

async function loadSources(db: Reader, connectionId: string, targetIds: readonly string[]): Promise<SourceRow[]> {
  const { rows } = await sql<SourceRow>`
    with listed as (
      select p.data_product_id as target_id, p.data_source_id,
        not exists (select from domain_data_source d join data_product_domain pd on pd.domain_id = d.domain_id
                    where pd.data_product_id = p.data_product_id and d.data_source_id = p.data_source_id) as out_of_domain
      from data_product_source p where p.data_product_id = any(${targetIds}::uuid[])
      union all
      select s.data_object_id, s.id, false from data_source s where s.data_object_id = any(${targetIds}::uuid[])
    )
    select l.target_id as "targetId", l.data_source_id as "dataSourceId", l.out_of_domain as "outOfDomain",
      coalesce(o.platform_id, '') as "platformId", coalesce(parent.platform_id, '') as "schemaPlatformId",
      o.object_path as "objectPath", o.object_type as "objectType", o.owner_platform_id as "ownerPlatformId",
      s.enabled, o.hold is not null as hold, (o.missing_since is not null or o.platform_id is null) as missing
    from listed l join data_source s on s.id = l.data_source_id join data_object o on o.id = s.data_object_id
      left join data_object parent on parent.id = o.parent_id
    where s.connection_id = ${connectionId}`.execute(db);
  return rows;
}
