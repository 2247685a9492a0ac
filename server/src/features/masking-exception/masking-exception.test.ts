import {
  getApprovedMaskingExceptionColumns,
  previewAccessRequest,
  requestAccess,
  requestMaskingException,
} from '@stoa/contract/access-request';
import { searchAccessRequestMaskingExceptionColumns } from '@stoa/contract/assist';
import { getAccessRequestEvidence } from '@stoa/contract/evidence';
import { getInboxMessages } from '@stoa/contract/notification';
import { previewMaskingExceptionColumns } from '@stoa/contract/masking-exception-column';
import { standardRequestForm } from '@stoa/core/review/standard';
import { changeTags, createTag } from '@stoa/contract/tag';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newCuid, newUuid } from '../../db/new-id.ts';
import { transact } from '../../db/transact.ts';
import { endExceptions } from '../../provisioning/end-exceptions.ts';
import { startTestServer, type TestServer } from '../../testing/app.ts';
import { addDataSources } from '../../testing/data-sources.ts';
import type { TestPerson } from '../../testing/people.ts';
import { waitFor } from '../../testing/register-platform.ts';
import { makeProduct, type Product, reviewBy, standardAnswers, user } from '../access-request/requests.fixture.ts';

let server: TestServer;
let governor: TestPerson;
let steward: TestPerson;
let consumer: TestPerson;
let consumer2: TestPerson;
let product: Product;
let sourceId: string;
let elsewhere: string;

beforeAll(async () => {
  server = await startTestServer();
  governor = await server.person({ username: 'governor', permissions: ['GOVERNANCE'] });
  steward = await server.person({ username: 'steward' });
  consumer = await server.person({ username: 'consumer' });
  consumer2 = await server.person({ username: 'consumer2' });
  product = await makeProduct(server, governor);
  const flow = JSON.stringify(reviewBy({ any: [user(steward)] }));
  const { db } = server.deps;
  await sql`update data_product set masking_exception_review_flow = ${flow}::jsonb where id = ${product.id}`.execute(
    db,
  );
  [sourceId = '', elsewhere = ''] = await addSources(['email', 'phone', 'name']);
  await sql`insert into data_product_source (id, data_product_id, data_source_id) values (${newCuid()}, ${product.id}, ${Number(sourceId)})`.execute(
    db,
  );
});
afterAll(() => server.stop());

async function addSources(columns: readonly string[]): Promise<string[]> {
  const tables = { connectionKey: 'warehouse', schema: 'sales', tables: ['customers', 'orders'] };
  const { dataSourceIds } = await addDataSources(server.deps.db, tables);
  const ids = dataSourceIds.map(String);
  for (const id of ids)
    for (const [at, name] of columns.entries())
      await sql`insert into data_source_column (data_source_id, ordinal, name, native_type, type_family, nullable)
        values (${Number(id)}, ${at + 1}, ${name}, 'text', 'text', true)`.execute(server.deps.db);
  return ids;
}

type Asked = { columns: string[]; status?: string; who?: TestPerson; ends?: string };
/** Past the API: none can be made before masks exist. */
async function addRequest({ columns, status = 'PENDING', who = consumer, ends }: Asked): Promise<string> {
  const id = newCuid();
  const metadata = JSON.stringify({ columns: columns.map((columnName) => ({ columnName, sourceId })) });
  const form = JSON.stringify({ formVersion: 'x', answers: [], agreements: [] });
  const records = JSON.stringify([user(steward)]);
  await sql`
    with made as (insert into access_request (id, type, status, requesting_user, beneficiary, data_product_id, request_form_id, form_version,
        form, flow, event, metadata, expiration)
      select ${id}, 'MASKING_EXCEPTION', ${status}, ${who.globalUserId}, ${who.globalUserId}, ${product.id}, f.id, f.current_version,
        ${form}::jsonb, '{}', ${JSON.stringify(reviewBy({ any: [user(steward)] }).defaultEvent)}::jsonb, ${metadata}::jsonb, ${ends ?? null}::timestamptz
      from request_form f where f.id = ${standardRequestForm.id} returning id)
    insert into approval_record (id, access_request_id, stage, position, approvers, status)
    select ${newCuid()}, id, 0, 0, ${records}::jsonb, ${status === 'PENDING' ? 'PENDING' : 'APPROVED'} from made`.execute(
    server.deps.db,
  );
  return id;
}
const clear = () => sql`delete from access_request`.execute(server.deps.db);

