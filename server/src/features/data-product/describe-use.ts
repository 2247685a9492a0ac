import type { DataProductUse } from '@stoa/contract/data-product-use';
import type { Technology } from '@stoa/contract/enums';
import { type RawBuilder, sql } from 'kysely';
import { z } from 'zod';
import type { Reader } from '../../db/pool.ts';
import { closedWords, loadStandings } from '../../provisioning/load-standings.ts';
import { sourcesOf } from '../../provisioning/sources-of-target.ts';
import { isUsable } from './caller-access.ts';

/** Nobody types more than a few: the *Data* tab lists them all. */
const objectsAtMost = 200;

const postgresConfig = z.object({ host: z.string(), port: z.int(), database: z.string(), tls: z.string() });
type Row = {
  connection_key: string;
  technology: Technology;
  config: unknown;
  external_name: string | null;
  objects: { sourceId: string; objectPath: string[] }[];
};

const quoted = (name: string): string => (/^[a-z_][a-z0-9_]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`);
/** A value of a connection string of libpq. */
const parameter = (value: string): string =>
  /^[\w.-]+$/.test(value) ? value : `'${value.replaceAll(/(['\\])/g, '\\$1')}'`;
/** A word of a POSIX shell. */
const shellWord = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** Ids of connections, and of the data sources that are shown of them. */
type Shown = { connections: RawBuilder<unknown>; sources: RawBuilder<unknown> };

const ofProduct = (id: string): Shown => ({
  connections: sql`select k.connection_id from container k where k.target_id = ${id}`,
  sources: sql`select ps.data_source_id from data_product_source ps where ps.data_product_id = ${id}`,
});
const ofAsset = (id: string): Shown => ({
  connections: sql`select t.connection_id from data_object t where t.id = ${id}`,
  sources: sourcesOf(id),
});

export type UsedTarget = { readonly type: 'DATA_PRODUCT' | 'DATA_OBJECT'; readonly id: string };

type Standings = Awaited<ReturnType<typeof loadStandings>>;

/** How the caller reads a product or an asset on its platforms: address, their name there, a command and sample statements. */
export async function describeUse(reader: Reader, target: UsedTarget, globalUserId: string): Promise<DataProductUse> {
  const shown = target.type === 'DATA_PRODUCT' ? ofProduct(target.id) : ofAsset(target.id);
  const { rows } = await sql<Row>`
    select c.connection_key, c.technology, c.config,
      (select i.external_name from platform_identity i where i.connection_id = c.id and i.global_user_id = ${globalUserId}
        and i.state in ('mapped', 'fallback')) as external_name,
      (select coalesce(json_agg(json_build_object('sourceId', x.id::text, 'objectPath', x.object_path) order by x.object_path), '[]') from (
        select s.id, coalesce(sp.view_path, o.object_path) as object_path
        from data_source s join data_object o on o.id = s.data_object_id left join source_protection sp on sp.data_source_id = s.id
        where s.id in (${shown.sources}) and s.connection_id = c.id and ${isUsable}
        order by 2 limit ${objectsAtMost}) x) as objects
    from connection c where c.id in (${shown.connections}) order by c.connection_key`.execute(reader);
  const ids = rows.flatMap(({ objects }) => objects.map(({ sourceId }) => Number(sourceId)));
  const standings = await loadStandings(reader, globalUserId, ids);
  return { connections: rows.flatMap((row) => present(row, standings)) };
}

function present(row: Row, standings: Standings): DataProductUse['connections'] {
  const config = postgresConfig.safeParse(row.config);
  if (!config.success || row.objects.length === 0) return [];
  const { host, port, database, tls } = config.data;
  const closed = row.objects.flatMap((object) => {
    const standing = standings.get(Number(object.sourceId));
    return standing?.status === 'RESTRICTED' ? [{ ...object, reason: `${closedWords(standing)}.` }] : [];
  });
  const closedIds = new Set(closed.map(({ sourceId }) => sourceId));
  const open = row.objects.filter(({ sourceId }) => !closedIds.has(sourceId));
  const user = row.external_name === null ? '' : ` user=${parameter(row.external_name)}`;
  const sslmode = tls === 'disable' ? 'disable' : tls;
  const address = `host=${parameter(host)} port=${port} dbname=${parameter(database)}${user} sslmode=${sslmode}`;
  return [
    {
      connectionKey: row.connection_key,
      technology: row.technology,
      host,
      port,
      database,
      tls,
      externalName: row.external_name,
      command: `psql ${shellWord(address)}`,
      objects: open.map((object) => ({
        ...object,
        sampleSql: `select * from ${object.objectPath.slice(1).map(quoted).join('.')} limit 10;`,
      })),
      closed,
    },
  ];
}
