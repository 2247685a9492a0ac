import { type RawBuilder, sql } from 'kysely';
import { appendAudit, type AuditActor } from '../../audit/append.ts';
import type { Tx } from '../../db/pool.ts';
import type { AfterCommit } from '../../db/transact.ts';
import type { Call } from '../../http/route.ts';
import type { Emission } from '../../work/emission.ts';
import { assetsOver } from '../../provisioning/sources-of-target.ts';
import { onNode } from '../tag/stored-tags.ts';
import { domainEvents } from './domain-event.ts';
import { leftProducts } from './left-products.ts';
import { touchProducts } from './touch-products.ts';

/** The data sources that joined and left a dynamic domain. */
export type DomainMove = { domainId: string; name: string; added: number[]; removed: number[] };

type Scope = { tx: Tx; after: AfterCommit };
/** What may have changed: the tags of these nodes and of all below them, or the domain's own tag. */
export type Reach = { objectIds: readonly string[] } | { domainId: string };
type By = { actor: AuditActor; call?: Pick<Call, 'id' | 'ip'> | undefined };

/**
 * Makes dynamic domains hold what their tags say, in the transaction that changes what they say. The domains are locked
 * before their tags are read: of two who change something at once, the later one sees both changes.
 */
export async function recomputeDomains(scope: Scope, reach: Reach, by: By): Promise<DomainMove[]> {
  const { tx, after } = scope;
  if ('objectIds' in reach && reach.objectIds.length === 0) return [];
  const only = 'domainId' in reach ? sql`and id = ${reach.domainId}` : sql``;
  const { rows: dynamic } = await sql`
    select id from domain where mode = 'dynamic' ${only} order by id for update`.execute(tx);
  if (dynamic.length === 0) return [];
  // A tag on a whole database may move a hundred thousand sources.
  await sql`set local statement_timeout = '60s'`.execute(tx);
  const { rows: moves } = await sql<DomainMove>`
    with recursive ${'domainId' in reach ? wantedOfDomain(reach.domainId) : wantedOfObjects(reach.objectIds)}, gone as (
      delete from domain_data_source x using dynamic_domain d
      where x.domain_id = d.id and x.data_source_id in (select id from candidate)
        and not exists (select from wanted w where w.domain_id = x.domain_id and w.data_source_id = x.data_source_id)
      returning x.domain_id, x.data_source_id
    ), come as (
      insert into domain_data_source (domain_id, data_source_id) select w.domain_id, w.data_source_id from wanted w
      on conflict do nothing returning domain_id, data_source_id
    ), moved as (
      select domain_id, data_source_id, true as is_new from come union all select domain_id, data_source_id, false from gone
    )
    select d.id as "domainId", d.name,
      coalesce(array_agg(m.data_source_id order by m.data_source_id) filter (where m.is_new), '{}') as added,
      coalesce(array_agg(m.data_source_id order by m.data_source_id) filter (where not m.is_new), '{}') as removed
    from moved m join domain d on d.id = m.domain_id group by d.id, d.name order by d.name`.execute(tx);
  for (const move of moves) {
    await sql`update domain set updated_at = now() where id = ${move.domainId}`.execute(tx);
    after.changed('domain', move.domainId);
    await touchProducts(scope, { domainId: move.domainId, dataSourceIds: [...move.added, ...move.removed] });
  }
  if (moves.length === 0) return moves;
  const left = await leftProducts(tx, moves);
  await appendAudit(
    tx,
    moves.map((move, n) => entryOf(by)(move, n === 0 ? left : [])),
  );
  return moves;
}

const entryOf = (by: By) => (move: DomainMove, left: readonly Emission[]) => ({
  action: 'DomainDataSourcesUpdated',
  actor: by.actor,
  actorIp: by.call?.ip,
  targetType: 'DOMAIN',
  targets: [{ id: move.domainId, name: move.name }],
  payload: { added: move.added, removed: move.removed, cause: 'tag' },
  domainIds: [move.domainId],
  requestId: by.call?.id,
  emits: [...domainEvents({ id: move.domainId, name: move.name }, move), ...left],
});

/** The dynamic domains, and of stored tags each domain's own and those below it. */
const tagsOfDomains = (only: RawBuilder<unknown>): RawBuilder<unknown> => sql`
  dynamic_domain as materialized (select id, tag_id from domain where mode = 'dynamic' ${only}),
  domain_tag (domain_id, tag_id) as (
    select id, tag_id from dynamic_domain
    union select w.domain_id, t.id from domain_tag w join tag t on t.parent_id = w.tag_id
  )`;

/** Downwards: all that carries the tag of the domain, and what the domain holds now. */
const wantedOfDomain = (domainId: string): RawBuilder<unknown> => sql`
  ${tagsOfDomains(sql`and id = ${domainId}`)}, tagged (domain_id, id) as (
    select w.domain_id, a.data_object_id from domain_tag w
      join tag_application a on a.tag_id = w.tag_id and a.column_ordinal is null and not a.disabled
    union select d.id, o.id from dynamic_domain d join data_object o on o.tag_id = d.tag_id and o.object_type in ('database', 'schema')
    union select d.id, o.id from dynamic_domain d join connection c on c.tag_id = d.tag_id
      join data_object o on o.connection_id = c.id and o.parent_id is null
    union select n.domain_id, o.id from tagged n join data_object o on o.parent_id = n.id
  ), wanted as materialized (
    select n.domain_id, s.id as data_source_id from tagged n join data_source s on s.data_object_id = n.id
  ), candidate as materialized (
    select data_source_id as id from wanted union select data_source_id from domain_data_source where domain_id = ${domainId}
  )`;

/** Looked up one by one: for a recursion the planner would read the whole tree. */
const childrenOf = (id: RawBuilder<unknown>): RawBuilder<unknown> =>
  sql`select child.id from data_object child where child.parent_id = ${id} offset 0`;

/**
 * Of the sources in and below some nodes: what the nodes above them and each node inside carry is handed down. What lies
 * elsewhere is not looked at.
 */
const wantedOfObjects = (objectIds: readonly string[]): RawBuilder<unknown> => sql`
  ${tagsOfDomains(sql``)}, root (id) as (select unnest(${[...objectIds]}::uuid[])),
  inside (id) as (
    select id from root union select below.id from inside b cross join lateral (${childrenOf(sql`b.id`)}) below
  ), candidate as materialized (
    select s.id, s.data_object_id from inside b join data_source s on s.data_object_id = b.id
  ), place (id, holder) as (
    select r.id, up.id from root r cross join lateral (${assetsOver(sql`r.id`)}) up
    union select id, id from inside
  ), carried (id, domain_id) as (
    select p.id, w.domain_id from place p cross join lateral (${onNode(sql`p.holder`)}) a join domain_tag w on w.tag_id = a.tag_id
    union select p.id, d.id from dynamic_domain d
      join data_object o on o.tag_id = d.tag_id and o.object_type in ('database', 'schema') join place p on p.holder = o.id
    union select r.id, d.id from root r join data_object o on o.id = r.id
      join connection k on k.id = o.connection_id join dynamic_domain d on d.tag_id = k.tag_id
  ), handed (id, domain_id) as (
    select id, domain_id from carried
    union select below.id, h.domain_id from handed h cross join lateral (${childrenOf(sql`h.id`)}) below
  ), wanted as materialized (
    select h.domain_id, c.id as data_source_id from handed h join candidate c on c.data_object_id = h.id
  )`;
