import {
  createDataProduct,
  getDataProductById,
  updateDataProduct,
  updateDataSources,
} from '@stoa/contract/data-product';
import { getAccessRequestRecords, requestAccess } from '@stoa/contract/access-request';
import { getDataProductRequestForms } from '@stoa/contract/asset';
import {
  createDataUseAgreement,
  deleteDataUseAgreement,
  updateDataUseAgreement,
} from '@stoa/contract/data-use-agreement';
import * as contract from '@stoa/contract/request-form';
import { changeTags, createTag } from '@stoa/contract/tag';
import { standardRequestForm } from '@stoa/core/review/standard';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newUuid } from '../../db/new-id.ts';
import { startTestServer, type TestPerson, type TestServer } from '../../testing/app.ts';
import { type Catalogue, seedCatalogue } from '../data-product/seed-catalogue.fixture.ts';

let server: TestServer;
let catalogue: Catalogue;
let governor: TestPerson;
let manager: TestPerson;
let otherManager: TestPerson;
let steward: TestPerson;
let consumer: TestPerson;
beforeAll(async () => {
  server = await startTestServer();
  governor = await server.person({ username: 'gus', permissions: ['GOVERNANCE'] });
  manager = await server.person({ username: 'mia', name: 'Mia Manager' });
  otherManager = await server.person({ username: 'finn' });
  steward = await server.person({ username: 'stella' });
  consumer = await server.person({ username: 'con' });
  catalogue = await seedCatalogue(server.deps.db);
  await grant(manager, catalogue.claims);
  await grant(otherManager, catalogue.finance);
});
afterAll(() => server.stop());

const grant = (person: TestPerson, domainId: string) =>
  sql`insert into domain_permission (domain_id, permission, principal_type, user_id)
    values (${domainId}, 'Manage Data Products', 'user', ${person.globalUserId})`.execute(server.deps.db);

const question = (label = 'Why?', id = newUuid()) => ({ id, type: 'SHORT_ANSWER' as const, label, required: true });
const delegating = { rules: [], defaultEvent: { type: 'dataProductPolicy' as const } };
const reviewedBy = (person: TestPerson) => ({
  rules: [],
  defaultEvent: {
    type: 'review' as const,
    params: {
      stages: [{ any: [{ type: 'USER' as const, id: person.globalUserId, displayName: person.name }] }],
    },
  },
});

let made = 0;
const bodyOf = (over: Partial<contract.CreateRequestFormBody> = {}): contract.CreateRequestFormBody => ({
  name: `Form ${++made}`,
  fields: [question()],
  policy: delegating,
  ...over,
});
async function makeForm(over: Partial<contract.CreateRequestFormBody> = {}, who = governor) {
  const answer = await who.call(contract.createRequestForm, { body: bodyOf(over) });
  if (answer.status !== 201) throw new Error(JSON.stringify(answer.body));
  return answer.body;
}
async function publish(over: object, who = manager) {
  const body = {
    name: `Product ${++made}`,
    metadata: null,
    domains: [catalogue.claims],
    dataSources: [{ sourceId: String(catalogue.sources.policies) }],
    ...over,
  };
  const answer = await who.call(createDataProduct, { body });
  if (answer.status !== 201 || Array.isArray(answer.body)) throw new Error(JSON.stringify(answer.body));
  return answer.body;
}
const edit = (
  who: TestPerson,
  id: string,
  body: contract.UpdateRequestFormBody,
  headers: Record<string, string> = {},
) => who.call(contract.updateRequestForm, { params: { id }, body, headers });
const remove = (who: TestPerson, id: string) => who.call(contract.deleteRequestFormById, { params: { id } });
const read = (id: string, who = consumer) => who.call(contract.getRequestFormById, { params: { id } });
const auditOf = async (id: string) =>
  (
    await sql<{ action: string; actor_id: string }>`select action, actor_id from audit_event
      where target_type = 'REQUEST_FORM' and targets->0->>'id' = ${id} order by sequence`.execute(server.deps.db)
  ).rows.map((row) => row.action);

