import type { AssistRate, AssistRateOfTarget, listAssistRates } from '@stoa/contract/assist';
import type { RequestType } from '@stoa/contract/enums';
import type { QueryOf } from '@stoa/contract/operation';
import { offsetMetaOf } from '@stoa/contract/page';
import type { Actor } from '@stoa/core/permissions/objects';
import { type RawBuilder, sql } from 'kysely';
import { likePattern } from '../../db/like-pattern.ts';
import type { Reader } from '../../db/pool.ts';
import { isReadable, standingTables } from '../access-request/standing-in-sql.ts';

/** How often people followed the advice on one target; null before anybody decided there. */
export async function readAssistRate(
  db: Reader,
  { targetId, type }: { targetId: string; type: RequestType },
): Promise<AssistRate | null> {
  const { rows } = await sql<AssistRate>`
    select accepted, overridden, unadvised from assist_rate where target_id = ${targetId} and type = ${type}`.execute(
    db,
  );
  return rows[0] ?? null;
}

type Query = QueryOf<typeof listAssistRates>;
type Row = AssistRate & {
  target_id: string;
  type: RequestType;
  name: string;
  slug: string | null;
  is_product: boolean;
  updated_at: Date;
};

/** The targets with a request that the caller reviews or manages, with their rates. */
export async function searchAssistRates(db: Reader, actor: Actor, query: Query) {
  const where = conditions(actor, query);
  const from = sql`assist_rate t left join data_product p on p.id = t.target_id left join data_object o on o.id = t.target_id`;
  const tables = standingTables(actor);
  const { rows: counted } = await sql<{
    total: number;
  }>`with ${tables} select count(*) as total from ${from} where ${where}`.execute(db);
  const order = query.sortOrder === 'asc' ? sql`asc` : sql`desc`;
  const { rows } = await sql<Row>`
    with ${tables} select t.*, coalesce(p.name, o.name) as name, p.slug, p.id is not null as is_product from ${from} where ${where}
    order by ${sortKeys[query.sortBy]} ${order}, t.target_id, t.type offset ${query.offset} limit ${query.limit}`.execute(
    db,
  );
  return { data: rows.map(present), meta: offsetMetaOf(query, counted[0]?.total ?? 0, rows.length) };
}

const sortKeys: Record<Query['sortBy'], RawBuilder<unknown>> = {
  name: sql`lower(coalesce(p.name, o.name))`,
  accepted: sql`t.accepted`,
  overridden: sql`t.overridden`,
  unadvised: sql`t.unadvised`,
  updatedAt: sql`t.updated_at`,
};

function conditions(actor: Actor, { searchText, type }: Query): RawBuilder<unknown> {
  const parts: RawBuilder<unknown>[] = [
    sql`coalesce(p.name, o.name) is not null`,
    sql`exists (select from access_request r where r.target_id = t.target_id and r.type = t.type
      and ${isReadable(actor, ['manager', 'steward'])})`,
  ];
  const text = searchText?.trim() ?? '';
  if (text !== '') parts.push(sql`coalesce(p.name, o.name) ilike ${likePattern(text)}`);
  if (type !== undefined && type.length > 0) parts.push(sql`t.type = any(${type}::text[])`);
  return sql.join(parts, sql` and `);
}

const present = (row: Row): AssistRateOfTarget => ({
  target: {
    id: row.target_id,
    type: row.is_product ? 'DATA_PRODUCT' : 'DATA_OBJECT',
    name: row.name,
    ...(row.slug === null ? {} : { slug: row.slug }),
  },
  requestType: row.type,
  accepted: row.accepted,
  overridden: row.overridden,
  unadvised: row.unadvised,
  updatedAt: row.updated_at.toISOString(),
});
