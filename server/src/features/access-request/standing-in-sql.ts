import { hasPermission } from '@stoa/core/person';
import type { Actor } from '@stoa/core/permissions/objects';
import { standardRequestForm } from '@stoa/core/review/standard';
import { type RawBuilder, sql } from 'kysely';
import { prepared, type Reader } from '../../db/pool.ts';

/**
 * One thing about the caller that a reviewer source may name, as a JSON pattern that such a source contains. `absent` is a
 * member it must not have; `everywhere` a permission that has to be held in all domains of the target.
 */
type Standing = { pattern: object; absent: string | null; everywhere: string | null; selfGrantedAt: number | null };

/** The sources of `core/review/matches-source.ts` that the actor fills, turned round: one pattern per quality. */
export function standingsOf(actor: Actor): Standing[] {
  const standings: Standing[] = [];
  const add = (pattern: object, more: Partial<Standing> = {}) =>
    standings.push({ pattern, absent: null, everywhere: null, selfGrantedAt: null, ...more });
  const own = actor.selfGrants ?? [];
  const latest = (times: readonly number[]): number | null => (times.length === 0 ? null : Math.max(...times));
  add({ type: 'USER', id: actor.globalUserId });
  add({ type: 'USER', id: String(actor.userId) });
  for (const { id, name } of actor.groups) {
    const at = latest(own.flatMap((g) => (g.kind === 'group' && g.id === id ? g.at : [])));
    add({ type: 'GROUP', id }, { selfGrantedAt: at });
    add({ type: 'GROUP', name }, { absent: 'id', selfGrantedAt: at });
  }
  for (const permission of actor.permissions)
    add(
      { type: 'PERMISSION', permission },
      {
        selfGrantedAt: latest(own.flatMap((g) => (g.kind === 'permission' && g.permission === permission ? g.at : []))),
      },
    );
  for (const { name, value } of actor.attributes)
    add(
      { type: 'ATTRIBUTE', key: name, value },
      {
        selfGrantedAt: latest(
          own.flatMap((g) => (g.kind === 'attribute' && g.name === name && g.value === value ? g.at : [])),
        ),
      },
    );
  for (const { domainId, permission } of actor.domainPermissions)
    add(
      { type: 'DOMAIN PERMISSION', permission, domainId },
      { selfGrantedAt: domainGrantAt(actor, domainId, permission) },
    );
  for (const permission of new Set(actor.domainPermissions.map((d) => d.permission)))
    add({ type: 'DOMAIN PERMISSION', permission }, { absent: 'domainId', everywhere: permission });
  return standings;
}

const domainGrantAt = (actor: Actor, domainId: string, permission: string): number | null => {
  const times = (actor.selfGrants ?? []).flatMap((g) =>
    g.kind === 'domain-permission' && g.domainId === domainId && g.permission === permission ? g.at : [],
  );
  return times.length === 0 ? null : Math.max(...times);
};

/**
 * `with` tables about the caller: `persons`, `standing` and `held`, for the conditions below.
 * @param isUnseen the planner does not see how much that is, and keeps its plan (`unseen` of `pool.ts`): only where the tables beside
 *   these are small
 */
export function standingTables(actor: Actor, isUnseen = false): RawBuilder<unknown> {
  const standings = standingsOf(actor);
  const held = actor.domainPermissions;
  const column = (values: readonly unknown[], type: string): RawBuilder<unknown> => {
    const array = sql`${values}::${sql.raw(type)}[]`;
    return isUnseen ? sql`(select ${array})` : array;
  };
  const patterns = standings.map((s) => JSON.stringify(s.pattern));
  const absent = standings.map((s) => s.absent);
  const everywhere = standings.map((s) => s.everywhere);
  const selfGrantedAt = standings.map((s) => s.selfGrantedAt);
  const domainIds = held.map((d) => d.domainId);
  const permissions = held.map((d) => d.permission);
  const grantedAt = held.map((d) => domainGrantAt(actor, d.domainId, d.permission));
  return sql`
    persons as materialized (select global_user_id from app_user where person_id = ${actor.personId} or global_user_id = ${actor.globalUserId}),
    standing as materialized (
      select * from unnest(${column(patterns, 'jsonb')}, ${column(absent, 'text')}, ${column(everywhere, 'text')},
        ${column(selfGrantedAt, 'float8')}) as s(pattern, absent, everywhere, self_granted_at)),
    held as materialized (
      select * from unnest(${column(domainIds, 'uuid')}, ${column(permissions, 'text')}, ${column(grantedAt, 'float8')})
        as h(domain_id, permission, self_granted_at))`;
}

/** The domains of the target of request `r`. */
const domainsOfRequest = sql`
  select x.domain_id from data_product_domain x where x.data_product_id = r.data_product_id
  union select y.domain_id from domain_data_source y join data_source s on s.id = y.data_source_id where s.data_object_id = r.asset_id`;

