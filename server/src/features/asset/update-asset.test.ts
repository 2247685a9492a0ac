import * as contract from '@stoa/contract/asset';
import { createDataProduct } from '@stoa/contract/data-product';
import type { TargetFlow } from '@stoa/contract/review-flow';
import { standardRequestForm } from '@stoa/core/review/standard';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { newUuid } from '../../db/new-id.ts';
import { startTestServer, type TestPerson, type TestServer } from '../../testing/app.ts';
import { addAssetTree, addForm, type AssetTree } from './asset-tree.fixture.ts';

let server: TestServer;
let tree: AssetTree;
let governor: TestPerson;
let consumer: TestPerson;
let formA: string;
let formB: string;
let decides: string;
beforeAll(async () => {
  server = await startTestServer();
  governor = await server.person({ username: 'gus', permissions: ['GOVERNANCE'] });
  consumer = await server.person({ username: 'con' });
  const { db } = server.deps;
  tree = await addAssetTree(db);
  formA = await addForm(db);
  formB = await addForm(db);
  decides = await addForm(db, { rules: [], defaultEvent: { type: 'deny', params: { comment: 'Never.' } } });
});
afterAll(() => server.stop());
beforeEach(() => sql`delete from asset`.execute(server.deps.db));

const flowOf = (permission: 'AUDIT' | 'USER_ADMIN'): TargetFlow => ({
  rules: [],
  defaultEvent: { type: 'review', params: { stages: [{ any: [{ type: 'PERMISSION', permission }] }] } },
});
const patch = (id: string, members: object) =>
  governor.call(contract.patchAsset, { params: { id }, body: { type: 'DATA_OBJECT', ...members } });
const formsOf = async (id: string) => (await consumer.call(contract.getAssetRequestForms, { params: { id } })).body;
const flowsOf = async (id: string) => (await consumer.call(contract.getAssetReviewFlows, { params: { id } })).body;

test('only governors change assets; nobody is let in unknown, and what is not there is missing for them alone', async () => {
  const body = { type: 'DATA_OBJECT', metadata: { description: 'x' } } as const;
  const params = { id: tree.policies };
  expect((await server.nobody.call(contract.patchAsset, { params, body })).status).toBe(401);
  expect((await server.nobody.call(contract.updateAsset, { params, body })).status).toBe(401);
  for (const id of [tree.policies, newUuid()]) {
    expect((await consumer.call(contract.patchAsset, { params: { id }, body })).status).toBe(403);
    expect((await consumer.call(contract.updateAsset, { params: { id }, body })).status).toBe(403);
  }
  expect((await patch(newUuid(), {})).status).toBe(404);
  for (const operation of [contract.getAssetRequestForms, contract.getAssetReviewFlows]) {
    expect((await server.nobody.call(operation, { params })).status).toBe(401);
    expect((await consumer.call(operation, { params: { id: newUuid() } })).status).toBe(404);
  }
});

test('without anything set the Standard Request Form and the governors stand for every asset', async () => {
  const forms = await formsOf(tree.policies);
  for (const form of [forms.dataAccessForm, forms.maskingExceptionForm]) {
    expect(form).toMatchObject({ id: standardRequestForm.id, standard: true });
    expect(form?.inheritedFrom).toBeUndefined();
  }
  const { dataAccessReviewFlow: flow } = await flowsOf(tree.policies);
  expect(flow.defaultEvent).toMatchObject({
    params: { stages: [{ any: [{ type: 'PERMISSION', permission: 'GOVERNANCE' }] }] },
  });
  expect(flow).toMatchObject({ isActive: true });
});

