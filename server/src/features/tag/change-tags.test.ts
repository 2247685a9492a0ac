import { listDataSources, readDataSource } from '@stoa/contract/data-source';
import { searchDataProductColumns } from '@stoa/contract/data-product-use';
import * as domain from '@stoa/contract/domain';
import { searchAppliedTags } from '@stoa/contract/metadata';
import { getInboxMessages } from '@stoa/contract/notification';
import * as tag from '@stoa/contract/tag';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newUuid } from '../../db/new-id.ts';
import { startTestServer, type TestServer } from '../../testing/app.ts';
import { addDataSources } from '../../testing/data-sources.ts';
import type { TestPerson } from '../../testing/people.ts';
import { until } from '../../testing/until.ts';
import { makeProduct, reviewBy, user } from '../access-request/requests.fixture.ts';
import { membersOf } from './tags.fixture.ts';

let server: TestServer;
let governor: TestPerson;
let steward: TestPerson;
let plain: TestPerson;
let sources: number[];
let schemaId: string;
let salesId: string;

beforeAll(async () => {
  server = await startTestServer();
  governor = await server.person({ username: 'governor', permissions: ['GOVERNANCE'] });
  steward = await server.person({ username: 'steward' });
  plain = await server.person({ username: 'plain' });
  const { db } = server.deps;
  const made = await addDataSources(db, { connectionKey: 'wh', schema: 's', tables: ['a', 'b', 'c'] });
  sources = made.dataSourceIds;
  schemaId = newUuid();
  await sql`insert into data_object (id, connection_id, object_path, name, object_type)
    values (${schemaId}, ${made.connectionId}, ${['db.example.com', 'warehouse', 's']}, 's', 'schema')`.execute(db);
  await sql`update data_object set parent_id = ${schemaId} where object_type = 'table'`.execute(db);
  await sql`insert into data_source_column (data_source_id, ordinal, name, native_type, type_family, nullable)
    select id, n, 'c' || n, 'text', 'text', true from data_source, generate_series(1, 2) n`.execute(db);
  salesId = (await governor.call(domain.createDomain, { body: { name: 'Sales' } })).body.id;
  await governor.call(domain.setDomainDataSources, {
    params: { id: salesId },
    body: { dataSourceIds: sources.slice(0, 2) },
  });
  await manageTags(salesId);
});
afterAll(() => server.stop());

const manageTags = (domainId: string) =>
  sql`insert into domain_permission (domain_id, permission, principal_type, user_id)
    values (${domainId}, 'Manage Tags', 'user', ${steward.globalUserId})`.execute(server.deps.db);
const make = async (name: string, more: object = {}): Promise<number> =>
  (await governor.call(tag.createTag, { body: { name, ...more } })).body.id;
type Wanted = { add?: number[]; remove?: number[] };
const change = (who: TestPerson, wanted: Wanted, targets: tag.TagTargets, dryRun = false) =>
  who.call(tag.changeTags, { query: { dryRun }, body: { ...wanted, targets } });
const tagsOf = async (id: number) => {
  const { body } = await governor.call(readDataSource, { params: { id } });
  return body.tags.filter((name) => !name.startsWith('Stoa '));
};
const audits = async () =>
  (
    await sql<{ n: number }>`select count(*)::int as n from audit_event where action like 'Tag%'`.execute(
      server.deps.db,
    )
  ).rows[0]?.n ?? 0;