test('governors and managers make forms, everybody who is signed in reads them, others make none', async () => {
  expect((await server.nobody.call(contract.createRequestForm, { body: bodyOf() })).status).toBe(401);
  for (const who of [consumer, steward])
    expect((await who.call(contract.createRequestForm, { body: bodyOf() })).status).toBe(403);
  const fields: contract.FormField[] = [
    question('Why?'),
    { id: newUuid(), type: 'DROPDOWN', label: 'Where?', required: false, options: [{ value: 'EU' }] },
    { id: newUuid(), type: 'CHECKBOXES', label: 'Which?', required: true, options: [{ value: 'A' }] },
    { id: newUuid(), type: 'ACCESS_DURATION', label: contract.durationLabel, required: true },
  ];
  const form = await makeForm({ name: '  All four kinds ', fields }, manager);
  expect(form).toMatchObject({
    name: 'All four kinds',
    fields,
    versionNumber: 1,
    standard: false,
    dataUseAgreements: [],
    createdBy: { globalUserId: manager.globalUserId, name: 'Mia Manager' },
    usedBy: { dataProducts: 0, assets: 0 },
    abilities: { edit: { allowed: true }, delete: { allowed: true } },
  });
  expect((await read(form.id)).body).toMatchObject({ fields, abilities: { edit: { allowed: false } } });
  expect((await read(newUuid())).status).toBe(404);
  expect(await auditOf(form.id)).toEqual(['RequestFormCreated']);
});

test('an id is taken from the body once, and a name whichever way it is written', async () => {
  const id = newUuid();
  expect((await makeForm({ id })).id).toBe(id);
  const again = await governor.call(contract.createRequestForm, { body: bodyOf({ id }) });
  expect(again).toMatchObject({ status: 409, body: { code: 'request_form.id_taken' } });
  await makeForm({ name: 'Straße ΣΑΣ' });
  // Full-width letters, and the Greek small sigma of the end of a word.
  for (const name of ['straße σας', 'Ｓtraße  ΣΑΣ', 'STRASSE ΣΑΣ'])
    expect((await governor.call(contract.createRequestForm, { body: bodyOf({ name }) })).body).toMatchObject({
      status: 409,
      code: 'request_form.name_taken',
    });
  const both = await Promise.all(
    ['Twice', 'TWICE'].map((name) => governor.call(contract.createRequestForm, { body: bodyOf({ name }) })),
  );
  expect(both.map((answer) => answer.status).sort()).toEqual([201, 409]);
  const renamed = await edit(governor, id, { name: 'twice' });
  expect(renamed).toMatchObject({ status: 409, body: { code: 'request_form.name_taken' } });
});

test('questions, flows and rules over what is not asked are refused with their places, and nothing is saved', async () => {
  const field = question();
  const rule = { conditions: { all: [{ fact: 'answers', path: `$.${field.id}`, operator: 'equal', value: 'x' }] } };
  const policy = { ...delegating, rules: [{ ...rule, event: { type: 'deny' as const, params: {} } }] };
  const refusals: [Partial<contract.CreateRequestFormBody>, string, string][] = [
    [{ fields: [field, field] }, 'request_form.fields_invalid', 'body.fields[1].id'],
    [
      { fields: [{ ...field, type: 'DROPDOWN', options: [] }] },
      'request_form.fields_invalid',
      'body.fields[0].options',
    ],
    [{ policy }, 'review_flow.invalid', 'body.policy.rules[0].conditions.all[0].path'],
    [
      { policy: { rules: [], defaultEvent: { type: 'approve', params: {} } } },
      'review_flow.invalid',
      'body.policy.defaultEvent.params.comment',
    ],
    [
      {
        policy: {
          rules: [],
          defaultEvent: { type: 'review', params: { stages: [{ any: [{ type: 'CATALOG PERMISSION' }] }] } },
        },
      },
      'review_flow.reviewer_unsupported',
      'body.policy.defaultEvent.params.stages[0][0]',
    ],
  ];
  for (const [over, code, path] of refusals) {
    const answer = await governor.call(contract.createRequestForm, { body: bodyOf(over) });
    expect(answer).toMatchObject({ status: 422, body: { code, errors: [{ path }] } });
  }
  const form = await makeForm({ fields: [field], policy });
  const removed = await edit(governor, form.id, { fields: [] });
  expect(removed).toMatchObject({
    status: 422,
    body: { errors: [{ path: 'body.policy.rules[0].conditions.all[0].path' }] },
  });
  expect((await edit(governor, form.id, { fields: [], policy: delegating })).status).toBe(201);
  const unknown = await edit(governor, form.id, { dataUseAgreementIds: [newUuid()] });
  expect(unknown).toMatchObject({ status: 422, body: { code: 'request_form.agreement_unknown' } });
});

