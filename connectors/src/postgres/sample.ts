import type { PoolClient } from 'pg';
import type { ColumnSample, SampleCounts, SampleQuery, SampleRefusal } from '../sample.ts';
import type { Connections } from './connection.ts';
import { oidText, quoteIdentifier } from './identifiers.ts';
import type { SampleObject } from './sample-object.ts';
import { inspectObject } from './sample-object.ts';
import type { Batch } from './sample-plan.ts';
import { planBatches } from './sample-plan.ts';
import { batchSql, mayBeSampled, patternOf } from './sample-sql.ts';

/** Of one statement; also how long the session may take for it (`sampleTimeouts`). */
const statementTimeoutMs = 60_000;
/** A table of very many columns takes several statements; what has not been asked by then is left out. */
const objectTimeoutMs = 180_000;
export const sampleTimeouts = { statement: statementTimeoutMs, answer: statementTimeoutMs + 10_000 };

/** A sample that came out this small is none: the planner's estimate was far off. */
const leastSampled = 100;

/*
 * Nothing can be written, nothing waits long for a lock, rows are never hidden from the count (it fails instead), and the session
 * is thrown away, so that nothing of what it read can act on later work.
 */
const begin = `BEGIN TRANSACTION READ ONLY; SET LOCAL lock_timeout = '2s'; SET LOCAL row_security = off; SET LOCAL jit = off;
  SET LOCAL datestyle = 'ISO, YMD'; SET LOCAL max_parallel_workers_per_gather = 0`;

/** Counts within the platform. Throws ConnectorError when it cannot be reached; what it refuses is in the answer. */
export async function sample(connections: Connections, query: SampleQuery): Promise<SampleCounts> {
  oidText(query.platformId);
  return connections.use(async (client) => {
    try {
      await client.query(begin);
      const lockedOut = await lockObject(client, query);
      if (lockedOut !== null) return refusedWhole(lockedOut);
      const object = await inspectObject(client, query);
      if (typeof object === 'string') return refusedWhole(object);
      return await countAll(client, query, object);
    } finally {
      await client.query('ROLLBACK').catch(() => undefined);
    }
  });
}

const refusedWhole = (reason: SampleRefusal): SampleCounts => ({ columns: [], refused: [{ column: null, reason }] });

/** From here on the name means the same object until the end, and a view cannot be replaced by another. */
async function lockObject(client: PoolClient, { objectPath }: SampleQuery): Promise<SampleRefusal | null> {
  const [, schema, name] = objectPath;
  try {
    await client.query(
      `LOCK TABLE ${quoteIdentifier(schema ?? '')}.${quoteIdentifier(name ?? '')} IN ACCESS SHARE MODE`,
    );
    return null;
  } catch (error) {
    return refusalOf(error);
  }
}

async function countAll(client: PoolClient, query: SampleQuery, object: SampleObject): Promise<SampleCounts> {
  const usable = query.columns.filter(({ name }) => object.columns.get(name)?.isSafe === true);
  const refused: { column: string | null; reason: SampleRefusal }[] = query.columns
    .filter((column) => !usable.includes(column))
    .map(({ name }) => ({ column: name, reason: object.columns.has(name) ? 'type' : 'missing' }));
  const asked = { ...query, columns: usable };
  const columns = new Map<number, ColumnSample>();
  const deadline = Date.now() + objectTimeoutMs;
  let isSampled = mayBeSampled(object, query.rows);
  for (const batch of planBatches(usable, patternOf)) {
    if (Date.now() > deadline) return withRefusal({ asked, columns, refused }, 'timeout');
    try {
      let counts = await countBatch(client, asked, batch, { object, isSampled });
      if (isSampled && (counts[0]?.rows ?? 0) < leastSampled) {
        isSampled = false;
        counts = await countBatch(client, asked, batch, { object, isSampled });
      }
      for (const [index, one] of batch.columns.entries()) merge(columns, one, counts[index]);
    } catch (error) {
      return withRefusal({ asked, columns, refused }, refusalOf(error));
    }
  }
  return { columns: [...columns.values()], refused };
}

type SoFar = {
  readonly asked: SampleQuery;
  readonly columns: ReadonlyMap<number, ColumnSample>;
  readonly refused: SampleCounts['refused'];
};

/** What has been answered stands; columns that no statement answered for bear the reason, or else the whole object. */
function withRefusal({ asked, columns, refused }: SoFar, reason: SampleRefusal): SampleCounts {
  const silent = asked.columns.flatMap(({ name }, index) => (columns.has(index) ? [] : [{ column: name, reason }]));
  const told = columns.size === 0 ? [{ column: null, reason }] : silent;
  return { columns: [...columns.values()], refused: [...refused, ...told] };
}

function merge(columns: Map<number, ColumnSample>, index: number, counted: ColumnSample | undefined): void {
  if (counted === undefined) return;
  const before = columns.get(index);
  columns.set(index, { ...counted, hits: [...(before?.hits ?? []), ...counted.hits] });
}

async function countBatch(
  client: PoolClient,
  query: SampleQuery,
  batch: Batch,
  source: { readonly object: SampleObject; readonly isSampled: boolean },
): Promise<readonly ColumnSample[]> {
  const { text, values } = batchSql(query, batch, source);
  const { rows } = await client.query<Record<string, string>>(text, [...values]);
  const counted = (name: string): number => Number(rows[0]?.[name] ?? 0);
  return batch.columns.map((index) => ({
    name: query.columns[index]?.name ?? '',
    rows: counted('n'),
    nonNull: counted(`p${index}`),
    hits: batch.asked.flatMap(({ column, key }, place) =>
      column === index ? [{ key, hits: counted(`h${place}`) }] : [],
    ),
  }));
}

const reasons: Readonly<Record<string, SampleRefusal>> = {
  '42501': 'privilege',
  '42P01': 'missing',
  '3F000': 'missing',
  '42703': 'missing',
  '55P03': 'locked',
  '57014': 'timeout',
};

/** Errors of the server's own are answers; everything else is a connection that broke. */
function refusalOf(error: unknown): SampleRefusal {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  if (!/^[0-9A-Z]{5}$/.test(code) || code.startsWith('08') || code.startsWith('57P')) throw error;
  const isHidden = error instanceof Error && /row-level security/.test(error.message);
  return isHidden ? 'row_security' : (reasons[code] ?? 'failed');
}