test('governors make tags with those above them; a name is given once, whatever its case, also to two at once', async () => {
  expect((await server.nobody.call(tag.listTags)).status).toBe(401);
  for (const who of [plain, steward]) expect((await who.call(tag.createTag, { body: { name: 'X' } })).status).toBe(403);
  const made = await governor.call(tag.createTag, {
    body: { name: String.raw`Finance.v1\.2.Revenue`, description: 'What comes in', sensitivity: 'moderate' },
  });
  expect(made).toMatchObject({
    status: 201,
    body: { displayName: 'Revenue', source: 'curated', sensitivity: 'moderate', createdBy: { name: 'governor' } },
  });
  expect(made.body.parents.map((one) => one.name)).toEqual(['Finance', String.raw`Finance.v1\.2`]);
  const taken = await governor.call(tag.createTag, { body: { name: String.raw`FINANCE.V1\.2.revenue` } });
  expect(taken.body).toMatchObject({ status: 409, code: 'tag.name_taken', id: made.body.id });
  const below = await governor.call(tag.createTag, { body: { name: 'finance.Costs' } });
  expect(below.body.name).toBe('Finance.Costs');
  const both = await Promise.all([1, 2].map(() => governor.call(tag.createTag, { body: { name: 'New.Twice' } })));
  expect(both.map((answer) => answer.status).sort()).toEqual([201, 409]);
  for (const [name, code] of [
    ['Stoa Mine', 'tag.name_reserved'],
    ['a..b', 'tag.name_invalid'],
  ])
    expect((await governor.call(tag.createTag, { body: { name: name ?? '' } })).body).toMatchObject({
      status: 422,
      code,
    });
});

test('tags are read level by level, or searched anywhere, with how much carries them', async () => {
  const email = await make('PII.Email');
  await change(governor, { add: [email] }, { columns: [{ dataSourceId: sources[2] ?? 0, name: 'c1' }] });
  const roots = (await plain.call(tag.listTags)).body.data;
  const pii = roots.find((one) => one.name === 'PII');
  expect(pii).toMatchObject({ childCount: 1, objectCount: 0, columnCount: 1, parentId: null });
  expect(roots.every((one) => one.parentId === null)).toBe(true);
  const children = await plain.call(tag.listTags, { query: { parentId: pii?.id } });
  expect(children.body.data.map((one) => one.name)).toEqual(['PII.Email']);
  const found = await plain.call(tag.listTags, { query: { searchText: 'ema', limit: 1 } });
  expect(found.body).toMatchObject({ meta: { totalCount: 1 }, data: [{ id: email }] });
  expect((await plain.call(tag.readTag, { params: { id: 2_147_483_646 } })).status).toBe(404);
});

test('columns and data sources carry tags from every source, and the highest sensitivity of them', async () => {
  const id = sources[2] ?? 0;
  const secret = await make('Secret', { sensitivity: 'high' });
  const low = await make('Boring', { sensitivity: 'low' });
  await change(governor, { add: [low] }, { dataSourceIds: [id] });
  expect((await governor.call(readDataSource, { params: { id } })).body.sensitivity).toBe('low');
  await change(governor, { add: [secret] }, { columns: [{ dataSourceId: id, name: 'c2' }] });
  const { body } = await governor.call(readDataSource, { params: { id } });
  expect(body).toMatchObject({ sensitivity: 'high', columns: [{ tags: ['PII.Email'] }, { tags: ['Secret'] }] });
  const applied = async (modelType: 'column' | 'datasource') =>
    (await governor.call(searchAppliedTags, { body: { dataSourceIds: [id], modelType, limit: 50 } })).body.data;
  expect((await applied('column')).map((one) => one.name)).toEqual(['PII.Email', 'Secret']);
  expect((await applied('datasource')).find((one) => one.name === 'Boring')).toMatchObject({ protected: false });
  const { rows } = await sql<{ id: string }>`
    with p as (insert into data_product (id, name, slug, subject_matter_expert, created_by)
      values (${newUuid()}, 'Tagged', 'tagged', ${plain.globalUserId}, ${plain.globalUserId}) returning id)
    insert into data_product_source (id, data_product_id, data_source_id) select 'c1', id, ${id} from p
    returning data_product_id as id`.execute(server.deps.db);
  const ofProduct = { params: { id: rows[0]?.id ?? '' } };
  const columns = await plain.call(searchDataProductColumns, ofProduct);
  expect(columns.body.data.map((one) => one.tags)).toEqual([['PII.Email'], ['Secret']]);
  const some = await plain.call(searchDataProductColumns, { ...ofProduct, query: { tagIds: [String(secret)] } });
  expect(some.body.data.map((one) => one.name)).toEqual(['c2']);
  await sql`delete from data_product`.execute(server.deps.db);
  const listed = await governor.call(listDataSources, { query: { tag: ['PII'] } });
  expect(listed.body.data.map((one) => one.id)).toEqual([id]);
});

