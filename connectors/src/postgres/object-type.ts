import type { CrawledObject } from '../connector.ts';

const types: Readonly<Record<string, CrawledObject['objectType']>> = {
  r: 'table',
  p: 'partitioned_table',
  v: 'view',
  m: 'materialized_view',
  f: 'foreign_table',
};

/** What can be read by SELECT, as `relkind` has it. */
export const readableKinds = Object.keys(types);

/** The type of a relation by its `relkind`; kinds that cannot be shared answer `table` and are never crawled. */
export function objectTypeOf(relkind: string): CrawledObject['objectType'] {
  return types[relkind] ?? 'table';
}