test('a question that stands twice is refused, also where the second is the very same', async () => {
  const field = question();
  const form = await makeForm({ fields: [field] });
  for (const second of [field, { ...field, label: 'Otherwise?' }])
    expect(await edit(governor, form.id, { fields: [field, second] })).toMatchObject({
      status: 422,
      body: { code: 'request_form.fields_invalid', errors: [{ path: 'body.fields[1].id' }] },
    });
  expect((await edit(governor, form.id, { fields: [field] })).body).toMatchObject({ version: form.version });
});

test('each save makes a version, what is already there makes none, and old versions stay readable', async () => {
  const first = await makeForm({}, manager);
  const kept = first.fields[0];
  if (kept === undefined) throw new Error('a form without its question');
  const fields = [question('How?'), kept];
  const second = await edit(manager, first.id, { fields });
  expect(second).toMatchObject({ status: 201, body: { versionNumber: 2, fields, name: first.name } });
  expect(second.body.version).not.toBe(first.version);
  const same = await edit(manager, first.id, { name: first.name, fields, policy: delegating });
  expect(same).toMatchObject({ status: 201, body: { version: second.body.version, versionNumber: 2 } });
  const third = await edit(governor, first.id, { name: `${first.name} anew` });
  expect(third.body.versionNumber).toBe(3);
  const byVersion = (version: string) => consumer.call(contract.getRequestFormByVersion, { params: { version } });
  expect((await byVersion(first.version)).body).toMatchObject({ name: first.name, fields: [kept], versionNumber: 1 });
  expect((await byVersion('cstandardrequestform00009')).status).toBe(404);
  const list = await consumer.call(contract.listRequestFormVersions, { params: { id: first.id }, query: { limit: 2 } });
  expect(list.body).toMatchObject({
    meta: { totalCount: 3 },
    data: [
      { number: 3, isCurrent: true, createdBy: { globalUserId: governor.globalUserId }, requests: 0 },
      { number: 2, isCurrent: false, createdBy: { name: 'Mia Manager' } },
    ],
  });
  const difference = (version: string, from?: string) =>
    consumer.call(contract.compareRequestFormVersions, {
      params: { id: first.id, version },
      query: from === undefined ? {} : { from },
    });
  expect((await difference(second.body.version)).body).toEqual({
    from: { version: first.version, number: 1 },
    to: { version: second.body.version, number: 2 },
    difference: {
      fields: [{ id: fields[0]?.id, after: fields[0], placeAfter: 1, moved: false }],
      agreements: [],
    },
  });
  expect((await difference(third.body.version, first.version)).body.difference).toMatchObject({
    name: { before: first.name, after: `${first.name} anew` },
    fields: [{ placeAfter: 1 }],
  });
  expect((await difference(first.version)).body).toMatchObject({
    from: null,
    difference: { fields: [{ placeAfter: 1 }] },
  });
  const foreign = await makeForm();
  expect((await difference(foreign.version)).status).toBe(404);
  expect((await difference(second.body.version, foreign.version)).status).toBe(404);
  expect((await remove(manager, first.id)).status).toBe(204);
  expect((await byVersion(second.body.version)).body).toMatchObject({ id: first.id, versionNumber: 2 });
  expect((await consumer.call(contract.listRequestFormVersions, { params: { id: first.id } })).status).toBe(404);
  expect(await auditOf(first.id)).toEqual([
    'RequestFormCreated',
    'RequestFormUpdated',
    'RequestFormUpdated',
    'RequestFormDeleted',
  ]);
});

