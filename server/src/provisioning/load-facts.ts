import type { AccessFacts, Approval, Scope, TargetKind, UserFact } from '@stoa/core/access/model';
import type { PersonRow } from '@stoa/core/condition/facts';
import { type RawBuilder, sql } from 'kysely';
import { prepared, type Reader } from '../db/pool.ts';
import { loadParents } from './load-parents.ts';
import { loadSources } from './load-sources.ts';
import { identityJson, personFactsJson } from './person-facts.ts';
import { namePrefix } from './platforms.ts';
import { loadEverybody, pairsOfPolicies, policiesOf, usersOf, withPolicies } from './policy-facts.ts';
import type { StoredPart, Writer } from './store-parts.ts';

type TargetRow = {
  targetId: string;
  kind: TargetKind;
  containerNumber: number;
  label: string;
  suspended: boolean;
  deleted: boolean;
  platformIds: Record<number, string>;
  /** Parts whose containers hold what could not be taken away. */
  tooWide: number[] | null;
};
/** The rows that facts are made of, but for the sources. */
export type FactRows = {
  now: number;
  strict_members: boolean;
  protected_principals: string[] | null;
  targets: TargetRow[] | null;
  approvals: Approval[] | null;
  users: UserFact[] | null;
  direct: { targetId: string; part: number; objectIds: string[] }[] | null;
  /** What policies made of the targets when they were last compiled; null where none bears on any. */
  parts: StoredPart[] | null;
  /** What conditions ask about the people; null where there are no parts. */
  people: PersonRow[] | null;
  /** Some subscription policy is in force. */
  has_policies: boolean;
  /** Of a whole connection: what has to be known to be read by others. */
  governed: string[] | null;
};

/** The facts, and of the parts of targets looked at pair by pair a few objects that a member is asked about directly. */
export type LoadedFacts = { facts: AccessFacts; directObjects: ReadonlyMap<string, readonly string[]> };

/** The key of a part in `directObjects`. */
export const partKey = (targetId: string, part: number): string => `${targetId}/${part}`;

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
  /** The one writer of the connection asks: what policies come to is kept while it is that, and new containers get numbers. */
  keeps?: Writer;
};

/**
 * Reads every fact that bears on the access of a connection, within a scope. A scope of pairs reads neither the other
 * members of a target nor its objects: what one approval costs does not grow with either.
 */
