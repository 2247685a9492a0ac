import { type AccessExplanation, explainAccess } from '@stoa/contract/access';
import { createDataProduct } from '@stoa/contract/data-product';
import { readDataSource } from '@stoa/contract/data-source';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { newCuid } from '../../db/new-id.ts';
import { startTestServer, type TestPerson, type TestServer } from '../../testing/app.ts';
import { endPolicy, givePolicy } from '../../testing/policies.ts';
import { type Catalogue, seedCatalogue } from '../data-product/seed-catalogue.fixture.ts';
import { standardFormVersion } from '../request-form/ensure-standard-form.ts';

let server: TestServer;
let catalogue: Catalogue;
let governor: TestPerson;
let useradmin: TestPerson;
const policies: string[] = [];

beforeAll(async () => {
  server = await startTestServer();
  governor = await server.person({ username: 'gus', name: 'Gus', permissions: ['GOVERNANCE'] });
  useradmin = await server.person({ username: 'una', name: 'Una', permissions: ['USER_ADMIN'] });
  catalogue = await seedCatalogue(server.deps.db);
});
afterEach(async () => {
  for (const id of policies.splice(0)) await endPolicy(server.deps, id);
});
afterAll(() => server.stop());

let given = 0;
const givesAll = async () => {
  const condition = "NOT @isInGroups('Nobody')";
  policies.push(await givePolicy(server.deps, { name: `Open to all ${++given}`, kind: 'grant', condition }));
};

/** Somebody with a login on the platform, in whatever state it is. */
async function reader(username: string, state = 'mapped', reason: string | null = null): Promise<TestPerson> {
  const person = await server.person({ username });
  await sql`insert into platform_identity (connection_id, global_user_id, external_name, platform_principal_id, state, reason)
    values (${catalogue.connectionId}, ${person.globalUserId}, ${`${username}_login`}, ${username}, ${state}, ${reason})`.execute(
    server.deps.db,
  );
  return person;
}

async function why(person: TestPerson, sourceId: number): Promise<AccessExplanation> {
  const { status, body } = await governor.call(explainAccess, { query: { user: person.globalUserId, sourceId } });
  expect(status).toBe(200);
  return body;
}
const lastStep = ({ path }: AccessExplanation) => path.at(-1);

test('a policy gives a source that is kept closed: the step is about the source, and no request is named', async () => {
  const { policies: sourceId } = catalogue.sources;
  const person = await reader('closed');
  await givesAll();
  await sql`insert into source_protection (data_source_id, connection_id, state) values (${sourceId}, ${catalogue.connectionId}, 'closed')`.execute(
    server.deps.db,
  );
  const told = await why(person, sourceId);
  expect(told.causes).toMatchObject([{ kind: 'policy', gives: false, reason: 'source.unprotected' }]);
  expect(told.next).toMatch(/^A data policy acts on the source and the platform does not hold it/);
  expect(lastStep(told)).toMatchObject({ kind: 'ask', people: [{ name: 'Gus' }] });
  await sql`delete from source_protection`.execute(server.deps.db);
});

test('of somebody who is disabled the step is enabling them, and who can', async () => {
  const { policies: sourceId } = catalogue.sources;
  const person = await reader('disabled');
  const made = await governor.call(createDataProduct, {
    body: { name: 'Given', metadata: null, domains: [catalogue.claims], dataSources: [{ sourceId: String(sourceId) }] },
  });
  if (Array.isArray(made.body)) throw new Error('not made');
  await server.deps.db
    .insertInto('access_request')
    .values({
      id: newCuid(),
      type: 'DATA_ACCESS',
      status: 'APPROVED',
      requesting_user: person.globalUserId,
      beneficiary: person.globalUserId,
      data_product_id: String(made.body.id),
      form_version: standardFormVersion,
      form: JSON.stringify({ formVersion: standardFormVersion, answers: [], agreements: [] }),
      flow: '{}',
      event: JSON.stringify({ type: 'approve', params: {} }),
      decided_at: new Date(),
    })
    .execute();
  await givesAll();
  await sql`update app_user set status = 'disabled' where global_user_id = ${person.globalUserId}`.execute(
    server.deps.db,
  );
  const told = await why(person, sourceId);
  expect(told.causes.map(({ kind, gives, reason }) => [kind, gives, reason])).toEqual([
    ['request', false, 'user.disabled'],
    ['policy', false, 'user.disabled'],
  ]);
  expect(told.next).toContain('Ask a user admin to enable them');
  expect(lastStep(told)).toMatchObject({ kind: 'ask', people: [{ name: 'Una' }] });
});

test('a table that is gone is named as gone, has no place to read it at, and stands in no state of policies', async () => {
  const { claims: sourceId } = catalogue.sources;
  const person = await reader('late');
  const set = (missing: Date | null) =>
    sql`update data_object set missing_since = ${missing} where id = ${catalogue.objects.claims}`.execute(
      server.deps.db,
    );
  const read = async () => (await governor.call(readDataSource, { params: { id: sourceId } })).body;
  expect(await read()).toMatchObject({ policyState: 'COMPLIANT', exposedPath: ['warehouse', 'claims', 'claimEvents'] });
  expect((await why(person, sourceId)).next).toContain('Request access to');
  await set(new Date());
  const told = await why(person, sourceId);
  expect(told.next).toMatch(/^It is no longer on warehouse/);
  expect(told.guardrails).toContainEqual({ name: 'source.available', passes: false, reason: 'source.missing' });
  expect(lastStep(told)?.kind).toBe('ask');
  expect(told.source?.exposedPath).toBeNull();
  const gone = await read();
  expect([gone.policyState, gone.exposedPath]).toEqual([undefined, null]);
  await set(null);
});

test('a login that was made anew is to be confirmed, and one that is not there is to be mapped', async () => {
  const { policies: sourceId } = catalogue.sources;
  const anew = await reader('anew', 'unverified', 'The login was made anew on the platform.');
  const nobody = await server.person({ username: 'nobody' });
  await givesAll();
  const told = await why(anew, sourceId);
  expect(told.causes).toMatchObject([{ kind: 'policy', gives: false, reason: 'identity.unverified' }]);
  expect(told.next).toBe(
    'Given, but the account anew_login on warehouse is not verified. The login was made anew on the platform. Ask a user admin to confirm it.',
  );
  expect(lastStep(told)?.people).toMatchObject([{ username: useradmin.username }]);
  expect((await why(nobody, sourceId)).next).toBe(
    'Given, but there is no account on warehouse to give it to. Ask a user admin to map one.',
  );
});