/** What is set where, and what then holds on the table: by whom the form and the flow are given. */
type Case = {
  name: string;
  set: { on: 'database' | 'schema' | 'policies'; form?: 'A' | 'B' | 'standard'; flow?: 'AUDIT' | 'USER_ADMIN' }[];
  form: ['A' | 'B' | 'standard', from?: 'database' | 'schema'];
  flow: ['AUDIT' | 'USER_ADMIN' | 'GOVERNANCE', from?: 'database' | 'schema'];
};
const cases: Case[] = [
  { name: 'its own', set: [{ on: 'policies', form: 'A', flow: 'AUDIT' }], form: ['A'], flow: ['AUDIT'] },
  {
    name: 'the schema above gives both',
    set: [{ on: 'schema', form: 'A', flow: 'AUDIT' }],
    form: ['A', 'schema'],
    flow: ['AUDIT', 'schema'],
  },
  {
    name: 'the nearest wins',
    set: [
      { on: 'database', form: 'A', flow: 'AUDIT' },
      { on: 'schema', form: 'B', flow: 'USER_ADMIN' },
    ],
    form: ['B', 'schema'],
    flow: ['USER_ADMIN', 'schema'],
  },
  {
    name: 'form and flow come from different givers',
    set: [
      { on: 'database', form: 'A' },
      { on: 'schema', flow: 'AUDIT' },
    ],
    form: ['A', 'database'],
    flow: ['AUDIT', 'schema'],
  },
  {
    name: 'its own form does not hide an inherited flow',
    set: [
      { on: 'database', form: 'A', flow: 'AUDIT' },
      { on: 'policies', form: 'B' },
    ],
    form: ['B'],
    flow: ['AUDIT', 'database'],
  },
  {
    name: 'the Standard Request Form set by hand ends the inheritance of another',
    set: [
      { on: 'schema', form: 'A' },
      { on: 'policies', form: 'standard' },
    ],
    form: ['standard'],
    flow: ['GOVERNANCE'],
  },
];

test.each(cases)('inheritance: $name', async ({ set, form, flow }) => {
  const idOf = { A: formA, B: formB, standard: standardRequestForm.id };
  for (const type of ['dataAccess', 'maskingException'] as const) {
    await sql`delete from asset`.execute(server.deps.db);
    for (const one of set) {
      const members = {
        ...(one.form ? { [`${type}RequestFormId`]: idOf[one.form] } : {}),
        ...(one.flow ? { [`${type}ReviewFlow`]: flowOf(one.flow) } : {}),
      };
      expect((await patch(tree[one.on], members)).status).toBe(200);
    }
    const other = type === 'dataAccess' ? 'maskingException' : 'dataAccess';
    const forms = await formsOf(tree.policies);
    const flows = await flowsOf(tree.policies);
    expect(forms[`${type}Form`]?.id).toBe(idOf[form[0]]);
    expect(forms[`${type}Form`]?.inheritedFrom?.id).toBe(form[1] && tree[form[1]]);
    const shown = flows[`${type}ReviewFlow`];
    expect(JSON.stringify(shown?.defaultEvent)).toContain(flow[0]);
    expect(shown?.inheritedFrom?.id).toBe(flow[1] && tree[flow[1]]);
    // The other type of request is untouched by all of it.
    expect(forms[`${other}Form`]?.id).toBe(standardRequestForm.id);
    expect(flows[`${other}ReviewFlow`]?.inheritedFrom).toBeUndefined();
  }
});

test('a form that decides by itself wins; the own flow stays stored and is shown as not asked', async () => {
  await patch(tree.schema, { dataAccessRequestFormId: decides });
  await patch(tree.policies, { dataAccessReviewFlow: flowOf('AUDIT') });
  expect((await flowsOf(tree.policies)).dataAccessReviewFlow).toMatchObject({ ...flowOf('AUDIT'), isActive: false });
  await patch(tree.policies, { dataAccessRequestFormId: formA });
  expect((await flowsOf(tree.policies)).dataAccessReviewFlow).toMatchObject({ isActive: true });
  await patch(tree.schema, { dataAccessRequestFormId: null });
});