test('a manager edits and deletes a form only while all of its products are in their domains', async () => {
  const form = await makeForm({}, manager);
  const product = await publish({ dataAccessRequestFormId: form.id });
  expect((await edit(otherManager, form.id, { name: 'Theirs' })).status).toBe(403);
  expect((await remove(otherManager, form.id)).status).toBe(403);
  expect((await edit(manager, form.id, { fields: [question()] })).status).toBe(201);
  const inFinance = await publish(
    {
      domains: [catalogue.finance],
      dataSources: [{ sourceId: String(catalogue.sources.ledger) }],
      maskingExceptionRequestFormId: form.id,
    },
    otherManager,
  );
  for (const who of [manager, otherManager]) {
    expect(await edit(who, form.id, { fields: [] })).toMatchObject({
      status: 403,
      body: { code: 'permission.denied' },
    });
    expect((await remove(who, form.id)).status).toBe(403);
  }
  const listed = await governor.call(contract.searchRequestForms, {
    query: { nameFilter: form.name, exactMatch: true },
  });
  expect(listed.body.data).toMatchObject([
    { usedBy: { dataProducts: 2, assets: 0 }, associatedDomains: [catalogue.claims, catalogue.finance] },
  ]);
  const used = await consumer.call(contract.getFormDataProducts, { params: { id: form.id } });
  expect(used.body).toEqual([
    { id: product.id, name: product.name, requestTypes: ['DATA_ACCESS'] },
    { id: inFinance.id, name: inFinance.name, requestTypes: ['MASKING_EXCEPTION'] },
  ]);
  expect((await consumer.call(contract.getFormAssets, { params: { id: form.id } })).body).toEqual([]);
  expect(await remove(governor, form.id)).toMatchObject({
    status: 409,
    body: { code: 'request_form.in_use', dataProducts: used.body, assets: [] },
  });
  for (const [who, id] of [
    [manager, product.id],
    [otherManager, inFinance.id],
  ] as const)
    await who.call(updateDataProduct, { params: { id }, body: { requestFormId: standardRequestForm.id } });
  expect((await remove(manager, form.id)).status).toBe(204);
  expect((await remove(manager, form.id)).status).toBe(404);
  expect((await edit(governor, form.id, { name: 'Gone' })).status).toBe(404);
});

test('a form that an asset carries is for governors alone, and is not deleted', async () => {
  const form = await makeForm({}, manager);
  const { policies, claims } = catalogue.objects;
  await sql`insert into asset (data_object_id, data_access_form_id, masking_exception_form_id)
    values (${policies}, ${form.id}, ${form.id}), (${claims}, null, ${form.id})`.execute(server.deps.db);
  expect(await edit(manager, form.id, { fields: [] })).toMatchObject({
    status: 403,
    body: { needs: { permission: 'GOVERNANCE' } },
  });
  expect((await edit(governor, form.id, { fields: [] })).body).toMatchObject({
    usedBy: { dataProducts: 0, assets: 2 },
  });
  const assets = [
    { id: claims, name: 'claimEvents', type: 'DATA_OBJECT', requestType: 'MASKING_EXCEPTION' },
    { id: policies, name: 'policies', type: 'DATA_OBJECT', requestType: 'DATA_ACCESS' },
    { id: policies, name: 'policies', type: 'DATA_OBJECT', requestType: 'MASKING_EXCEPTION' },
  ];
  expect((await consumer.call(contract.getFormAssets, { params: { id: form.id } })).body).toEqual(assets);
  expect(await remove(governor, form.id)).toMatchObject({ status: 409, body: { code: 'request_form.in_use', assets } });
});