const ask = (
  who: TestPerson,
  columns: { columnName: string; sourceId: string }[],
  forWhom = who.globalUserId,
  id = product.id,
) => who.call(requestMaskingException, { params: { id }, body: { user: forWhom, columns } });
const column = (columnName: string, of = sourceId) => ({ columnName, sourceId: of });

describe('asking for masked columns', () => {
  it('is refused while nothing is masked, naming the columns', async () => {
    const answer = await ask(consumer, [column('email'), column('phone'), column('email')]);
    expect(answer).toMatchObject({
      status: 422,
      body: {
        code: 'masking_exception.no_mask',
        errors: [{ path: 'columns[0]' }, { path: 'columns[1]' }, { path: 'columns[2]' }],
      },
    });
  });

  it('names columns that are unknown, or of a source that the product does not hold', async () => {
    const answer = await ask(consumer, [
      column('email'),
      column('fax'),
      column('email', elsewhere),
      column('x', '999999'),
    ]);
    expect(answer).toMatchObject({ status: 422, body: { code: 'masking_exception.column_unknown' } });
    expect(answer.body['errors']).toMatchObject([
      { path: 'columns[1]' },
      { path: 'columns[2]' },
      { path: 'columns[3]' },
    ]);
  });

  it('takes 500 columns at most', async () => {
    const many = Array.from({ length: 501 }, () => column('email'));
    expect((await ask(consumer, many)).body['code']).toBe('masking_exception.too_many_columns');
    expect((await ask(consumer, many.slice(1))).body['code']).toBe('masking_exception.no_mask');
    expect((await ask(consumer, [])).status).toBe(400);
  });

  it('leaves out what is pending or approved, and is a duplicate when nothing is left', async () => {
    const id = await addRequest({ columns: ['email'] });
    await addRequest({ columns: ['phone'], status: 'APPROVED' });
    expect(await ask(consumer, [column('email'), column('phone')])).toMatchObject({
      status: 409,
      body: { code: 'access_request.duplicate', requestId: id },
    });
    expect((await ask(consumer, [column('email'), column('name')])).body['errors']).toEqual([
      { path: 'columns[1]', message: 'is not masked' },
    ]);
    expect((await ask(consumer2, [column('email')])).body['code']).toBe('masking_exception.no_mask');
    await clear();
  });

  it('is for those who are signed in, on products and for people that exist, and stores nothing', async () => {
    const body = { user: consumer.globalUserId, columns: [column('email')] };
    expect((await server.nobody.call(requestMaskingException, { params: { id: product.id }, body })).status).toBe(401);
    expect((await ask(consumer, body.columns, consumer.globalUserId, newUuid())).status).toBe(404);
    expect((await ask(consumer, body.columns, newUuid())).status).toBe(404);
    await sql`insert into setting (name, value) values ('application', '{"onBehalf": "nobody"}')`.execute(
      server.deps.db,
    );
    expect((await ask(consumer, body.columns, consumer2.globalUserId)).status).toBe(403);
    await sql`delete from setting where name = 'application'`.execute(server.deps.db);
    const suspended = await makeProduct(server, governor, { suspended: true });
    expect((await ask(consumer, body.columns, consumer.globalUserId, suspended.id)).status).toBe(409);
    const { rows } = await sql`select from access_request`.execute(server.deps.db);
    expect(rows).toHaveLength(0);
  });
});

