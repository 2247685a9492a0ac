import { createHash } from 'node:crypto';
import * as contract from '@stoa/contract/data-use-agreement';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newUuid } from '../../db/new-id.ts';
import { addDataSources } from '../../testing/data-sources.ts';
import { startTestServer, type TestPerson, type TestServer } from '../../testing/app.ts';
import { makeProduct, reviewBy, user } from '../access-request/requests.fixture.ts';
import { makeAgreement, makeFormAsking } from './agreements.fixture.ts';

let server: TestServer;
let governor: TestPerson;
let manager: TestPerson;
let steward: TestPerson;
let consumer: TestPerson;
beforeAll(async () => {
  server = await startTestServer();
  governor = await server.person({ username: 'governor', permissions: ['GOVERNANCE'] });
  manager = await server.person({ username: 'manager' });
  steward = await server.person({ username: 'steward' });
  consumer = await server.person({ username: 'consumer' });
});
afterAll(() => server.stop());

const allow = (domainId: string, person: TestPerson) =>
  sql`insert into domain_permission (domain_id, permission, principal_type, user_id)
    values (${domainId}, 'Manage Data Products', 'user', ${person.globalUserId})`.execute(server.deps.db);
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const of = (id: string) => ({ params: { id } });

/** An agreement that a form asks for; the form names the steward, and a product that `manager` manages uses it. */
async function usedAgreement() {
  const agreement = await makeAgreement(governor);
  const formId = await makeFormAsking(server, {
    policy: reviewBy({ any: [user(steward)] }),
    agreements: [agreement.id],
  });
  const product = await makeProduct(server, governor, { formId });
  await allow(product.domainId, manager);
  return { ...agreement, formId };
}