test('a form asks for the current text of its agreements, each once and in its order', async () => {
  const agree = async (name: string) =>
    (await governor.call(createDataUseAgreement, { body: { name, body: `The text of ${name}.` } })).body;
  const [first, second] = [await agree('Purpose'), await agree('Retention')];
  const form = await makeForm({ dataUseAgreementIds: [second.id, first.id, second.id] });
  expect(form.dataUseAgreements).toMatchObject([
    { id: second.id, name: 'Retention', version: 1 },
    { id: first.id, name: 'Purpose' },
  ]);
  const kept = await governor.call(deleteDataUseAgreement, { params: { id: first.id } });
  expect(kept).toMatchObject({ status: 409, body: { requestForms: [{ id: form.id }] } });
  await governor.call(updateDataUseAgreement, { params: { id: second.id }, body: { body: 'A newer text.' } });
  const now = await read(form.id);
  expect(now.body).toMatchObject({ versionNumber: 1, dataUseAgreements: [{ body: 'A newer text.', version: 2 }, {}] });
  const reordered = await edit(governor, form.id, { dataUseAgreementIds: [first.id, second.id] });
  expect(reordered.body).toMatchObject({ versionNumber: 2, dataUseAgreements: [{ id: first.id }, { id: second.id }] });
  const dropped = await edit(governor, form.id, { dataUseAgreementIds: [second.id] });
  await governor.call(deleteDataUseAgreement, { params: { id: first.id } });
  const { version } = dropped.body;
  const difference = await consumer.call(contract.compareRequestFormVersions, { params: { id: form.id, version } });
  expect(difference.body.difference.agreements).toEqual([{ id: first.id, name: 'Purpose', change: 'removed' }]);
  const again = await edit(governor, form.id, { dataUseAgreementIds: [first.id] });
  expect(again).toMatchObject({ status: 422, body: { code: 'request_form.agreement_unknown' } });
});

test('products that are hidden from the caller are hidden among the uses of a form too', async () => {
  const form = await makeForm();
  await publish({ requestFormId: form.id });
  const seenBy = async (who: TestPerson) =>
    (await who.call(contract.getFormDataProducts, { params: { id: form.id } })).body.length;
  const show = (isShown: boolean) =>
    sql`insert into setting (name, value) values ('application', ${JSON.stringify({ showDataProductsToConsumers: isShown })}::jsonb)
      on conflict (name) do update set value = setting.value || excluded.value`.execute(server.deps.db);
  await show(false);
  expect([await seenBy(consumer), await seenBy(manager)]).toEqual([0, 1]);
  await show(true);
  expect(await seenBy(consumer)).toBe(1);
});

test('a steward named in the form changes its questions, and neither its name nor its flow', async () => {
  const form = await makeForm({ policy: reviewedBy(steward) });
  await publish({ dataAccessRequestFormId: form.id });
  expect((await read(form.id, steward)).body.abilities?.['edit']).toMatchObject({
    allowed: true,
    fieldsAllowed: ['fields', 'dataUseAgreementIds'],
  });
  const changed = await edit(steward, form.id, { name: form.name, fields: [question('How?')], policy: form.policy });
  expect(changed).toMatchObject({ status: 201, body: { versionNumber: 2 } });
  for (const body of [{ name: 'Mine' }, { policy: delegating }, { fields: [], policy: delegating }])
    expect(await edit(steward, form.id, body)).toMatchObject({
      status: 403,
      body: { code: 'request_form.field_forbidden' },
    });
  expect((await remove(steward, form.id)).status).toBe(403);
  const delegated = await makeForm();
  await publish({ dataAccessRequestFormId: delegated.id, dataAccessReviewFlow: reviewedBy(steward) });
  expect(await edit(steward, delegated.id, { fields: [] })).toMatchObject({
    status: 403,
    body: { code: 'permission.denied' },
  });
});