test('those who look after a product are told when it holds more sensitive data, and only then', async () => {
  const product = await makeProduct(server, governor, { flow: reviewBy({ any: [user(steward)] }) });
  await sql`insert into data_product_source (id, data_product_id, data_source_id)
    values ('csensitive', ${product.id}, ${sources[1] ?? 0})`.execute(server.deps.db);
  const told = async () => {
    await until(async () => {
      const { rows } = await sql`select from event_pending p join event e using (sequence)
        where e.type = 'stoa.data_product.sensitivity_raised'`.execute(server.deps.db);
      return rows.length === 0 || undefined;
    });
    const { body } = await steward.call(getInboxMessages, { query: { type: ['PRODUCT_SENSITIVITY_RAISED'] } });
    return body.data.map(({ subject }) => subject.replace(/^Product \S+ holds data of (\w+) .*$/, '$1'));
  };
  const column = { columns: [{ dataSourceId: sources[1] ?? 0, name: 'c1' }] };
  const some = await make('Health', { sensitivity: 'moderate' });
  const detail = await make('Health.Diagnosis');
  const worse = await make('Genome', { sensitivity: 'high' });
  const plainTag = await make('Freshness');
  await change(governor, { add: [plainTag] }, column);
  expect(await told()).toEqual([]);
  // By one above it.
  await change(governor, { add: [detail] }, { dataObjectIds: [schemaId] });
  expect(await told()).toEqual(['moderate']);
  await change(governor, { add: [some] }, column);
  await change(governor, { add: [worse] }, column, true);
  expect(await told()).toEqual(['moderate']);
  await change(governor, { add: [worse] }, column);
  expect(await told()).toEqual(['high', 'moderate']);
  await change(governor, { remove: [worse] }, column);
  await governor.call(tag.updateTag, { params: { id: some }, body: { sensitivity: 'low' } });
  expect(await told()).toEqual(['high', 'moderate']);
  await governor.call(tag.updateTag, { params: { id: some }, body: { sensitivity: 'high' } });
  expect(await told()).toEqual(['high', 'high', 'moderate']);
  const { body } = await steward.call(getInboxMessages, { query: { type: ['PRODUCT_SENSITIVITY_RAISED'] } });
  expect(body.data[0]).toMatchObject({
    message: expect.stringContaining('before, it was low. It has no members yet.'),
    data: { actionPath: `/products/${product.id}` },
  });
  await change(governor, { remove: [detail] }, { dataObjectIds: [schemaId] });
  await change(governor, { remove: [some, plainTag] }, column);
  await sql`delete from data_product_source where data_product_id = ${product.id}`.execute(server.deps.db);
});

test('what a schema carries, everything below inherits; it is taken off where it was put', async () => {
  const id = await make('Region.EU');
  expect((await change(governor, { add: [id] }, { dataObjectIds: [schemaId] })).body).toMatchObject({ added: 1 });
  for (const source of sources) expect(await tagsOf(source)).toContain('Region.EU');
  const { body } = await governor.call(tag.listTagApplications, { query: { dataSourceId: sources[0] } });
  expect(body.data).toMatchObject([
    { tag: { name: 'Region.EU' }, inherited: true, dataSourceId: null, objectType: 'schema' },
  ]);
  const refused = await change(governor, { remove: [id] }, { dataSourceIds: sources });
  expect(refused.body).toMatchObject({ status: 409, code: 'tag.inherited', dataObjectId: schemaId });
  expect((await change(steward, { remove: [id] }, { dataObjectIds: [schemaId] })).status).toBe(403);
  await change(governor, { remove: [id] }, { dataObjectIds: [schemaId] });
  expect(await tagsOf(sources[0] ?? 0)).not.toContain('Region.EU');
});