/** Held in every domain of the target of `r`, of which there is at least one. `honest`: not by an own gift after submission. */
const heldEverywhere = (permission: RawBuilder<unknown>, honest: boolean): RawBuilder<boolean> => {
  const notOwn = honest
    ? sql`and (h.self_granted_at is null or h.self_granted_at < extract(epoch from r.created_at) * 1000)`
    : sql``;
  return sql`(exists (${domainsOfRequest}) and not exists (
    select from (${domainsOfRequest}) t where not exists (
      select from held h where h.domain_id = t.domain_id and h.permission = ${permission} ${notOwn})))`;
};

/** The caller is among the people of slot `a` of request `r`. */
export const fillsSlot = ({ honest }: { honest: boolean }): RawBuilder<boolean> => {
  const notOwn = honest
    ? sql`and (s.self_granted_at is null or s.self_granted_at < extract(epoch from r.created_at) * 1000)`
    : sql``;
  return sql`exists (select from standing s, jsonb_array_elements(a.approvers) e
    where e @> s.pattern and (s.absent is null or not e ? s.absent) ${notOwn}
      and (s.everywhere is null or ${heldEverywhere(sql`s.everywhere`, honest)}))`;
};

/** Requests with a slot that the caller could fill, found through the index on approvers. */
const requestsBySlot = sql`
  select distinct a.access_request_id as id from standing f
  join approval_record a on a.approvers @> jsonb_build_array(f.pattern)
  join access_request r on r.id = a.access_request_id
  where a.left_behind_at is null and ${fillsSlot({ honest: false })}`;

/** What is asked for, per type of request, with form and flow in force: every product, and the assets that somebody asked for. */
const flowsInForce = sql`
  select p.id, w.type, w.form_id, w.flow from data_product p
  cross join lateral (values ('DATA_ACCESS', p.data_access_form_id, p.data_access_review_flow),
    ('MASKING_EXCEPTION', p.masking_exception_form_id, p.masking_exception_review_flow)) w (type, form_id, flow)
  union all
  select t.id, w.type, w.form_id, w.flow from requested_asset t cross join lateral asset_in_force(t.id) a
  cross join lateral (values ('DATA_ACCESS', a.data_access_form_id, a.data_access_review_flow),
    ('MASKING_EXCEPTION', a.masking_exception_form_id, a.masking_exception_review_flow)) w (type, form_id, flow)`;

const domainsOfTargets = sql`
  select data_product_id as target_id, domain_id from data_product_domain
  union all select s.data_object_id, y.domain_id from domain_data_source y join data_source s on s.id = y.data_source_id`;

/** Elements of the stages of a flow or of a form's policy, in the rules and by default. */
const namedIn = (flow: RawBuilder<unknown>): RawBuilder<unknown> => sql`
  select e from jsonb_path_query(${flow}, '$.rules[*].event.params.stages[*].*[*]') e
  union all select e from jsonb_path_query(${flow}, '$.defaultEvent.params.stages[*].*[*]') e`;

/** By which of the caller's qualities a flow names them: null, or the permission that has to be held in all domains. */
const namedBy = (flow: RawBuilder<unknown>): RawBuilder<unknown> => sql`
  select distinct s.everywhere from (${namedIn(flow)}) named
  join standing s on named.e @> s.pattern and (s.absent is null or not named.e ? s.absent)`;

/** Which of the flows in force name the caller at all: those of forms, those that targets carry themselves. */
export type Naming = { readonly byForms: boolean; readonly byTargets: boolean };
const anyNaming: Naming = { byForms: true, byTargets: true };

/**
 * Asked before a list of requests: for most people no flow names them, and then no target has to be looked at. Each flow is read
 * once, however many targets carry it.
 */
export async function readNaming(db: Reader, actor: Actor): Promise<Naming> {
  const { rows } = await sql<Naming>`${prepared('flows-naming')}
    with ${standingTables(actor, true)}, own as materialized (
      select distinct w.flow from (
        select data_access_review_flow as flow from data_product where data_access_review_flow is not null
        union all select masking_exception_review_flow from data_product where masking_exception_review_flow is not null
        union all select data_access_review_flow from asset where data_access_review_flow is not null
        union all select masking_exception_review_flow from asset where masking_exception_review_flow is not null) w)
    select exists (select from request_form f join request_form_version v on v.version = f.current_version
        cross join lateral (${namedBy(sql`v.policy`)}) b) as "byForms",
      exists (select from own cross join lateral (${namedBy(sql`own.flow`)}) b) as "byTargets"`.execute(db);
  return rows[0] ?? anyNaming;
}

