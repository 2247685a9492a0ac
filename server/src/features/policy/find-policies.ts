import type { QueryOf } from '@stoa/contract/operation';
import { offsetMetaOf } from '@stoa/contract/page';
import type { Policy, searchPolicies as searchOperation } from '@stoa/contract/policy-resource';
import { abilitiesOnPolicy } from '@stoa/core/permissions/abilities';
import type { Actor } from '@stoa/core/permissions/objects';
import { type RawBuilder, sql } from 'kysely';
import { likePattern } from '../../db/like-pattern.ts';
import type { Reader } from '../../db/pool.ts';
import { type List, type OrderKey, readPage } from '../../db/read-page.ts';
import type { Deps } from '../../deps.ts';
import { presentAbilities } from '../data-product/present-abilities.ts';
import { loadPlaces, type Place, storedObject } from './policy-object.ts';
import { type PolicyRow, policyColumns, toStoredPolicy } from './stored-policy.ts';

type ShownRow = PolicyRow & {
  protected: boolean;
  created_by: string | null;
  created_by_name: string | null;
  updated_by: string | null;
  updated_by_name: string | null;
  created_at: Date;
  updated_at: Date;
};

const shownRows = (rest: RawBuilder<unknown>): RawBuilder<ShownRow> => sql<ShownRow>`
  select ${policyColumns}, p.protected, p.created_by, c.name as created_by_name, p.updated_by, u.name as updated_by_name,
    p.created_at, p.updated_at
  from policy p left join app_user c on c.global_user_id = p.created_by left join app_user u on u.global_user_id = p.updated_by
  where p.deleted_at is null ${rest}`;

const authorOf = (globalUserId: string | null, name: string | null) =>
  globalUserId === null || name === null ? null : { globalUserId, name };

function present(actor: Actor, row: ShownRow, place: Place | null): Policy {
  const stored = toStoredPolicy(row);
  const object = storedObject(stored, place, {
    isProtected: row.protected,
    isAuthor: row.created_by === actor.globalUserId,
  });
  const { body: _, ...rest } = stored;
  const shared = {
    ...rest,
    ...(place?.name == null ? {} : { scopeName: place.name }),
    protected: row.protected,
    createdBy: authorOf(row.created_by, row.created_by_name),
    updatedBy: authorOf(row.updated_by, row.updated_by_name),
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
    abilities: presentAbilities(abilitiesOnPolicy(actor, object, { isActive: stored.state === 'active' })),
  };
  return stored.type === 'data'
    ? { ...shared, type: 'data', kind: stored.kind, ...stored.body }
    : { ...shared, type: 'subscription', kind: stored.kind, ...stored.body };
}

async function presentAll(reader: Reader, actor: Actor, rows: readonly ShownRow[]): Promise<Policy[]> {
  const places = await loadPlaces(
    reader,
    rows.map((row) => toStoredPolicy(row).scope),
    actor,
  );
  return rows.map((row, n) => present(actor, row, places[n] ?? null));
}

type Query = QueryOf<typeof searchOperation>;

const orders: Record<Query['sortBy'], OrderKey> = {
  name: { value: sql`p.name_key`, type: 'text' },
  updatedAt: { value: sql`p.updated_at`, type: 'timestamptz' },
  number: { value: sql`p.number`, type: 'integer' },
};

/** The policies that fit, in a stable order. The search also looks into what they say. */
export async function findPolicies(deps: Pick<Deps, 'db' | 'landmarks'>, actor: Actor, query: Query) {
  const pattern = query.searchText ? likePattern(query.searchText.trim()) : null;
  const list: List = {
    from: sql`policy p`,
    where: sql`p.deleted_at is null
      and (${pattern}::text is null or p.name ilike ${pattern} or p.policy_key ilike ${pattern} or p.body::text ilike ${pattern})
      and (${query.type ?? null}::text[] is null or p.type = any(${query.type ?? null}::text[]))
      and (${query.kind ?? null}::text[] is null or p.kind = any(${query.kind ?? null}::text[]))
      and (${query.scope ?? null}::text[] is null or p.scope = any(${query.scope ?? null}::text[]))
      and (${query.state ?? null}::text[] is null or p.state = any(${query.state ?? null}::text[]))
      and (${query.domainId ?? null}::uuid is null or p.domain_id = ${query.domainId ?? null}::uuid)
      and (${query.protected ?? null}::boolean is null or p.protected = ${query.protected ?? null}::boolean)`,
    order: [orders[query.sortBy], { value: sql`p.id`, type: 'uuid' }],
    isDescending: query.sortOrder === 'desc',
  };
  const { total, keys } = await readPage(deps, list, query);
  const ids = keys.map((key) => key.at(-1) ?? '');
  const { rows } = await shownRows(
    sql`and p.id = any(${ids}::uuid[]) order by array_position(${ids}::uuid[], p.id)`,
  ).execute(deps.db);
  return { data: await presentAll(deps.db, actor, rows), meta: offsetMetaOf(query, total, rows.length) };
}

/** One policy as the caller sees it; undefined when it does not exist. */
export async function findPolicy(reader: Reader, actor: Actor, id: string): Promise<Policy | undefined> {
  const { rows } = await shownRows(sql`and p.id = ${id}`).execute(reader);
  return (await presentAll(reader, actor, rows))[0];
}