describe('what a request for masked columns would lead to', () => {
  const preview = (who: TestPerson, columns: { columnName: string; sourceId: string }[], id = product.id) =>
    who.call(previewAccessRequest, {
      params: { id },
      body: { user: who.globalUserId, form: standardAnswers, type: 'MASKING_EXCEPTION', columns },
    });
  const mask = (name: string) =>
    sql`
    with shown as (insert into source_protection (data_source_id, connection_id, state)
      select id, connection_id, 'open' from data_source where id = ${Number(sourceId)} returning data_source_id)
    insert into column_mask (data_source_id, ordinal, column_name, policy_id, policy_key, policy_name, masking_type, is_cell, is_liftable)
    select c.data_source_id, c.ordinal, c.name, ${newUuid()}, 'hidden', 'Hidden', 'hash', false, true
    from data_source_column c join shown using (data_source_id) where c.name = ${name}`.execute(server.deps.db);

  it('is told by the flow for columns, and refused as the request would be; nothing is written', async () => {
    await mask('email');
    expect(await preview(consumer, [column('email')])).toMatchObject({
      status: 200,
      body: { outcome: 'review', stages: [{ slots: [{ people: [{ username: 'steward' }], peopleCount: 1 }] }] },
    });
    // Where nothing is said of a type, it is about the data, which has a flow of its own.
    const plain = { user: consumer.globalUserId, form: standardAnswers };
    const ofData = await consumer.call(previewAccessRequest, { params: { id: product.id }, body: plain });
    expect(ofData.body.stages).not.toMatchObject([{ slots: [{ people: [{ username: 'steward' }] }] }]);
    expect((await preview(consumer, [column('phone')])).body).toMatchObject({
      code: 'masking_exception.no_mask',
      errors: [{ path: 'columns[0]' }],
    });
    expect((await preview(consumer, [column('email', elsewhere)])).body).toMatchObject({
      code: 'masking_exception.column_unknown',
    });
    expect((await preview(consumer, [])).status).toBe(400);
    expect((await preview(consumer, [column('email')], newUuid())).status).toBe(404);
    const path = `/api/data-product/${product.id}/request/preview`;
    expect((await consumer.send('POST', path, { ...plain, type: 'MASKING_EXCEPTION' })).status).toBe(400);
    const { rows } = await sql`select from access_request`.execute(server.deps.db);
    expect(rows).toHaveLength(0);

    const id = await addRequest({ columns: ['email'] });
    expect(await preview(consumer, [column('email')])).toMatchObject({
      status: 409,
      body: { code: 'access_request.duplicate', requestId: id },
    });
    await clear();
    await sql`delete from source_protection`.execute(server.deps.db);
  });

  it('is asked for with other answers, also for the columns that the replaced request is about', async () => {
    await mask('email');
    const body = { user: consumer.globalUserId, columns: [column('email')], form: standardAnswers };
    const asked = (more: object = {}) =>
      consumer.call(requestMaskingException, { params: { id: product.id }, body: { ...body, ...more } });
    const old = (await asked()).body.id;
    expect((await asked()).body['code']).toBe('access_request.duplicate');
    const replaces = {
      params: { id: product.id },
      body: { ...body, type: 'MASKING_EXCEPTION' as const, replaces: old },
    };
    expect((await consumer.call(previewAccessRequest, replaces)).status).toBe(200);
    const made = await asked({ replaces: old });
    expect(made).toMatchObject({ status: 201, body: { metadata: { columns: body.columns, replaces: old } } });
    const { rows } = await sql`select id, status from access_request order by created_at`.execute(server.deps.db);
    expect(rows).toEqual([
      { id: old, status: 'CANCELED' },
      { id: made.body.id, status: 'PENDING' },
    ]);
    // A request for the data is another one.
    expect(
      await consumer.call(requestAccess, { params: { id: product.id }, body: { ...body, replaces: made.body.id } }),
    ).toMatchObject({
      status: 422,
      body: { code: 'access_request.not_replaceable' },
    });
    await clear();
    await sql`delete from source_protection`.execute(server.deps.db);
  });
});