test('the standard form is neither changed nor deleted, by anybody', async () => {
  const { id } = standardRequestForm;
  for (const who of [governor, manager]) {
    expect(await edit(who, id, { fields: [] })).toMatchObject({ status: 409, body: { code: 'request_form.standard' } });
    expect(await remove(who, id)).toMatchObject({ status: 409, body: { code: 'request_form.standard' } });
  }
  const product = await publish({});
  const used = await consumer.call(contract.getFormDataProducts, { params: { id } });
  expect(used.body).toContainEqual({
    id: product.id,
    name: product.name,
    requestTypes: ['DATA_ACCESS', 'MASKING_EXCEPTION'],
  });
});

test('of two who save at once from the same state, the second one learns of the first', async () => {
  const form = await makeForm();
  const tag = (await read(form.id, governor)).headers.get('etag') ?? '';
  const save = (label: string) => edit(governor, form.id, { fields: [question(label)] }, { 'if-match': tag });
  const both = await Promise.all([save('one'), save('two')]);
  expect(both.map((answer) => answer.status).sort()).toEqual([201, 412]);
  expect((await read(form.id)).body.versionNumber).toBe(2);
  expect(await save('three')).toMatchObject({ status: 412, body: { code: 'precondition.failed' } });
  // Without a precondition both count, one after the other.
  await Promise.all(['four', 'five'].map((label) => edit(governor, form.id, { fields: [question(label)] })));
  expect((await read(form.id)).body.versionNumber).toBe(4);
});

test('a form that a product takes at the same moment is not deleted under it', async () => {
  for (let round = 0; round < 5; round++) {
    const form = await makeForm();
    const body = {
      name: `Racing ${form.name} ${round}`,
      metadata: null,
      domains: [catalogue.claims],
      dataSources: [{ sourceId: String(catalogue.sources.policies) }],
      requestFormId: form.id,
    };
    const [taken, deleted] = await Promise.all([manager.call(createDataProduct, { body }), remove(governor, form.id)]);
    expect([
      [201, 409],
      [422, 204],
    ]).toContainEqual([taken.status, deleted.status]);
  }
});

test('a product asks by the current version at once, and a request that waits keeps its own', async () => {
  const form = await makeForm({ policy: reviewedBy(steward) });
  const product = await publish({ requestFormId: form.id });
  const fieldId = form.fields[0]?.id ?? '';
  const asked = await consumer.call(requestAccess, {
    params: { id: product.id },
    body: { user: consumer.globalUserId, form: { answers: [{ fieldId, value: 'For a report.' }] } },
  });
  expect(asked).toMatchObject({ status: 201, body: { status: 'PENDING', formVersion: form.version } });
  const preview = await governor.call(contract.previewRequestForm, {
    body: { id: form.id, fields: [question('How?')] },
  });
  expect(preview.body).toMatchObject({
    usedBy: { dataProducts: 1, assets: 0 },
    pendingRequests: 1,
    problems: [],
    difference: { fields: [{ id: fieldId }, { after: { label: 'How?' } }] },
  });
  const saved = await edit(governor, form.id, { fields: [question('How?')] });
  const shown = await consumer.call(getDataProductRequestForms, { params: { id: product.id } });
  expect(shown.body.map((one) => one.version)).toEqual([saved.body.version, saved.body.version]);
  const versions = await consumer.call(contract.listRequestFormVersions, { params: { id: form.id } });
  expect(versions.body.data).toMatchObject([
    { number: 2, requests: 0, pendingRequests: 0 },
    { number: 1, requests: 1, pendingRequests: 1 },
  ]);
});

