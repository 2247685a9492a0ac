import { requestAccess } from '@stoa/contract/access-request';
import { readDataSource } from '@stoa/contract/data-source';
import { getAccessRequestEvidence } from '@stoa/contract/evidence';
import { changeTags, createTag, type Sensitivity, type TagTargets } from '@stoa/contract/tag';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newCuid, newUuid } from '../../db/new-id.ts';
import { startTestServer, type TestServer } from '../../testing/app.ts';
import { addDataSources } from '../../testing/data-sources.ts';
import type { TestPerson } from '../../testing/people.ts';
import { readSensitivity } from '../tag/sensitivity.ts';
import { makeProduct, type Product, standardAnswers } from './requests.fixture.ts';

let server: TestServer;
let governor: TestPerson;
let consumer: TestPerson;
let product: Product;
let schemaId: string;
let requestId: string;
let sources: number[];

beforeAll(async () => {
  server = await startTestServer();
  governor = await server.person({ username: 'governor', permissions: ['GOVERNANCE'] });
  consumer = await server.person({ username: 'consumer' });
  product = await makeProduct(server, governor);
  const { db } = server.deps;
  const made = await addDataSources(db, { connectionKey: 'wh', schema: 's', tables: ['a', 'b', 'elsewhere'] });
  sources = made.dataSourceIds;
  schemaId = newUuid();
  await sql`insert into data_object (id, connection_id, object_path, name, object_type)
    values (${schemaId}, ${made.connectionId}, ${['db.example.com', 'warehouse', 's']}, 's', 'schema')`.execute(db);
  await sql`update data_object set parent_id = ${schemaId} where object_type = 'table'`.execute(db);
  await sql`insert into data_source_column (data_source_id, ordinal, name, native_type, type_family, nullable)
    select id, n, 'c' || n, 'text', 'text', true from data_source, generate_series(1, 3) n`.execute(db);
  for (const id of sources.slice(0, 2))
    await sql`insert into data_product_source (id, data_product_id, data_source_id) values (${newCuid()}, ${product.id}, ${id})`.execute(
      db,
    );
  const asked = await consumer.call(requestAccess, {
    params: { id: product.id },
    body: { user: consumer.globalUserId, form: standardAnswers },
  });
  requestId = asked.body.id;
});
afterAll(() => server.stop());

const make = async (name: string, sensitivity: Sensitivity | null): Promise<number> =>
  (await governor.call(createTag, { body: { name, sensitivity } })).body.id;
const put = (id: number, targets: TagTargets) => governor.call(changeTags, { body: { add: [id], targets } });
const column = (dataSourceId: number | undefined, name: string) => ({ dataSourceId: dataSourceId ?? 0, name });
const signal = async () => {
  const { body } = await governor.call(getAccessRequestEvidence, { params: { id: requestId } });
  return body.signals.find(({ code }) => code === 'sensitive_tags');
};
const levelOf = async (id: number | undefined) =>
  (await governor.call(readDataSource, { params: { id: id ?? 0 } })).body.sensitivity;

test('a steward is told the highest sensitivity of what is asked for, by its tags and those above them', async () => {
  const [a, b, elsewhere] = sources;
  await put(await make('Untold', null), { columns: [column(a, 'c1')] });
  expect(await signal()).toBeUndefined();
  await put(await make('Region', 'low'), { dataObjectIds: [schemaId] });
  expect(await signal()).toMatchObject({
    severity: 'info',
    text: 'The data is of low sensitivity: 2 sources as a whole, by Region.',
  });
  await make('PII', 'high');
  const email = await make('PII.Email', null);
  const phone = await make('PII.Phone', 'low');
  await put(email, { columns: [column(elsewhere, 'c1')] });
  expect(await signal()).toMatchObject({ text: expect.stringContaining('low sensitivity') });
  await put(email, { columns: [column(a, 'c1'), column(b, 'c2')] });
  await put(phone, { columns: [column(a, 'c1')] });
  expect(await signal()).toMatchObject({
    severity: 'warn',
    text: 'The data is of high sensitivity: 2 columns, by PII.Email and PII.Phone.',
  });
  expect([await levelOf(a), await levelOf(b)]).toEqual(['high', 'high']);
});

test('of a masking exception its columns count, and what their table is as a whole', async () => {
  const asked = async (columnName: string) =>
    readSensitivity(server.deps.db, {
      targetId: product.id,
      columns: [{ sourceId: String(sources[1]), columnName }],
    });
  expect(await asked('c2')).toEqual({ level: 'high', columns: 1, sources: 0, tags: ['PII.Email'] });
  expect(await asked('c3')).toEqual({ level: 'low', columns: 0, sources: 1, tags: ['Region'] });
});