test('PATCH leaves absent members and null inherits; PUT inherits what is absent', async () => {
  const { globalUserId } = consumer;
  const first = await patch(tree.policies, {
    metadata: {
      description: 'All policies.',
      externalLink: 'https://catalog.example/policies',
      subjectMatterExperts: [{ id: globalUserId }],
      objectPath: ['warehouse', 'claims', 'policies'],
    },
    dataAccessRequestFormId: formA,
    dataAccessReviewFlow: flowOf('AUDIT'),
  });
  expect(first.body).toMatchObject({
    metadata: {
      description: 'All policies.',
      externalLink: 'https://catalog.example/policies',
      subjectMatterExperts: [{ id: globalUserId, username: 'con' }],
    },
    overrides: { dataAccessRequestFormId: formA, maskingExceptionRequestFormId: null },
  });
  const second = await patch(tree.policies, { metadata: { description: null }, dataAccessReviewFlow: null });
  expect(second.body).toMatchObject({
    // The platform's own words, where nobody said anything.
    metadata: { description: 'About policies', externalLink: 'https://catalog.example/policies' },
    overrides: { description: null, dataAccessRequestFormId: formA, dataAccessReviewFlow: null },
  });
  // Below it the same people are asked, until somebody is named there.
  await patch(tree.schema, { metadata: { subjectMatterExperts: [{ id: governor.globalUserId }] } });
  const { body: below } = await consumer.call(contract.getAssetById, { params: { id: tree.claims } });
  expect(below).toMatchObject({
    metadata: { subjectMatterExperts: [{ username: 'gus' }] },
    overrides: { subjectMatterExperts: null },
  });
  const { body: own } = await consumer.call(contract.getAssetById, { params: { id: tree.policies } });
  expect(own).toMatchObject({ metadata: { subjectMatterExperts: [{ username: 'con' }] } });
  await patch(tree.schema, { metadata: { subjectMatterExperts: [] } });
  const put = await governor.call(contract.updateAsset, {
    params: { id: tree.policies },
    body: { type: 'DATA_OBJECT', metadata: {}, dataAccessReviewFlow: flowOf('AUDIT') },
  });
  expect(put.body).toMatchObject({
    metadata: { subjectMatterExperts: [], externalLink: null },
    overrides: { dataAccessRequestFormId: null, dataAccessReviewFlow: flowOf('AUDIT') },
  });
});

test('a change is audited once with the members it touched; the same again changes nothing', async () => {
  const count = async () =>
    (
      await sql<{ payload: { fields: string[] } }>`select payload from audit_event where action = 'AssetUpdated'
        and targets @> ${JSON.stringify([{ id: tree.claims }])}::jsonb`.execute(server.deps.db)
    ).rows.map((row) => row.payload.fields);
  const members = { dataAccessRequestFormId: formA, metadata: { description: 'Twice' } };
  await patch(tree.claims, members);
  await patch(tree.claims, members);
  expect(await count()).toEqual([['description', 'dataAccessRequestFormId']]);
});

test('two at once on one asset both hold, one after the other', async () => {
  const answers = await Promise.all([
    patch(tree.claims, { metadata: { description: 'From one' } }),
    patch(tree.claims, { dataAccessRequestFormId: formB }),
    patch(tree.claims, { maskingExceptionReviewFlow: flowOf('AUDIT') }),
  ]);
  expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200]);
  const { body } = await consumer.call(contract.getAssetById, { params: { id: tree.claims } });
  expect(body).toMatchObject({
    metadata: { description: 'From one' },
    overrides: { dataAccessRequestFormId: formB, maskingExceptionReviewFlow: flowOf('AUDIT') },
  });
});