test('the form wins: a flow of the product is kept, and inactive until the form leaves it to the product', async () => {
  const form = await makeForm({ policy: reviewedBy(steward) });
  const own = reviewedBy(manager);
  const product = await publish({ dataAccessRequestFormId: form.id, dataAccessReviewFlow: own });
  const shown = async () => (await manager.call(getDataProductById, { params: { id: product.id } })).body.reviewFlows;
  expect(await shown()).toEqual({
    DATA_ACCESS: { own, isActive: false },
    MASKING_EXCEPTION: { own: null, isActive: true },
  });
  const ask = async (who: TestPerson) => {
    const fields = (await read(form.id)).body.fields;
    const answers = fields.map((field) => ({ fieldId: field.id, value: 'For a report.' }));
    const asked = await who.call(requestAccess, {
      params: { id: product.id },
      body: { user: who.globalUserId, form: { answers } },
    });
    const records = await who.call(getAccessRequestRecords, { params: { id: asked.body.id } });
    return records.body.approvalRecords.flatMap((record) => record.approvers);
  };
  expect(await ask(consumer)).toMatchObject([{ type: 'USER', id: steward.globalUserId }]);
  expect((await edit(governor, form.id, { policy: delegating })).status).toBe(201);
  expect((await shown())?.DATA_ACCESS).toEqual({ own, isActive: true });
  expect(await ask(otherManager)).toMatchObject([{ type: 'USER', id: manager.globalUserId }]);
});

test('only an owner attaches a form to a product: a manager who is none may not', async () => {
  const form = await makeForm();
  const product = await publish({});
  const second = await server.person({ username: 'second' });
  await grant(second, catalogue.claims);
  const attach = (who: TestPerson) =>
    who.call(updateDataProduct, { params: { id: product.id }, body: { maskingExceptionRequestFormId: form.id } });
  expect(await attach(second)).toMatchObject({ status: 403, body: { code: 'data_product.field_forbidden' } });
  expect((await attach(consumer)).status).toBe(403);
  expect(await attach(manager)).toMatchObject({
    status: 200,
    body: { dataAccessRequestFormId: standardRequestForm.id, maskingExceptionRequestFormId: form.id },
  });
});

test('a preview tells what stands in the way and writes nothing', async () => {
  const form = await makeForm();
  const other = await makeForm();
  const preview = (who: TestPerson, body: contract.UpdateRequestFormBody, id = form.id) =>
    who.call(contract.previewRequestForm, { body: { ...body, ...(id === '' ? {} : { id }) } });
  expect((await preview(consumer, {})).status).toBe(403);
  expect((await preview(governor, {}, newUuid())).status).toBe(404);
  expect((await preview(governor, {}, standardRequestForm.id)).body).toMatchObject({ code: 'request_form.standard' });
  const bad = await preview(governor, { name: other.name.toUpperCase(), fields: [question(' ')] });
  expect(bad.body.problems).toMatchObject([
    { path: 'name', code: 'request_form.name_taken' },
    { path: 'fields[0].label', code: 'request_form.fields_invalid' },
  ]);
  expect((await read(form.id)).body.versionNumber).toBe(1);
  expect((await preview(consumer, bodyOf(), '')).status).toBe(403);
  expect((await preview(manager, bodyOf({ name: other.name }), '')).body).toMatchObject({
    problems: [{ path: 'name', code: 'request_form.name_taken' }],
    usedBy: { dataProducts: 0, assets: 0 },
    difference: { fields: [{ placeAfter: 1 }] },
  });
});

test('forms are found by name, sorted, and counted', async () => {
  for (const name of ['Zebra form', 'alpha form']) await makeForm({ name });
  const find = (query: object) => consumer.call(contract.searchRequestForms, { query });
  const names = async (query: object) => (await find(query)).body.data.map((one) => one.name);
  expect(await names({ nameFilter: 'a form' })).toEqual(['alpha form', 'Zebra form']);
  expect(await names({ nameFilter: 'a form', sortOrder: 'desc' })).toEqual(['Zebra form', 'alpha form']);
  expect(await names({ nameFilter: 'ALPHA FORM', exactMatch: true })).toEqual(['alpha form']);
  expect((await find({ nameFilter: 'a form', limit: 1, sortBy: 'createdAt' })).body).toMatchObject({
    data: [{ name: 'Zebra form' }],
    meta: { totalCount: 2, totalPages: 2 },
  });
});

