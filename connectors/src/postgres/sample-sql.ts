import type { SampleQuery } from '../sample.ts';
import { quoteIdentifier } from './identifiers.ts';
import { guardedPatternSql, patternText } from './pattern-sql.ts';
import type { SampleObject } from './sample-object.ts';
import type { Asked, Batch } from './sample-plan.ts';
import { validatorSql } from './validator-sql.ts';

/** Longer values fit nothing, and are not even fetched: their length is known without them. */
const longestValue = 8_192;

/** A sample is drawn from so many times the rows that are wanted; a smaller table is read from its beginning. */
const sampleFrom = 4;

export type BatchSql = { readonly text: string; readonly values: readonly (readonly string[])[] };

/** What a test asks of the server's expressions: equal texts are compiled once. */
export const patternOf = ({ test }: Asked): string | null =>
  test.kind === 'pattern' ? patternText(test.node, test) : null;

/**
 * One statement that counts: `n` rows, per column `p<column>` values, per question `h<index>` hits. Values are cast to text inside
 * and never selected. The limit keeps the inner select apart, so that each value is read and cast once.
 */
export function batchSql(
  query: SampleQuery,
  batch: Batch,
  source: { readonly object: SampleObject; readonly isSampled: boolean },
): BatchSql {
  const values: string[][] = [];
  const read = new Set(batch.asked.map(({ column }) => column));
  const inner = batch.columns.flatMap((index) => {
    const name = quoteIdentifier(query.columns[index]?.name ?? '');
    const present = `CASE WHEN ${name} IS NOT NULL THEN 1 END AS p${index}`;
    if (!read.has(index)) return [present];
    const ifShort = (what: string): string =>
      `CASE WHEN octet_length(${name}::text) <= ${longestValue} THEN ${what} END`;
    return [
      present,
      `${ifShort(`${name}::text COLLATE "C"`)} AS v${index}`,
      `${ifShort(`length(${name}::text)`)} AS l${index}`,
    ];
  });
  const outer = [
    'count(*) AS n',
    ...batch.columns.map((index) => `count(p${index}) AS p${index}`),
    ...batch.asked.map((asked, index) => `count(*) FILTER (WHERE ${testSql(asked, values)}) AS h${index}`),
  ];
  const [, schema, table] = query.objectPath;
  const from = `${quoteIdentifier(schema ?? '')}.${quoteIdentifier(table ?? '')}${source.isSampled ? tableSample(query, source.object) : ''}`;
  return {
    text: `SELECT ${outer.join(', ')} FROM (SELECT ${inner.join(', ')} FROM ${from} LIMIT ${query.rows}) AS s`,
    values,
  };
}

/** Whether the object is so large that its first rows would be no sample, and can be sampled. */
export const mayBeSampled = (object: SampleObject, rows: number): boolean =>
  ['r', 'm', 'p'].includes(object.kind) && object.rows > rows * sampleFrom;

/** Pages are drawn, with the same seed for each statement, and a fifth more than needed: pages are not equally full. */
function tableSample(query: SampleQuery, { rows }: SampleObject): string {
  const percent = Math.min(100, (query.rows * 120) / rows);
  return ` TABLESAMPLE SYSTEM (${percent.toFixed(6)}) REPEATABLE (1)`;
}

function testSql({ column, test }: Asked, values: string[][]): string {
  const value = `v${column}`;
  if (test.kind === 'dictionary') {
    values.push(test.caseSensitive ? [...test.values] : test.values.map((one) => one.toLowerCase()));
    const folded = test.caseSensitive ? value : `lower(${value} COLLATE "default") COLLATE "C"`;
    return `${folded} IN (SELECT unnest($${values.length}::text[]) COLLATE "C")`;
  }
  const matches = guardedPatternSql({ value, length: `l${column}` }, test.node, test);
  return test.validator === null ? matches : `CASE WHEN ${matches} THEN ${validatorSql(test.validator, value)} END`;
}