describe('the columns of a request', () => {
  it('are paged for its readers, also when one is gone by now', async () => {
    const id = await addRequest({ columns: ['phone', 'email', 'dropped since'] });
    const params = { id };
    const tag = await governor.call(createTag, { body: { name: 'PII.Email' } });
    const targets = { columns: [{ dataSourceId: Number(sourceId), name: 'email' }] };
    await governor.call(changeTags, { body: { add: [tag.body.id], targets } });
    const read = await consumer.call(searchAccessRequestMaskingExceptionColumns, { params, query: { limit: 2 } });
    expect(read.body.meta.totalCount).toBe(3);
    expect(read.body.data.map((c) => c.name)).toEqual(['dropped since', 'email']);
    expect(read.body.data[1]).toMatchObject({ sourceId, type: 'text', tags: ['PII.Email'], globalPolicyInfo: null });
    expect(read.body.data[0]?.tags).toEqual([]);
    const rest = await steward.call(searchAccessRequestMaskingExceptionColumns, { params, query: { offset: 2 } });
    expect(rest.body.data.map((c) => c.name)).toEqual(['phone']);
    const { body } = await steward.call(getAccessRequestEvidence, { params });
    expect(body.maskingColumns.map((c) => c.name)).toEqual(['dropped since', 'email', 'phone']);
    expect(body.maskingColumns.map((c) => c.tags)).toEqual([[], ['PII.Email'], []]);
    expect((await consumer2.call(searchAccessRequestMaskingExceptionColumns, { params })).status).toBe(404);
    expect((await server.nobody.call(searchAccessRequestMaskingExceptionColumns, { params })).status).toBe(401);
    const unknown = { params: { id: newCuid() } };
    expect((await governor.call(searchAccessRequestMaskingExceptionColumns, unknown)).status).toBe(404);
    await clear();
  });
});

describe('the columns that a person sees in clear', () => {
  const approvedOf = (who: TestPerson, userId: string) =>
    who.call(getApprovedMaskingExceptionColumns, { query: { userId } });

  it('are those of exceptions that hold, for the person and for reviewers', async () => {
    await addRequest({ columns: ['email', 'phone'], status: 'APPROVED' });
    await addRequest({ columns: ['email'], status: 'APPROVED', ends: '2999-01-01T00:00:00Z' });
    await addRequest({ columns: ['name'], status: 'APPROVED', ends: '2001-01-01T00:00:00Z' });
    await addRequest({ columns: ['name'], status: 'DENIED' });
    const both = [column('email'), column('phone')];
    for (const who of [consumer, steward, governor])
      expect((await approvedOf(who, consumer.globalUserId)).body).toEqual(both);
    expect((await approvedOf(consumer2, consumer2.globalUserId)).body).toEqual([]);
  });

  it('are refused to others, and of nobody', async () => {
    expect((await approvedOf(consumer2, consumer.globalUserId)).status).toBe(403);
    expect((await approvedOf(governor, newUuid())).status).toBe(404);
    const query = { userId: consumer.globalUserId };
    expect((await server.nobody.call(getApprovedMaskingExceptionColumns, { query })).status).toBe(401);
    expect((await consumer.send('GET', '/api/access-request/approved-masking-exception-columns')).status).toBe(400);
  });

  it('are cut to the requests that a steward reviews', async () => {
    const other = await server.person({ username: 'steward-elsewhere' });
    await makeProduct(server, governor, { flow: reviewBy({ any: [user(other)] }) });
    expect(await approvedOf(other, consumer.globalUserId)).toMatchObject({ status: 200, body: [] });
    await clear();
  });
});