describe('an agreement', () => {
  test('is made by a manager, has version 1, and the hash of its text', async () => {
    await usedAgreement();
    const body = 'Nür für "Berichte" 🙂\n\n- not for training';
    const made = await manager.call(contract.createDataUseAgreement, { body: { name: ' Reports only ', body } });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({ name: 'Reports only', body, version: 1, sha256: sha256(body), usedByForms: 0 });
    expect((await consumer.call(contract.getDataUseAgreementById, of(made.body.id))).body).toMatchObject({ body });
  });

  test('is for governors once a form that an asset carries asks for it', async () => {
    const { id, formId } = await usedAgreement();
    const change = (who: TestPerson, body: string) =>
      who.call(contract.updateDataUseAgreement, { ...of(id), body: { body } });
    expect((await change(manager, 'Before the asset.')).status).toBe(201);
    const { connectionId } = await addDataSources(server.deps.db, {
      connectionKey: `k${newUuid().replaceAll('-', '')}`,
      schema: 's',
      tables: ['carrier'],
    });
    await sql`insert into asset (data_object_id, data_access_form_id)
      select id, ${formId} from data_object where connection_id = ${connectionId} limit 1`.execute(server.deps.db);
    expect((await change(manager, 'By a manager.')).status).toBe(403);
    expect((await change(governor, 'By a governor.')).status).toBe(201);
  });

  test('says something: a text of spaces alone is refused, made and changed', async () => {
    const { id } = await makeAgreement(governor);
    for (const body of ['  ', '\n\u00a0\t', '']) {
      const made = await governor.call(contract.createDataUseAgreement, { body: { name: 'Says nothing', body } });
      expect(made).toMatchObject({
        status: 400,
        body: { errors: expect.arrayContaining([expect.objectContaining({ path: 'body.body' })]) },
      });
      expect((await governor.call(contract.updateDataUseAgreement, { ...of(id), body: { body } })).status).toBe(400);
    }
  });

  test('is not made by somebody who manages nothing, nor by nobody', async () => {
    const body = { name: 'Mine', body: 'x' };
    expect((await consumer.call(contract.createDataUseAgreement, { body })).status).toBe(403);
    expect((await server.nobody.call(contract.createDataUseAgreement, { body })).status).toBe(401);
  });

  test('takes a name once, however it is written, also by two people at the same time', async () => {
    const names = ['Straße der Daten', 'STRASSE DER DATEN', 'ｓｔｒａｓｓｅ  der daten'];
    const answers = await Promise.all(
      names.map((name) => governor.call(contract.createDataUseAgreement, { body: { name, body: 'x' } })),
    );
    expect(answers.map((a) => a.status).sort()).toEqual([201, 409, 409]);
    expect(answers.find((a) => a.status === 409)?.body).toMatchObject({ code: 'data_use_agreement.name_taken' });
    const taken = answers.find((a) => a.status === 201)?.body.id ?? '';
    const again = await governor.call(contract.createDataUseAgreement, {
      body: { name: 'Other', body: 'x', id: taken },
    });
    expect(again).toMatchObject({ status: 409, body: { code: 'data_use_agreement.id_taken' } });
    const other = await makeAgreement(governor);
    const renamed = await governor.call(contract.updateDataUseAgreement, {
      ...of(other.id),
      body: { name: 'strasse DER daten' },
    });
    expect(renamed).toMatchObject({ status: 409, body: { code: 'data_use_agreement.name_taken' } });
  });

  test('keeps every version that was saved; saving what is there makes none', async () => {
    const { id } = await makeAgreement(governor, 'one');
    const save = (body: object) => governor.call(contract.updateDataUseAgreement, { ...of(id), body });
    expect((await save({ body: 'two' })).body).toMatchObject({ version: 2, sha256: sha256('two') });
    expect((await save({ body: 'two' })).body).toMatchObject({ version: 2 });
    const { body } = await consumer.call(contract.listAgreementVersions, of(id));
    expect(body.data.map((v) => [v.version, v.sha256])).toEqual([
      [2, sha256('two')],
      [1, sha256('one')],
    ]);
    const first = await consumer.call(contract.getAgreementVersion, { params: { id, version: 1 } });
    expect(first.body).toMatchObject({ body: 'one', createdBy: { name: 'governor' } });
    expect((await consumer.call(contract.getAgreementVersion, { params: { id, version: 3 } })).status).toBe(404);
  });

  test('two saves at once make two versions', async () => {
    const { id } = await makeAgreement(governor, 'one');
    const save = (body: string) => governor.call(contract.updateDataUseAgreement, { ...of(id), body: { body } });
    const answers = await Promise.all([save('a'), save('b')]);
    expect(answers.map((a) => a.status)).toEqual([201, 201]);
    const { body } = await governor.call(contract.listAgreementVersions, of(id));
    expect(body.data.map((v) => v.version)).toEqual([3, 2, 1]);
  });

  test('is not saved over the change of somebody else', async () => {
    const { id } = await makeAgreement(governor, 'one');
    const etag = (await governor.call(contract.getDataUseAgreementById, of(id))).headers.get('etag') ?? '';
    const save = (body: string) =>
      governor.call(contract.updateDataUseAgreement, { ...of(id), body: { body }, headers: { 'if-match': etag } });
    expect((await save('two')).status).toBe(201);
    expect(await save('three')).toMatchObject({ status: 412, body: { code: 'precondition.failed' } });
  });

  test('of two who save their change of the same version at once, one is told', async () => {
    const { id } = await makeAgreement(governor, 'one');
    const etag = (await governor.call(contract.getDataUseAgreementById, of(id))).headers.get('etag') ?? '';
    const save = (body: string) =>
      governor.call(contract.updateDataUseAgreement, { ...of(id), body: { body }, headers: { 'if-match': etag } });
    const answers = await Promise.all(['a', 'b', 'c', 'd'].map(save));
    expect(answers.map((answer) => answer.status).toSorted()).toEqual([201, 412, 412, 412]);
  });

  test('that forms ask for is changed by who manages all that uses it; its steward changes the text alone', async () => {
    const { id } = await usedAgreement();
    const save = (who: TestPerson, body: object) => who.call(contract.updateDataUseAgreement, { ...of(id), body });
    const shown = await steward.call(contract.getDataUseAgreementById, of(id));
    expect(shown.body.abilities).toMatchObject({
      edit: { allowed: true, fieldsAllowed: ['body'] },
      delete: { allowed: false },
    });
    expect((await save(steward, { body: 'by the steward', name: shown.body.name })).status).toBe(201);
    expect((await save(steward, { name: 'Renamed' })).status).toBe(403);
    expect((await save(manager, { name: `Renamed ${id}` })).status).toBe(201);
    expect((await save(consumer, { body: 'x' })).status).toBe(403);
    expect((await save(consumer, {})).status).toBe(403);
    const other = await server.person({ username: `other-${id}` });
    await allow((await makeProduct(server, governor)).domainId, other);
    expect((await save(other, { body: 'x' })).status).toBe(403);
    expect((await governor.call(contract.updateDataUseAgreement, { ...of(newUuid()), body: {} })).status).toBe(404);
  });

  test('that forms ask for is not deleted, and the answer names the forms', async () => {
    const { id, name, formId } = await usedAgreement();
    const refused = await manager.call(contract.deleteDataUseAgreement, of(id));
    expect(refused).toMatchObject({
      status: 409,
      body: {
        code: 'data_use_agreement.in_use',
        detail: `"${name}" is asked for by "Form ${formId}". It was not deleted.`,
        requestForms: [{ id: formId }],
      },
    });
    const forms = await consumer.call(contract.getAssociatedRequestForms, of(id));
    expect(forms.body).toEqual([{ id: formId, name: `Form ${formId}` }]);
    expect((await steward.call(contract.deleteDataUseAgreement, of(id))).status).toBe(403);
    await sql`update request_form set deleted_at = now() where id = ${formId}`.execute(server.deps.db);
    expect((await governor.call(contract.deleteDataUseAgreement, of(id))).status).toBe(204);
    expect((await governor.call(contract.deleteDataUseAgreement, of(id))).status).toBe(404);
    expect((await governor.call(contract.getDataUseAgreementById, of(id))).status).toBe(404);
    // The name is free again.
    expect((await governor.call(contract.createDataUseAgreement, { body: { name, body: 'x' } })).status).toBe(201);
  });

  test('is found by part of its name, or by the whole', async () => {
    await governor.call(contract.createDataUseAgreement, { body: { name: 'Zürich 100% terms', body: 'x' } });
    const find = async (query: object) =>
      (await consumer.call(contract.searchDataUseAgreements, { query })).body.data.map((a) => a.name);
    expect(await find({ nameFilter: 'ZÜRICH 100%' })).toEqual(['Zürich 100% terms']);
    expect(await find({ nameFilter: 'zürich', exactMatch: true })).toEqual([]);
    expect(await find({ nameFilter: 'zürich 100% TERMS', exactMatch: true })).toEqual(['Zürich 100% terms']);
    const all = await consumer.call(contract.searchDataUseAgreements, { query: { limit: 2, sortBy: 'createdAt' } });
    expect(all.body.data).toHaveLength(2);
    expect(all.body.meta.totalCount).toBeGreaterThan(2);
  });

  test('leaves an audit row for all that was done to it, in which its text does not stand', async () => {
    const { id } = await makeAgreement(governor, 'A text of its own.');
    await governor.call(contract.updateDataUseAgreement, { ...of(id), body: { body: 'Another text of its own.' } });
    await governor.call(contract.deleteDataUseAgreement, of(id));
    const { rows } = await sql<{ action: string; payload: object }>`select action, payload from audit_event
      where targets @> ${JSON.stringify([{ id }])}::jsonb order by sequence`.execute(server.deps.db);
    expect(rows.map((row) => row.action)).toEqual([
      'DataUseAgreementCreated',
      'DataUseAgreementUpdated',
      'DataUseAgreementDeleted',
    ]);
    expect(JSON.stringify(rows)).not.toContain('of its own');
  });
});