/** Targets under forms whose flows name the caller. Forms are few and targets many: each form is read once. */
const namedByForms = sql`
  select w.id as target_id, w.type, n.everywhere from (
    select f.id as form_id, b.everywhere from request_form f join request_form_version v on v.version = f.current_version
    cross join lateral (${namedBy(sql`v.policy`)}) b) n
  join (${flowsInForce}) w on coalesce(w.form_id, ${standardRequestForm.id}::uuid) = n.form_id`;

/** Targets that carry a flow themselves which names the caller. */
const namedByTargets = sql`
  select w.id as target_id, w.type, b.everywhere from (${flowsInForce}) w
  join request_form f on f.id = coalesce(w.form_id, ${standardRequestForm.id}::uuid)
  join request_form_version v on v.version = f.current_version
  cross join lateral (${namedBy(sql`w.flow`)}) b
  where w.flow is not null and ${delegates(sql`v.policy`)}`;

/** Targets whose flows in force name the caller, per type of request. */
const targetsBySlot = ({ byForms, byTargets }: Naming): RawBuilder<unknown> => sql`
  select w.target_id, w.type from (
    ${sql.join([...(byForms ? [namedByForms] : []), ...(byTargets ? [namedByTargets] : [])], sql` union all `)}
  ) w
  where (w.everywhere is null or (select count(*) > 0 and bool_and(exists (
      select from held h where h.domain_id = x.domain_id and h.permission = w.everywhere))
    from (${domainsOfTargets}) x where x.target_id = w.target_id))`;

function delegates(policy: RawBuilder<unknown>): RawBuilder<boolean> {
  return sql`(${policy} @@ '$.defaultEvent.type == "dataProductPolicy"' or ${policy} @@ '$.rules[*].event.type == "dataProductPolicy"')`;
}

/** Targets in domains where the caller holds `permission`: in `every` one of them, or in `some`. */
const targetsByDomain = (permission: string, where: 'every' | 'some'): RawBuilder<unknown> => sql`
  select x.target_id from (${domainsOfTargets}) x
  left join held h on h.domain_id = x.domain_id and h.permission = ${permission}
  group by x.target_id having ${where === 'every' ? sql`bool_and(h.domain_id is not null)` : sql`bool_or(h.domain_id is not null)`}`;

export type RequestRole = 'requestor' | 'manager' | 'steward';

const isEveryRole = (roles: readonly RequestRole[]): boolean => roles.length === 0 || roles.length === 3;

/** The caller may read every request there is in these roles. */
export const readsAll = (actor: Actor, roles: readonly RequestRole[]): boolean =>
  hasPermission(actor, 'GOVERNANCE')
    ? isEveryRole(roles) || roles.includes('manager')
    : isEveryRole(roles) && hasPermission(actor, 'AUDIT');

/**
 * Of request `r`: it is among those the caller may read, in one of the roles. All three roles together mean every reader.
 * @param naming as `readNaming` tells it, where that was asked
 */
export function isReadable(
  actor: Actor,
  roles: readonly RequestRole[],
  naming: Naming = anyNaming,
): RawBuilder<boolean> {
  if (readsAll(actor, roles)) return sql`true`;
  const all = isEveryRole(roles);
  const wants = (role: RequestRole) => all || roles.includes(role);
  const parts: RawBuilder<unknown>[] = [];
  if (wants('requestor')) {
    parts.push(sql`select id from access_request where requesting_user in (select global_user_id from persons)`);
    parts.push(sql`select id from access_request where beneficiary in (select global_user_id from persons)`);
  }
  if (wants('steward')) {
    parts.push(requestsBySlot);
    if (naming.byForms || naming.byTargets)
      parts.push(
        sql`select y.id from access_request y join (${targetsBySlot(naming)}) t on t.target_id = y.target_id and t.type = y.type`,
      );
  }
  // Who holds the permission nowhere is not asked about every target.
  const holds = (permission: string) => actor.domainPermissions.some((held) => held.permission === permission);
  if (wants('manager') && holds('Manage Data Products'))
    parts.push(
      sql`select y.id from access_request y where y.target_id in (${targetsByDomain('Manage Data Products', 'every')})`,
    );
  if (all && holds('Audit Activity'))
    parts.push(
      sql`select y.id from access_request y where y.target_id in (${targetsByDomain('Audit Activity', 'some')})`,
    );
  if (parts.length === 0) return sql`false`;
  return sql`r.id in (${sql.join(parts, sql` union `)})`;
}

/** The caller is named by a slot of some request, or by the flows of some target. */
export async function reviewsSomething(db: Reader, actor: Actor): Promise<boolean> {
  const { rows } = await sql<{ reviews: boolean }>`
    with ${standingTables(actor)} select exists (${requestsBySlot}) or exists (${targetsBySlot(anyNaming)}) as reviews`.execute(
    db,
  );
  return rows[0]?.reviews === true;
}
