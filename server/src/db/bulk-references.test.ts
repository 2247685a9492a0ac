import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../testing/app.ts';
import { addDataSources } from '../testing/data-sources.ts';
import { until } from '../testing/until.ts';
import { newCuid, newUuid } from './new-id.ts';

let server: TestServer;
let personId: string;
const sources = async (connectionKey: string) =>
  addDataSources(server.deps.db, { connectionKey, schema: 'sales', tables: ['orders', 'returns'] });

beforeAll(async () => {
  server = await startTestServer();
  personId = (await server.person({ username: 'somebody' })).globalUserId;
});
afterAll(() => server.stop());

async function addProduct(): Promise<string> {
  const id = newUuid();
  await sql`insert into data_product (id, name, slug, subject_matter_expert, created_by)
    values (${id}, ${id}, ${id}, ${personId}, ${personId})`.execute(server.deps.db);
  return id;
}
const list = (productId: string, sourceId: number) => ({
  text: 'insert into data_product_source (id, data_product_id, data_source_id) values ($1, $2, $3)',
  values: [newCuid(), productId, sourceId],
});
const see = (connectionId: string, sourceId: number) =>
  sql`insert into container_object (connection_id, target_id, data_source_id, state) values (${connectionId}, ${newUuid()}, ${sourceId}, 'ACTIVE')`.execute(
    server.deps.db,
  );
const countOf = async (table: string, sourceId: number) => {
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from ${sql.table(table)} where data_source_id = ${sourceId}`.execute(server.deps.db);
  return rows[0]?.n;
};

describe('what a product lists', () => {
  const refusal = { code: '23503', table: 'data_product_source' };

  it('is of a product and a source that exist', async () => {
    const { dataSourceIds } = await sources('exists');
    const productId = await addProduct();
    const query = (q: { text: string; values: unknown[] }) => server.deps.pool.query(q);
    await query(list(productId, dataSourceIds[0] ?? 0));
    await expect(query(list(productId, 999_999))).rejects.toMatchObject(refusal);
    await expect(query(list(newUuid(), dataSourceIds[0] ?? 0))).rejects.toMatchObject(refusal);
    const moved = { text: 'update data_product_source set data_source_id = 999999 where data_product_id = $1' };
    await expect(query({ ...moved, values: [productId] })).rejects.toMatchObject(refusal);
  });

  it('goes with its product, and keeps its source from going', async () => {
    const { dataSourceIds } = await sources('kept');
    const [sourceId = 0] = dataSourceIds;
    const productId = await addProduct();
    await server.deps.pool.query(list(productId, sourceId));
    const drop = () => server.deps.pool.query('delete from data_source where id = $1', [sourceId]);
    await expect(drop()).rejects.toMatchObject(refusal);
    await server.deps.pool.query('delete from data_product where id = $1', [productId]);
    expect(await countOf('data_product_source', sourceId)).toBe(0);
    await drop();
  });

  it.each([
    { who: 'the source', text: 'delete from data_source where id = $1' },
    {
      who: 'the connection',
      text: 'delete from connection where id = (select connection_id from data_source where id = $1)',
    },
  ])('is seen by whoever deletes $who while it is written', async ({ who, text }) => {
    const [sourceId = 0] = (await sources(`raced ${who}`.replaceAll(' ', '-'))).dataSourceIds;
    const productId = await addProduct();
    const writer = new pg.Client(server.databaseUrl);
    await writer.connect();
    await writer.query('begin');
    await writer.query(list(productId, sourceId));
    const dropped = server.deps.pool.query(text, [sourceId]).catch((error: unknown) => error);
    await until(async () => {
      const { rows } = await sql`select from pg_locks where not granted and locktype in ('transactionid', 'tuple')
        and pid <> pg_backend_pid()`.execute(server.deps.db);
      return rows.length > 0 ? true : undefined;
    });
    await writer.query('commit');
    await writer.end();
    expect(await dropped).toMatchObject(refusal);
    expect(await countOf('data_product_source', sourceId)).toBe(1);
  });
});

describe('what was seen of the objects of a container', () => {
  it('goes with the source, and with the connection', async () => {
    const first = await sources('seen');
    const [gone = 0, left = 0] = first.dataSourceIds;
    await see(first.connectionId, gone);
    await see(first.connectionId, left);
    await sql`delete from data_source where id = ${gone}`.execute(server.deps.db);
    expect([await countOf('container_object', gone), await countOf('container_object', left)]).toEqual([0, 1]);
    await sql`delete from connection where id = ${first.connectionId}`.execute(server.deps.db);
    expect(await countOf('container_object', left)).toBe(0);
  });
});
