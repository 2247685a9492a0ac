import { type RawBuilder, sql } from 'kysely';
import type { Deps } from '../deps.ts';
import { landmarkEvery } from './landmarks.ts';

/** One part of an order. Its value is never null, so that a place in the list can be told by comparing. */
export type OrderKey = {
  readonly value: RawBuilder<unknown>;
  readonly type: 'boolean' | 'integer' | 'numeric' | 'text' | 'timestamptz' | 'uuid';
};

/** A list that the wire pages by offset. Here it is keys alone; what a page shows is read for the rows of the page. */
export type List = {
  /** `with` and its tables. */
  readonly tables?: RawBuilder<unknown>;
  readonly from: RawBuilder<unknown>;
  readonly where: RawBuilder<unknown>;
  /** The most telling first; the last makes the order total. */
  readonly order: readonly OrderKey[];
  readonly isDescending?: boolean;
  /** To tell whether one row belongs to the list takes finding them all. */
  readonly isFoundWhole?: boolean;
};

/** `keys`: of each row of the page, the values of `order` as text. */
export type ListPage = { readonly total: number; readonly keys: readonly (readonly string[])[] };

type Wanted = { readonly offset: number; readonly limit: number };
type Place = readonly string[];
type Reading = { readonly after?: Place | undefined; readonly skip: number; readonly count: number };

/** So many keys are walked to come to a page; what lies deeper is begun at a landmark. */
export const longestWalk = 10_000;

/**
 * One page of a list, and how many rows the list has. Whatever the offset, no statement skips more than `longestWalk` rows:
 * a page near an end is walked to from there, and any other goes on from the key of a landmark close before it.
 */
export async function readPage(
  deps: Pick<Deps, 'db' | 'landmarks'>,
  list: List,
  { offset, limit }: Wanted,
): Promise<ListPage> {
  if (offset === 0 && list.isFoundWhole === true) return readFirst(deps, list, limit);
  if (offset === 0) {
    const keys = await readKeys(deps, list, { skip: 0, count: limit });
    // Most lists are short: what ends on its first page is counted by that.
    const total = keys.length < limit ? keys.length : Math.max(keys.length, await countOf(deps, list));
    return { total, keys };
  }
  const total = await countOf(deps, list);
  if (offset >= total) return { total, keys: [] };
  const count = Math.min(limit, total - offset);
  const fromEnd = total - offset - count;
  if (offset <= Math.min(fromEnd, longestWalk)) {
    return { total, keys: await readKeys(deps, list, { skip: offset, count }) };
  }
  if (fromEnd <= longestWalk) {
    const backwards = { ...list, isDescending: list.isDescending !== true };
    const keys = await readKeys(deps, backwards, { skip: fromEnd, count });
    return { total, keys: keys.toReversed() };
  }
  const { after, at } = await findLandmark(deps, list, { total, offset });
  return { total, keys: await readKeys(deps, list, { after, skip: offset - at, count }) };
}

async function countOf({ db }: Pick<Deps, 'db'>, list: List): Promise<number> {
  const { rows } = await sql<{ total: number }>`
    ${tablesOf(list)} select count(*) as total from ${list.from} where ${list.where}`.execute(db);
  return rows[0]?.total ?? 0;
}

const tablesOf = (list: List): RawBuilder<unknown> => list.tables ?? sql``;
const columnOf = (index: number): RawBuilder<unknown> => sql.ref(`k${index}`);

const columns = (list: List): RawBuilder<unknown> =>
  sql.join(list.order.map(({ value }, index) => sql`${value} as ${columnOf(index)}`));
const asTexts = (list: List): RawBuilder<string[]> =>
  sql<string[]>`array[${sql.join(list.order.map((_, index) => sql`${columnOf(index)}::text`))}]`;
/** `order by`'s list, of the rows that `from` and `where` name. */
export const orderBy = (list: Pick<List, 'order' | 'isDescending'>): RawBuilder<unknown> =>
  sql.join(list.order.map(({ value }) => sql`${value} ${list.isDescending === true ? sql`desc` : sql`asc`}`));

/** What lies behind a place in the list, which is given by the values of its keys as text. */
export function beyond(list: Pick<List, 'order' | 'isDescending'>, place: Place): RawBuilder<boolean> {
  const values = list.order.map(({ type }, index) => sql`${place[index] ?? null}::text::${sql.raw(type)}`);
  return sql<boolean>`(${sql.join(list.order.map(({ value }) => value))}) ${list.isDescending === true ? sql`<` : sql`>`} (${sql.join(values)})`;
}

async function readKeys({ db }: Pick<Deps, 'db'>, list: List, { after, skip, count }: Reading): Promise<Place[]> {
  const { rows } = await sql<{ keys: string[] }>`
    ${tablesOf(list)} select ${asTexts(list)} as keys from (
      select ${columns(list)} from ${list.from} where ${list.where} ${after ? sql`and ${beyond(list, after)}` : sql``}
      order by ${orderBy(list)} limit ${count} offset ${skip}) page`.execute(db);
  return rows.map((row) => row.keys);
}

/** The first page and the total by one look. */
async function readFirst({ db }: Pick<Deps, 'db'>, list: List, limit: number): Promise<ListPage> {
  const direction = list.isDescending === true ? sql` desc` : sql``;
  const places = sql.join(list.order.map((_, index) => sql`${columnOf(index)}${direction}`));
  const { rows } = await sql<{ keys: string[]; total: number }>`
    ${tablesOf(list)} select ${asTexts(list)} as keys, total from (
      select ${columns(list)}, count(*) over () as total from ${list.from} where ${list.where}) found
    order by ${places} limit ${limit}`.execute(db);
  return { total: rows[0]?.total ?? 0, keys: rows.map((row) => row.keys) };
}

/** The last landmark before the offset, and how many rows lie up to it. */
async function findLandmark(
  { db, landmarks }: Pick<Deps, 'db' | 'landmarks'>,
  list: List,
  { total, offset }: { total: number; offset: number },
): Promise<{ after: Place | undefined; at: number }> {
  const survey = sql<{ keys: string[] }>`
    ${tablesOf(list)} select ${asTexts(list)} as keys from (
      select row_number() over (order by ${orderBy(list)}) as n, ${columns(list)} from ${list.from} where ${list.where}) numbered
    where n % ${landmarkEvery} = 0 order by n`;
  const places = await landmarks.of({ query: survey.compile(db), total }, async () =>
    (await survey.execute(db)).rows.map((row) => row.keys),
  );
  const passed = Math.min(Math.floor(offset / landmarkEvery), places.length);
  return { after: places[passed - 1], at: passed * landmarkEvery };
}
