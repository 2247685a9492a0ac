import type { DataObject, DataObjectState } from '@stoa/contract/data-object';
import type { Exposure, NodeRole, Technology } from '@stoa/contract/enums';
import type { Actor } from '@stoa/core/permissions/objects';
import { type RawBuilder, sql } from 'kysely';
import { likePattern } from '../../db/like-pattern.ts';
import type { Reader, Tx } from '../../db/pool.ts';
import { Refusal } from '../../http/refusal.ts';
import { nodesAboveOwn, ownNodes, rolesOn } from './held-roles.ts';
import { readsWholeTree } from './node-object.ts';

export type DataObjectRow = {
  id: string;
  connection_id: string;
  connection_key: string;
  connection_state: string;
  technology: Technology;
  parent_id: string | null;
  name: string;
  object_path: string[];
  object_type: string;
  platform_id: string | null;
  owner: string | null;
  comment: string | null;
  state: DataObjectState;
  new_child_state: DataObjectState;
  effective_state: 'enabled' | 'disabled';
  exposure: Exposure | null;
  effective_exposure: Exposure;
  data_source_id: number | null;
  child_count: number;
  missing_since: Date | null;
  hold: string | null;
  caller_roles: NodeRole[];
};

/** What the node `o` or the nearest above it says of how it is read. */
const exposureAbove = sql`(
  with recursive said (exposure, parent_id, height) as (
    select o.exposure, o.parent_id, 0
    union all select above.exposure, above.parent_id, said.height + 1 from said join data_object above on above.id = said.parent_id
    where said.exposure is null
  ) select said.exposure from said where said.exposure is not null order by said.height limit 1)`;

/** Without the crawled columns, which are large. The subselects run for the rows of a page alone. */
const selectObjects = (actor: Actor, inner: RawBuilder<unknown>) => sql<DataObjectRow>`
  select o.id, o.connection_id, c.connection_key, c.state as connection_state, c.technology, o.parent_id, o.name, o.object_path,
    o.object_type, o.platform_id, o.owner, o.comment, o.state, o.new_child_state, o.effective_state, o.missing_since, o.hold, o.exposure,
    coalesce(${exposureAbove}, c.settings ->> 'exposure', 'auto') as effective_exposure,
    (select s.id from data_source s where s.data_object_id = o.id) as data_source_id,
    (select count(*)::int from data_object k where k.parent_id = o.id) as child_count,
    ${rolesOn(actor, sql`o.id`)} as caller_roles
  from (${inner}) page join data_object o on o.id = page.id join connection c on c.id = o.connection_id
  order by o.name, o.id`;

export async function readObject(db: Reader, actor: Actor, id: string): Promise<DataObjectRow | undefined> {
  const { rows } = await selectObjects(actor, sql`select ${id}::uuid as id`).execute(db);
  return rows[0];
}

/** Also keeps the state of the node from being changed by others until the transaction ends. */
export async function lockObject(tx: Tx, actor: Actor, id: string): Promise<DataObjectRow | undefined> {
  await sql`select from data_object where id = ${id} for no key update`.execute(tx);
  return readObject(tx, actor, id);
}

export type ObjectFilter = {
  connectionKey?: string | undefined;
  parentId?: string | undefined;
  searchText?: string | undefined;
  objectType?: readonly string[] | undefined;
  effectiveState?: 'enabled' | 'disabled' | undefined;
  missing?: boolean | undefined;
};
type Page = { limit: number; nextToken?: string | undefined };

/** Children of a node, the roots, or what a search or filter finds below the node; by name, from a cursor on. */
export async function listObjects(
  db: Reader,
  actor: Actor,
  query: ObjectFilter & Page,
): Promise<{ rows: DataObjectRow[]; nextToken: string | null }> {
  const page: Page = query;
  const conditions = conditionsOf(query);
  if (!readsWholeTree(actor)) conditions.push(sql`(o.id in (${ownNodes(actor)}) or o.id in (${nodesAboveOwn(actor)}))`);
  if (page.nextToken !== undefined) {
    const [name, id] = readCursor(page.nextToken);
    conditions.push(sql`(o.name, o.id) > (${name}::text, ${id}::uuid)`);
  }
  const { rows } = await selectObjects(
    actor,
    sql`select o.id from data_object o where ${sql.join(conditions, sql` and `)} order by o.name, o.id limit ${page.limit + 1}`,
  ).execute(db);
  const shown = rows.slice(0, page.limit);
  const last = shown.at(-1);
  return { rows: shown, nextToken: rows.length > page.limit && last ? writeCursor(last) : null };
}

function conditionsOf(filter: ObjectFilter): RawBuilder<unknown>[] {
  const conditions: RawBuilder<unknown>[] = [sql`true`];
  const { connectionKey, parentId, searchText = '', objectType, effectiveState, missing } = filter;
  if (connectionKey !== undefined)
    conditions.push(sql`o.connection_id = (select id from connection where connection_key = ${connectionKey})`);
  const isSearch =
    searchText !== '' || objectType !== undefined || effectiveState !== undefined || missing !== undefined;
  if (!isSearch) conditions.push(parentId === undefined ? sql`o.parent_id is null` : sql`o.parent_id = ${parentId}`);
  else if (parentId !== undefined) conditions.push(isBelow(parentId));
  if (searchText !== '') conditions.push(sql`o.name ilike ${likePattern(searchText)}`);
  if (objectType !== undefined) conditions.push(sql`o.object_type = any(${[...objectType]}::text[])`);
  if (effectiveState !== undefined) conditions.push(sql`o.effective_state = ${effectiveState}`);
  if (missing !== undefined) conditions.push(missing ? sql`o.missing_since is not null` : sql`o.missing_since is null`);
  return conditions;
}

const isBelow = (id: string) => sql`o.id in (
  with recursive below (id) as (
    select id from data_object where parent_id = ${id}
    union all
    select k.id from below b join data_object k on k.parent_id = b.id
  ) select id from below)`;

const writeCursor = (row: { name: string; id: string }): string =>
  Buffer.from(JSON.stringify([row.name, row.id])).toString('base64url');

const uuidForm = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

function readCursor(token: string): [string, string] {
  try {
    const value: unknown = JSON.parse(Buffer.from(token, 'base64url').toString('utf8'));
    if (Array.isArray(value)) {
      const [name, id]: unknown[] = value;
      if (typeof name === 'string' && typeof id === 'string' && uuidForm.test(id) && !/[\0\p{Cs}]/u.test(name))
        return [name, id];
    }
  } catch {
    // Falls through: whatever it is, it is none of ours.
  }
  throw new Refusal('page.token_invalid');
}

export const presentObject = (row: DataObjectRow): DataObject => ({
  id: row.id,
  connectionKey: row.connection_key,
  parentId: row.parent_id,
  name: row.name,
  objectPath: row.object_path,
  objectType: row.object_type,
  technology: row.technology,
  platformId: row.platform_id,
  owner: row.owner,
  comment: row.comment,
  state: row.state,
  newChildState: row.new_child_state,
  effectiveState: row.effective_state,
  exposure: row.exposure ?? 'inherit',
  effectiveExposure: row.effective_exposure,
  dataSourceId: row.data_source_id,
  childCount: row.child_count,
  missingSince: row.missing_since?.toISOString() ?? null,
  hold: row.hold,
});