test('who manages tags in a domain changes those of its sources, and of no others', async () => {
  const id = await make('Domain.Tag');
  expect((await change(plain, { add: [id] }, { dataSourceIds: [sources[0] ?? 0] })).status).toBe(403);
  expect((await change(steward, { add: [id] }, { dataSourceIds: [sources[0] ?? 0] })).body).toMatchObject({ added: 1 });
  const { body } = await steward.call(listDataSources);
  expect(body.data.map((one) => one.abilities?.['tag']?.allowed)).toEqual([true, true]);
  // Of what lies in no domain of theirs they do not even learn that it is there.
  expect((await change(steward, { add: [id] }, { dataSourceIds: sources })).status).toBe(404);
  expect((await change(governor, { add: [id] }, { dataSourceIds: [2_147_483_646] })).status).toBe(404);
  const unknown = await change(governor, { add: [2_147_483_646] }, { dataSourceIds: sources });
  expect(unknown.body).toMatchObject({ status: 422, code: 'tag.unknown' });
  const column = await change(governor, { add: [id] }, { columns: [{ dataSourceId: sources[0] ?? 0, name: 'none' }] });
  expect(column.body).toMatchObject({ status: 422, code: 'tag.column_unknown' });
  const both = await change(governor, { add: [id] }, { dataSourceIds: sources, filter: {} });
  expect(both.status).toBe(400);
  const { rows } = await sql<{ tag_id: number }>`select tag_id from connection limit 1`.execute(server.deps.db);
  const derived = await change(governor, { add: [rows[0]?.tag_id ?? 0] }, { dataSourceIds: sources });
  expect(derived.body).toMatchObject({ status: 409, code: 'tag.protected' });
});

test('a dry run answers what the change then does, and writes nothing', async () => {
  const [first, second] = [await make('Dry.One'), await make('Dry.Two')];
  await change(governor, { add: [first] }, { dataSourceIds: sources.slice(0, 1) });
  const before = await audits();
  const wanted = { add: [second], remove: [first] };
  const dry = await change(governor, wanted, { filter: { connectionKey: 'wh' } }, true);
  expect(dry.body).toMatchObject({ dryRun: true, targetCount: 3, added: 3, removed: 1, unchanged: 2 });
  expect(await audits()).toBe(before);
  const done = await change(governor, wanted, { filter: { connectionKey: 'wh' } });
  expect(done.body).toEqual({ ...dry.body, dryRun: false });
  expect((await change(governor, wanted, { filter: { connectionKey: 'wh' } })).body).toMatchObject({
    added: 0,
    removed: 0,
  });
  const { body } = await governor.call(tag.listTagApplications, { query: { tagId: first, withDisabled: true } });
  expect(body.data).toMatchObject([{ disabled: true, disabledBy: { name: 'governor' } }]);
});

test('a dynamic domain holds what carries its tag or one below; by hand it is not filled', async () => {
  const [top, below] = [await make('Team'), await make('Team.Billing')];
  await change(governor, { add: [below] }, { dataSourceIds: sources.slice(0, 1) });
  const preview = await governor.call(domain.previewDomain, { body: { tagId: top } });
  expect(preview.body).toMatchObject({
    joining: { count: 1, dataSources: [{ id: sources[0] }] },
    leaving: { count: 0 },
  });
  const made = await governor.call(domain.createDomain, { body: { name: 'Team', tagId: top } });
  const { id } = made.body;
  expect(made.body).toMatchObject({ mode: 'dynamic', tag: { id: top, name: 'Team' }, dataSourceIds: [sources[0]] });
  const byHand = await governor.call(domain.setDomainDataSources, { params: { id }, body: { dataSourceIds: [] } });
  expect(byHand.body).toMatchObject({ status: 409, code: 'domain.dynamic' });
  const outcome = await change(governor, { add: [top] }, { dataSourceIds: sources.slice(1, 2) });
  expect(outcome.body.domains).toEqual([{ id, name: 'Team', joined: 1, left: 0 }]);
  expect(await membersOf(server.deps.db, id)).toEqual(['a', 'b']);
  const use = await governor.call(tag.deleteTag, { params: { id: top } });
  expect(use.body).toMatchObject({
    status: 409,
    code: 'tag.in_use',
    detail: '“Team”, or a tag below it, is named by “Team”. Nothing was deleted.',
    domains: [{ id, name: 'Team' }],
  });
  const counted = await governor.call(tag.deleteTag, { params: { id: below } });
  expect(counted.body).toMatchObject({ status: 409, code: 'tag.confirm_count', count: 1 });
  expect((await governor.call(tag.deleteTag, { params: { id: below }, query: { confirmCount: 1 } })).status).toBe(204);
  expect(await membersOf(server.deps.db, id)).toEqual(['b']);
  await governor.call(domain.updateDomain, { params: { id }, body: { tagId: null } });
  expect((await governor.call(domain.readDomain, { params: { id } })).body).toMatchObject({
    mode: 'manual',
    tag: null,
  });
  await change(governor, { remove: [top] }, { dataSourceIds: sources });
  expect(await membersOf(server.deps.db, id)).toEqual(['b']);
  expect((await governor.call(tag.deleteTag, { params: { id: top } })).status).toBe(204);
  expect((await governor.call(tag.deleteTag, { params: { id: top } })).status).toBe(404);
});