test('highly sensitive data is given without a decision by a governor alone, whichever way leads there', async () => {
  const { policies, claims } = catalogue.sources;
  const tagId = (await governor.call(createTag, { body: { name: 'Health', sensitivity: 'high' } })).body.id;
  const childId = (await governor.call(createTag, { body: { name: 'Health.Diagnosis' } })).body.id;
  const columns = [{ dataSourceId: claims, name: 'customerEmail' }];
  await governor.call(changeTags, { body: { add: [childId], targets: { columns } } });
  const open = { rules: [], defaultEvent: { type: 'approve' as const, params: { comment: 'Open to all.' } } };
  const condition = { fact: 'duration' as const, operator: 'lessThan' as const, value: 8 };
  const openForAWeek = {
    rules: [{ conditions: { all: [condition] }, event: open.defaultEvent }],
    defaultEvent: reviewedBy(steward).defaultEvent,
  };
  const sensitive = { dataSources: [{ sourceId: String(policies) }, { sourceId: String(claims) }] };
  const refused = {
    status: 403,
    body: {
      code: 'data_product.automatic_needs_governor',
      detail: expect.stringMatching(/claimEvents \(Health\.Diagnosis\) in Product \d+\. Nothing was changed\.$/),
    },
  };
  const create = (who: TestPerson, over: object) =>
    who.call(createDataProduct, {
      body: { name: `Product ${++made}`, metadata: null, domains: [catalogue.claims], ...sensitive, ...over },
    });
  const openForm = await makeForm({ policy: open }, manager);
  const delegatingForm = await makeForm({}, manager);
  // At publishing: by the form, by its masking form, by the product's own flow, by a rule of it.
  expect(await create(manager, { requestFormId: openForm.id })).toMatchObject(refused);
  expect(await create(manager, { maskingExceptionRequestFormId: openForm.id })).toMatchObject(refused);
  expect(await create(manager, { dataAccessReviewFlow: open })).toMatchObject(refused);
  expect(await create(manager, { maskingExceptionReviewFlow: openForAWeek })).toMatchObject(refused);
  // A flow that no form heeds decides nothing; and a governor may.
  const asked = await makeForm({ policy: reviewedBy(steward) }, manager);
  expect((await create(manager, { requestFormId: asked.id, dataAccessReviewFlow: open })).status).toBe(201);
  expect((await create(governor, { requestFormId: openForm.id })).status).toBe(201);
  // Afterwards: another form, another flow, one more source, another version of the form.
  const product = await publish({ ...sensitive, requestFormId: delegatingForm.id });
  const alter = (body: object) => manager.call(updateDataProduct, { params: { id: product.id }, body });
  expect(await alter({ requestFormId: openForm.id })).toMatchObject(refused);
  expect(await alter({ dataAccessReviewFlow: open })).toMatchObject(refused);
  expect(await edit(manager, delegatingForm.id, { policy: openForAWeek })).toMatchObject(refused);
  expect((await alter({ description: 'Nothing of how it is asked for.' })).status).toBe(200);
  const harmless = await publish({ requestFormId: openForm.id });
  const add = (who: TestPerson) => who.call(updateDataSources, { params: { id: harmless.id }, body: sensitive });
  expect(await add(manager)).toMatchObject(refused);
  expect(await manager.call(updateDataProduct, { params: { id: harmless.id }, body: sensitive })).toMatchObject(
    refused,
  );
  expect((await read(delegatingForm.id)).body.versionNumber).toBe(1);
  expect((await add(governor)).status).toBeLessThan(300);
  // What a governor has let be so stays, and a manager may still make it less.
  await governor.call(changeTags, { body: { remove: [childId], targets: { columns } } });
  expect((await edit(manager, delegatingForm.id, { policy: openForAWeek })).status).toBe(201);
  await governor.call(changeTags, { body: { add: [tagId], targets: { dataObjectIds: [catalogue.objects.claims] } } });
  expect(await alter({ requestFormId: openForm.id })).toMatchObject({
    status: 403,
    body: { detail: expect.stringContaining('(Health)') },
  });
  expect((await alter({ requestFormId: standardRequestForm.id })).status).toBe(200);
});