export async function loadFacts(db: Reader, request: FactsRequest): Promise<LoadedFacts> {
  const { connectionId, installationId, scope } = request;
  const named = request.source === undefined && scope.kind === 'keys' ? wholeTargets(scope, []) : undefined;
  // Targets that the keys name are looked up beside the facts, not after them.
  const early = named === undefined ? undefined : loadSources(db, connectionId, { targetIds: named });
  const [loaded, earlySources] = await Promise.all([request.rows ?? readFactRows(db, connectionId, scope), early]);
  const rows = (loaded.targets ?? []).filter((target) => target.kind !== 'po');
  const all = rows.map((target) => target.targetId);
  const whole = wholeTargets(scope, rows);
  const { listed, sources } =
    earlySources ??
    (await loadSources(
      db,
      connectionId,
      request.source === undefined ? { targetIds: whole } : { targetIds: all, source: request.source },
    ));
  const assets = rows.filter((target) => target.kind === 'as').map((target) => target.targetId);
  const wholeAssets = new Set(whole);
  const parents = await loadParents(db, request.source === undefined ? assets.filter((id) => wholeAssets.has(id)) : []);
  const targets = rows.map((target) => ({
    ...target,
    sources: listed.get(target.targetId) ?? [],
    parent: parents.get(target.targetId) ?? null,
  }));
  const policy = await policiesOf(db, request, { loaded, targets: targets.filter((t) => wholeAssets.has(t.targetId)) });
  const isForEverybody = policy.targets.length > 0 || (scope.kind === 'all' && policy.parts.size > 0);
  const users = usersOf(loaded, isForEverybody ? await loadEverybody(db, connectionId) : null);
  const known = new Set(sources.map((source) => source.dataSourceId));
  const platformIds = new Map((loaded.targets ?? []).map((target) => [target.targetId, target.platformIds]));
  const facts: AccessFacts = {
    now: loaded.now,
    scope,
    installationId,
    connectionId,
    namePrefix,
    targets: [
      ...targets.map((target) => withPolicies(target, policy, loaded.parts ?? [])),
      ...policy.targets.map((target) => ({ ...target, platformIds: platformIds.get(target.targetId) ?? {} })),
      ...pairsOfPolicies(loaded, policy),
    ],
    sources: [...sources, ...policy.sources.filter((source) => !known.has(source.dataSourceId))],
    approvals: loaded.approvals ?? [],
    users,
    ...(loaded.governed === null ? {} : { governed: loaded.governed }),
    settings: { strictMembers: loaded.strict_members, protectedPrincipals: loaded.protected_principals ?? [] },
  };
  const direct = (loaded.direct ?? []).map((d) => [partKey(d.targetId, d.part), d.objectIds] as const);
  return { facts, directObjects: new Map(direct) };
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
export const isWanted = (connectionId: string): RawBuilder<boolean> => sql`(c.kind <> 'as' or c.native_id is not null
  or exists (select from access_request r where r.target_id = c.target_id and ${isOpen(connectionId)}))`;

/**
 * The targets, approvals and people of a scope as `chosen`, `approval` and `person`. Pairs are joined, never tested one by
 * one against every request or every user: five thousand keys cost five thousand look-ups, and one key one.
 */
function scoped(connectionId: string, scope: Scope): RawBuilder<unknown> {
  if (scope.kind === 'all') {
    return sql`chosen as (
      select c.target_id, c.kind, c.number, c.native_id, c.part_ids from container c where c.connection_id = ${connectionId} and ${isWanted(connectionId)}
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
      select c.target_id, c.kind, c.number, c.native_id, c.part_ids from container c where c.connection_id = ${connectionId} and ${chosen}
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

/** A few objects of each part of a target, for a scope of pairs; a wider one is asked about its objects through the container. */
function someObjects(connectionId: string): RawBuilder<unknown> {
  return sql`select json_agg(json_build_object('targetId', c.target_id, 'part', d.part, 'objectIds', d.ids))
    from chosen c cross join lateral (
      select x.part, json_agg(case when sp.state = 'view' then sp.view_id else o.platform_id end) as ids from (
        select x.part, x.data_source_id from container_object x
        where x.connection_id = ${connectionId} and x.target_id = c.target_id and x.state = 'ACTIVE' limit ${directObjects}) x
      join data_source s on s.id = x.data_source_id join data_object o on o.id = s.data_object_id
        left join source_protection sp on sp.data_source_id = s.id group by x.part) d`;
}

/** So many keys are few enough for a plan made once; more are planned for, by their number. */
const fewKeys = 32;

type Parts = { direct: RawBuilder<unknown>; people: RawBuilder<boolean>; governed?: RawBuilder<unknown> };

/** Tables of enabled data sources, and the views before them: others may open what nothing of ours does. */
const governedObjects = (connectionId: string): RawBuilder<unknown> => sql`select json_agg(g.id) from (
    select o.platform_id as id from data_source s join data_object o on o.id = s.data_object_id
    where s.connection_id = ${connectionId} and s.enabled and o.missing_since is null and o.platform_id is not null
    union all select v.view_id from source_protection v where v.connection_id = ${connectionId} and v.view_id is not null) g`;

/** The rows, of `chosen`, `approval` and `person`. */
const factRows = (
  connectionId: string,
  { direct, people, governed = sql`null::json` }: Parts,
): RawBuilder<FactRows> => sql`
    select (extract(epoch from now()) * 1000)::float8 as now,
      coalesce((select (settings ->> 'strictMembers')::boolean from connection where id = ${connectionId}), false) as strict_members,
      (select settings -> 'protectedPrincipals' from connection where id = ${connectionId}) as protected_principals,
      (select json_agg(json_build_object('targetId', c.target_id, 'kind', c.kind, 'containerNumber', c.number,
         'label', coalesce(p.name, array_to_string(o.object_path, '.'), 'deleted'), 'suspended', coalesce(p.suspended, false),
         'deleted', p.deleted_at is not null or (p.id is null and o.id is null and c.kind <> 'po'),
         'platformIds', jsonb_strip_nulls(jsonb_build_object('1', c.native_id)) || coalesce(c.part_ids, '{}'),
         'tooWide', (select json_agg(e.part) from container_excess e where e.connection_id = ${connectionId} and e.target_id = c.target_id)))
       from chosen c left join data_product p on p.id = c.target_id left join data_object o on o.id = c.target_id) as targets,
      (select json_agg(json_build_object('requestId', a.id, 'targetId', a.target_id, 'globalUserId', a.beneficiary,
         'notAfter', (extract(epoch from a.expiration) * 1000)::float8, 'ended', a.status <> 'APPROVED', 'awaitingAcceptance', a.awaits_acceptance))
       from approval a) as approvals,
      (select json_agg(json_build_object('globalUserId', u.global_user_id, 'status', u.status, 'identity', ${identityJson}))
       from person w join app_user u on u.global_user_id = w.id
         left join platform_identity i on i.global_user_id = u.global_user_id and i.connection_id = ${connectionId}) as users,
      (${direct}) as direct,
      (select json_agg(json_build_object('targetId', x.target_id, 'kind', c.kind, 'containerNumber', c.number, 'part', x.part,
         'key', x.key, 'body', x.body)) from chosen c join container_part x on x.connection_id = ${connectionId} and x.target_id = c.target_id) as parts,
      (select json_agg(${personFactsJson}) from person w join app_user u on u.global_user_id = w.id
         where ${people}) as people,
      ${hasPolicies} as has_policies, (${governed}) as governed`;

const hasPolicies = sql<boolean>`exists (select from policy p
  where p.type = 'subscription' and p.state = 'active' and not p.protected and p.deleted_at is null)`;

const hasParts = (connectionId: string) => sql<boolean>`exists (
  select from chosen c join container_part x on x.connection_id = ${connectionId} and x.target_id = c.target_id)`;

async function readFactRows(db: Reader, connectionId: string, scope: Scope): Promise<FactRows> {
  const isFew = scope.kind === 'keys' && scope.keys.length <= fewKeys;
  const isOfPairs = scope.kind === 'keys' && scope.keys.every((key) => key.globalUserId !== undefined);
  const direct = scope.kind === 'all' ? sql`null::json` : someObjects(connectionId);
  // A look at a whole target may be the first that finds a guardrail on it. Of a whole connection, everybody is read once.
  const people = isOfPairs
    ? hasParts(connectionId)
    : scope.kind === 'all'
      ? sql<boolean>`false`
      : sql<boolean>`${hasPolicies} or ${hasParts(connectionId)}`;
  const { rows } = await sql<FactRows>`${isFew ? prepared(isOfPairs ? 'facts-of-pairs' : 'facts-of-targets') : sql``}
    with ${scoped(connectionId, scope)} ${factRows(connectionId, { direct, people, ...(scope.kind === 'all' ? { governed: governedObjects(connectionId) } : {}) })}`.execute(
    db,
  );
  const row = rows[0];
  if (!row) throw new Error('the facts of a connection could not be read');
  return row;
}

/**
 * The rows for the pairs that wait in `key`, a part of the surrounding statement; null when there are many, or when not
 * all of them are pairs. Keys and facts are then of one moment, and one way there and back on the road of an approval.
 * @param isLeft which keys give way to the others
 */
export const factRowsOfKeys = (connectionId: string, isLeft: RawBuilder<boolean>): RawBuilder<FactRows | null> => {
  const asked = sql`key where facet = 'access' and not ${isLeft}`;
  const source = {
    pairs: sql`select distinct target_id, global_user_id from ${asked}`,
    chosen: sql`c.target_id in (select target_id from ${asked})`,
  };
  return sql`case when (select count(*) between 1 and ${fewKeys} and bool_and(target_id is not null and global_user_id is not null) from ${asked})
    then (select row_to_json(f) from (with ${ofPairs(connectionId, source)} ${factRows(connectionId, { direct: someObjects(connectionId), people: hasParts(connectionId) })}) f) end`;
};