test('a domain may be made of the tag of a schema, and of no tag of a product', async () => {
  const { rows } = await sql<{ tag_id: number }>`select tag_id from data_object where id = ${schemaId}`.execute(
    server.deps.db,
  );
  const tagId = rows[0]?.tag_id ?? 0;
  const made = await governor.call(domain.createDomain, { body: { name: 'Schema', tagId } });
  expect(made.body).toMatchObject({ mode: 'dynamic', dataSourceCount: 3 });
  expect(made.body.tag?.name).toMatch(/^Stoa Connections\.PostgreSQL\.wh\..*\.s$/);
  const refused = await governor.call(domain.createDomain, { body: { name: 'None', tagId: 2_147_483_646 } });
  expect(refused.body).toMatchObject({ status: 422, code: 'domain.tag_unknown' });
});

test('a tag that moves a source into a domain needs the right in that one too', async () => {
  const id = await make('Moves');
  const made = await governor.call(domain.createDomain, { body: { name: 'Moved here', tagId: id } });
  const refused = await change(steward, { add: [id] }, { dataSourceIds: sources.slice(0, 1) });
  expect(refused.body).toMatchObject({ status: 403, code: 'tag.moves_domain', domains: [{ name: 'Moved here' }] });
  expect(await tagsOf(sources[0] ?? 0)).not.toContain('Moves');
  await manageTags(made.body.id);
  expect((await change(steward, { add: [id] }, { dataSourceIds: sources.slice(0, 1) })).status).toBe(200);
  expect(await membersOf(server.deps.db, made.body.id)).toEqual(['a']);
});

test('a tag that a policy names cannot be deleted; its name is seen by those who may read policies', async () => {
  const id = await make('Policy.Named');
  const body = { action: { kind: 'mask', target: { columns: 'tagged', tag: 'Policy.Named' } }, circumstances: [] };
  await sql`insert into policy (id, policy_key, name, name_key, type, kind, scope, body)
    values (${newUuid()}, 'p', 'Mask it', 'mask it', 'data', 'mask', 'global', ${JSON.stringify(body)}::jsonb)`.execute(
    server.deps.db,
  );
  const parent = (await governor.call(tag.readTag, { params: { id } })).body.parentId ?? 0;
  expect((await governor.call(tag.readTag, { params: { id: parent } })).body.uses.policies).toMatchObject([
    { name: 'Mask it' },
  ]);
  expect((await plain.call(tag.readTag, { params: { id } })).body.uses).toEqual({ domains: [] });
  expect((await governor.call(tag.deleteTag, { params: { id: parent } })).body).toMatchObject({ code: 'tag.in_use' });
});

test('Stoa keeps its own tags as they are', async () => {
  const { body } = await governor.call(tag.listTags, { query: { searchText: 'Stoa New.Column' } });
  const params = { id: body.data[0]?.id ?? 0 };
  expect(body.data[0]).toMatchObject({ source: 'system', abilities: { manage: { allowed: false } } });
  expect((await governor.call(tag.deleteTag, { params })).body).toMatchObject({ status: 409, code: 'tag.protected' });
  expect((await governor.call(tag.updateTag, { params, body: { description: 'x' } })).status).toBe(409);
});
