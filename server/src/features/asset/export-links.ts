import { csvOf, csvRows } from '@stoa/contract/csv';
import type { ExportedLink, exportAssetLinks as operation } from '@stoa/contract/asset-link';
import type { Technology } from '@stoa/contract/enums';
import type { QueryOf } from '@stoa/contract/operation';
import { sql } from 'kysely';
import { Readable } from 'node:stream';
import type { Reader } from '../../db/pool.ts';
import { type Linked, nameOf, requestLinkOf } from './request-link.ts';

type Query = QueryOf<typeof operation>;
type Row = Linked & {
  readonly connection_id: string;
  readonly connection_key: string;
  readonly object_type: string;
  readonly technology: Technology;
};

/** A part is read, written and forgotten, so that a million objects need no more memory than these. */
const rowsAtOnce = 5_000;

/** A file of request links, written while it is read. `origin` is the address that the links lead to. */
export function exportLinks(reader: Reader, query: Query, origin: string): Readable {
  const parts = query.format === 'csv' ? csvParts : jsonParts;
  return Readable.from(parts(reader, query, origin), { objectMode: false });
}

const heading: readonly (keyof ExportedLink)[] = [
  'connectionKey',
  'technology',
  'host',
  'port',
  'fullyQualifiedName',
  'objectType',
  'requestUrl',
];

async function* csvParts(reader: Reader, query: Query, origin: string): AsyncGenerator<string> {
  yield csvOf([heading]);
  for await (const rows of readParts(reader, query))
    yield csvRows(rows.map((row) => heading.map((member) => String(present(row, origin)[member] ?? ''))));
}

async function* jsonParts(reader: Reader, query: Query, origin: string): AsyncGenerator<string> {
  let before = '[';
  for await (const rows of readParts(reader, query)) {
    yield before + rows.map((row) => `\n${JSON.stringify(present(row, origin))}`).join(',');
    before = ',';
  }
  yield before === '[' ? '[]\n' : '\n]\n';
}

const present = (row: Row, origin: string): ExportedLink => ({
  connectionKey: row.connection_key,
  technology: row.technology,
  host: row.host,
  port: row.port,
  fullyQualifiedName: nameOf(row) ?? row.object_path.join('.'),
  objectType: row.object_type,
  requestUrl: origin + requestLinkOf(row),
});

/** In the order of the paths, each part from where the last one ended. What a platform no longer has gets no link. */
async function* readParts(reader: Reader, query: Query): AsyncGenerator<Row[]> {
  let after: Row | undefined;
  do {
    const { rows } = await sql<Row>`
      select o.id, o.connection_id, c.connection_key, c.technology, c.config ->> 'host' as host,
        (c.config ->> 'port')::int as port, o.object_path, o.object_type
      from data_object o join connection c on c.id = o.connection_id
      where o.missing_since is null
        and (${query.connectionKey ?? null}::text is null or c.connection_key = ${query.connectionKey ?? null})
        and (${query.type ?? null}::text[] is null or o.object_type = any(${query.type ?? null}::text[]))
        and ${query.parentId === undefined ? sql`true` : isWithin(query.parentId)}
        and ${after === undefined ? sql`true` : sql`(o.connection_id, o.object_path) > (${after.connection_id}::uuid, ${[...after.object_path]}::text[])`}
      order by o.connection_id, o.object_path limit ${rowsAtOnce}`.execute(reader);
    if (rows.length > 0) yield rows;
    after = rows.length < rowsAtOnce ? undefined : rows.at(-1);
  } while (after !== undefined);
}

const isWithin = (id: string) => sql`o.id in (
  with recursive below (id) as (
    select ${id}::uuid union all select k.id from below b join data_object k on k.parent_id = b.id)
  select id from below)`;