test('an edit made from an older reading is refused', async () => {
  const path = `/api/asset/${tree.claims}`;
  const read = await governor.send('GET', path);
  const etag = read.headers.get('etag') ?? '';
  const body = { type: 'DATA_OBJECT', metadata: { description: 'newer' } };
  expect((await governor.send('PATCH', path, body, { 'if-match': etag })).status).toBe(200);
  expect((await governor.send('PATCH', path, body, { 'if-match': etag })).status).toBe(412);
  expect((await governor.send('PUT', path, body, { 'if-match': etag })).status).toBe(412);
  const now = (await governor.send('GET', path)).headers.get('etag') ?? '';
  const texts = ['one', 'two', 'three', 'four'];
  const answers = await Promise.all(
    texts.map((description) =>
      governor.send('PATCH', path, { type: 'DATA_OBJECT', metadata: { description } }, { 'if-match': now }),
    ),
  );
  expect(answers.map((answer) => answer.status).toSorted()).toEqual([200, 412, 412, 412]);
});

test('what does not exist or does not belong is refused by member', async () => {
  const refused: [object, number, string][] = [
    [{ dataAccessRequestFormId: newUuid() }, 422, 'asset.form_unknown'],
    [{ metadata: { subjectMatterExperts: [{ id: newUuid() }] } }, 422, 'asset.person_unknown'],
    [{ metadata: { objectPath: ['elsewhere'] } }, 422, 'asset.metadata_mismatch'],
    [{ metadata: { technology: 'Snowflake' } }, 422, 'asset.metadata_mismatch'],
    [{ metadata: { externalLink: 'javascript:alert(1)' } }, 400, 'request.malformed'],
    [
      { dataAccessReviewFlow: { rules: [], defaultEvent: { type: 'approve', params: {} } } },
      422,
      'review_flow.invalid',
    ],
    [{ dataAccessReviewFlow: { rules: [], defaultEvent: { type: 'dataProductPolicy' } } }, 400, 'request.malformed'],
  ];
  for (const [members, status, code] of refused)
    expect(await patch(tree.policies, members)).toMatchObject({ status, body: { code } });
  const asProduct = { params: { id: tree.policies }, body: { type: 'DATA_PRODUCT', description: 'x' } } as const;
  expect(await governor.call(contract.patchAsset, asProduct)).toMatchObject({
    status: 422,
    body: { code: 'asset.metadata_mismatch' },
  });
  expect((await sql`select from asset`.execute(server.deps.db)).rows).toEqual([]);
});

test('a data product is changed as an asset, with strict members in PUT', async () => {
  const made = await governor.call(createDataProduct, {
    body: {
      name: 'Policies',
      metadata: null,
      domains: [tree.domainId],
      dataSources: [{ sourceId: String(tree.sourceId) }],
    },
  });
  const params = { id: Array.isArray(made.body) ? '' : made.body.id };
  const body = {
    type: 'DATA_PRODUCT' as const,
    name: 'Policies',
    dataAccessRequestFormId: formA,
    maskingExceptionRequestFormId: formB,
    subjectMatterExperts: [{ id: consumer.globalUserId }],
  };
  expect((await governor.call(contract.updateAsset, { params, body })).body).toMatchObject({
    type: 'DATA_PRODUCT',
    subjectMatterExperts: [{ id: consumer.globalUserId }],
  });
  const forms = await formsOf(params.id);
  expect([forms.dataAccessForm.id, forms.maskingExceptionForm?.id]).toEqual([formA, formB]);
  expect(await governor.send('PUT', `/api/asset/${params.id}`, { ...body, owner: 'me' })).toMatchObject({
    status: 400,
  });
  const two = [{ id: consumer.globalUserId }, { id: governor.globalUserId }];
  const patched = { type: 'DATA_PRODUCT' as const, subjectMatterExperts: two };
  expect(await governor.call(contract.patchAsset, { params, body: patched })).toMatchObject({
    status: 422,
    body: { code: 'asset.one_expert' },
  });
  const suspended = { type: 'DATA_PRODUCT' as const, suspended: true };
  expect((await governor.call(contract.patchAsset, { params, body: suspended })).body).toMatchObject({
    suspended: true,
    name: 'Policies',
  });
  expect((await flowsOf(params.id)).dataAccessReviewFlow).toMatchObject({ isActive: true });
  expect(await patch(params.id, {})).toMatchObject({ status: 422, body: { code: 'asset.metadata_mismatch' } });
});