describe('how columns stand for a person', () => {
  const preview = (who: TestPerson, names: string[], requesteeGlobalUserId = who.globalUserId) =>
    who.call(previewMaskingExceptionColumns, {
      body: { requesteeGlobalUserId, columns: names.map((name) => ({ sourceId, name })) },
    });

  it('is told column by column, for oneself and for those one may ask for', async () => {
    await addRequest({ columns: ['email'], status: 'APPROVED', ends: '2999-01-01T00:00:00Z' });
    await addRequest({ columns: ['phone'] });
    for (const who of [consumer, consumer2])
      expect((await preview(who, ['email', 'phone', 'name'], consumer.globalUserId)).body.statuses).toEqual([
        { sourceId, columnName: 'email', currentStatus: 'APPROVED', expiration: '2999-01-01T00:00:00.000Z' },
        { sourceId, columnName: 'phone', currentStatus: 'PENDING', expiration: null },
        { sourceId, columnName: 'name', currentStatus: null, expiration: null },
      ]);
    await sql`insert into setting (name, value) values ('application', '{"onBehalf": "nobody"}')`.execute(
      server.deps.db,
    );
    expect((await preview(consumer2, ['email'], consumer.globalUserId)).status).toBe(403);
    await sql`delete from setting where name = 'application'`.execute(server.deps.db);
    await clear();
  });

  it('knows no columns that the caller may not see', async () => {
    const hidden = await preview(consumer, ['email', 'fax']);
    expect(hidden).toMatchObject({ status: 422, body: { code: 'masking_exception.column_unknown' } });
    expect(hidden.body['errors']).toMatchObject([{ path: 'columns[1]' }]);
    const body = { requesteeGlobalUserId: consumer.globalUserId, columns: [{ sourceId: elsewhere, name: 'email' }] };
    expect((await consumer.call(previewMaskingExceptionColumns, { body })).status).toBe(422);
    expect((await governor.call(previewMaskingExceptionColumns, { body })).status).toBe(200);
    expect((await preview(consumer, ['email'], newUuid())).status).toBe(404);
    expect((await server.nobody.call(previewMaskingExceptionColumns, { body })).status).toBe(401);
    const many = { ...body, columns: Array.from({ length: 501 }, () => ({ sourceId, name: 'email' })) };
    expect((await consumer.call(previewMaskingExceptionColumns, { body: many })).status).toBe(400);
  });
});

describe('an exception of which some columns end', () => {
  const told = async (id: string) =>
    (await consumer.call(getInboxMessages, { query: { requestId: id } })).body.data.map((message) => [
      message.notificationType,
      message.message,
    ]);

  it('tells its holder once which and why, and goes on for the others', async () => {
    const { db } = server.deps;
    const own = Number(sourceId);
    await sql`with shown as (
        insert into source_protection (data_source_id, connection_id, state) select id, connection_id, 'open' from data_source where id = ${own} returning data_source_id
      ) insert into column_mask (data_source_id, ordinal, column_name, policy_id, policy_key, policy_name, masking_type, is_cell, is_liftable)
      select c.data_source_id, c.ordinal, c.name, ${newUuid()}, 'hidden', 'Hidden', 'hash', false, true from data_source_column c join shown using (data_source_id)
      where c.name in ('email', 'name')`.execute(db);
    const id = await addRequest({ columns: ['email', 'phone', 'name'], status: 'APPROVED' });
    await sql`update data_source_column set type_family = 'integer' where data_source_id = ${own} and name = 'name'`.execute(
      db,
    );
    const { rows } = await sql<{
      connection_id: string;
    }>`select connection_id from data_source where id = ${own}`.execute(db);
    for (let n = 0; n < 2; n++)
      await transact(server.deps, (tx, after) => endExceptions(tx, after, rows[0]?.connection_id ?? ''));
    await waitFor('the holder to be told', async () => (await told(id)).length > 0);
    const [[type, message] = []] = await told(id);
    expect(await told(id)).toHaveLength(1);
    expect(type).toBe('EXCEPTION_COLUMNS_ENDED');
    expect(message).toContain('customers.name has a type of another kind and ');
    expect(message).toContain('customers.phone is not masked any more. Your exception goes on for its other columns.');
    const left = await sql<{
      status: string;
      rest: number;
    }>`select r.status, (select count(*)::int from exception_column x
      where x.access_request_id = r.id and x.ended_at is null) as rest from access_request r where r.id = ${id}`.execute(
      db,
    );
    expect(left.rows).toEqual([{ status: 'APPROVED', rest: 1 }]);
  });
});
