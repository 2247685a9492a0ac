import { acceptAgreements, listRequestAgreements } from '@stoa/contract/agreement-acceptance';
import {
  cancelAccessRequest,
  getAccessRequestById,
  previewAccessRequest,
  requestAccess,
  revokeAccess,
} from '@stoa/contract/access-request';
import { valueOfCell } from '@stoa/contract/csv';
import {
  deleteDataUseAgreement,
  exportAgreementAcceptances,
  listAgreementAcceptances,
  updateDataUseAgreement,
} from '@stoa/contract/data-use-agreement';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newCuid } from '../../db/new-id.ts';
import { startTestServer, type TestPerson, type TestServer } from '../../testing/app.ts';
import { makeAgreement, makeFormAsking } from '../data-use-agreement/agreements.fixture.ts';
import {
  decide,
  makeContainer,
  makeProduct,
  type Product,
  reviewBy,
  standardAnswers,
  user,
} from './requests.fixture.ts';

let server: TestServer;
let governor: TestPerson;
let steward: TestPerson;
let asker: TestPerson;
let other: TestPerson;
beforeAll(async () => {
  server = await startTestServer({ env: { STOA_REQUESTS_PER_HOUR: '100000' } });
  governor = await server.person({ username: 'governor', permissions: ['GOVERNANCE'] });
  steward = await server.person({ username: 'steward' });
  asker = await server.person({ username: 'asker', name: '=Asker+1' });
  other = await server.person({ username: 'other' });
});
afterAll(() => server.stop());

type Agreement = Awaited<ReturnType<typeof makeAgreement>>;

/** A product whose form asks for two agreements and whose steward decides, with a platform to go to. */
async function askable(policy: object = reviewBy({ any: [user(steward)] })) {
  const agreements = [await makeAgreement(governor, 'Text A'), await makeAgreement(governor, 'Text B')];
  const formId = await makeFormAsking(server, { policy, agreements: agreements.map((a) => a.id) });
  const product = await makeProduct(server, governor, { formId });
  await makeContainer(server, product.id);
  return { product, agreements };
}

const named = (agreements: readonly Agreement[]) => agreements.map(({ id, version }) => ({ id, version }));

const askFor = (product: Product, agreements: { id: string; version?: number }[], beneficiary = other, who = asker) =>
  who.call(requestAccess, {
    params: { id: product.id },
    body: { user: beneficiary.globalUserId, form: { ...standardAnswers, agreements } },
  });

const accept = (who: TestPerson, id: string, agreements: { id: string; version: number }[]) =>
  who.call(acceptAgreements, { params: { id }, body: { agreements } });

const keysOf = async (targetId: string) => {
  const { rows } = await sql<{
    cause: string;
  }>`select cause from provisioning_key where target_id = ${targetId} order by id`.execute(server.deps.db);
  return rows.map((row) => row.cause);
};

describe('asking', () => {
  test('needs every agreement of the form, and keeps who accepted which version, and when', async () => {
    const { product, agreements } = await askable();
    const half = await askFor(product, named(agreements.slice(0, 1)), asker);
    expect(half).toMatchObject({ status: 422, body: { code: 'agreement.required', agreements: [agreements[1]?.id] } });
    const made = await askFor(product, named(agreements), asker);
    expect(made).toMatchObject({ status: 201, body: { awaitsAcceptance: false } });
    expect(made.body.form?.agreements).toMatchObject(
      agreements.map(({ id, version, sha256 }) => ({ id, version, sha256, acceptedBy: asker.globalUserId })),
    );
    const read = await asker.call(listRequestAgreements, { params: { id: made.body.id } });
    expect(read.body.agreements.map((a) => [a.body, a.acceptances.map((x) => x.acceptedBy.name)])).toEqual([
      ['Text A', ['=Asker+1']],
      ['Text B', ['=Asker+1']],
    ]);
  });

  test('under a version that was replaced meanwhile answers which are outdated, and stores nothing', async () => {
    const { product, agreements } = await askable();
    const id = agreements[0]?.id ?? '';
    await governor.call(updateDataUseAgreement, { params: { id }, body: { body: 'Text A, second' } });
    const stale = await askFor(product, named(agreements), asker);
    expect(stale).toMatchObject({ status: 409, body: { code: 'agreement.outdated', agreements: [id] } });
    const fresh = named(agreements).map((a) => (a.id === id ? { ...a, version: 2 } : a));
    const made = await askFor(product, fresh, asker);
    expect(made.status).toBe(201);
    // A later version leaves what was accepted as it is, text and all.
    await governor.call(updateDataUseAgreement, { params: { id }, body: { body: 'Text A, third' } });
    const read = await asker.call(listRequestAgreements, { params: { id: made.body.id } });
    expect(read.body.agreements[0]).toMatchObject({ body: 'Text A, second', version: 2, currentVersion: 3 });
  });

  test('while a new version is being saved pins one version whole, whichever came first', async () => {
    const { product, agreements } = await askable();
    const id = agreements[0]?.id ?? '';
    const [made, saved] = await Promise.all([
      askFor(product, named(agreements), asker),
      governor.call(updateDataUseAgreement, { params: { id }, body: { body: 'Text A, second' } }),
    ]);
    expect(saved.status).toBe(201);
    if (made.status === 201)
      expect(made.body.form?.agreements[0]).toMatchObject({ version: 1, sha256: agreements[0]?.sha256 });
    else expect(made).toMatchObject({ status: 409, body: { code: 'agreement.outdated' } });
  });

  test('tells before it is sent that the other person will have to accept', async () => {
    const { product, agreements } = await askable();
    const preview = (beneficiary: TestPerson) =>
      asker.call(previewAccessRequest, {
        params: { id: product.id },
        body: { user: beneficiary.globalUserId, form: standardAnswers },
      });
    expect((await preview(asker)).body).toMatchObject({
      outcome: 'review',
      awaitsBeneficiary: false,
      refusal: { code: 'agreement.required' },
    });
    expect((await preview(other)).body.awaitsBeneficiary).toBe(true);
    expect(agreements).toHaveLength(2);
  });
});

describe('on behalf of somebody else', () => {
  test('access waits for the beneficiary, who accepts the very text of the request, once', async () => {
    const { product, agreements } = await askable();
    const { body } = await askFor(product, named(agreements));
    expect(body.awaitsAcceptance).toBe(true);
    const approved = await decide(steward, body.id, 'APPROVED');
    expect(approved.body.provisioning).toMatchObject({ state: 'AWAITING_ACCEPTANCE' });
    await governor.call(updateDataUseAgreement, {
      params: { id: agreements[0]?.id ?? '' },
      body: { body: 'Newer than the request' },
    });
    const shown = await other.call(getAccessRequestById, { params: { id: body.id } });
    expect(shown.body).toMatchObject({
      awaitsAcceptance: true,
      provisioning: { state: 'AWAITING_ACCEPTANCE' },
      abilities: { accept: { allowed: true } },
    });
    expect((await accept(asker, body.id, named(agreements))).status).toBe(403);
    expect((await accept(steward, body.id, named(agreements))).status).toBe(403);
    const stranger = await server.person({ username: 'stranger' });
    expect((await accept(stranger, body.id, named(agreements))).status).toBe(404);
    expect((await accept(other, newCuid(), named(agreements))).status).toBe(404);
    const newer = named(agreements).map((a, i) => (i === 0 ? { ...a, version: 2 } : a));
    expect(await accept(other, body.id, newer)).toMatchObject({ status: 422, body: { code: 'agreement.required' } });
    const accepted = await accept(other, body.id, named(agreements));
    expect(accepted).toMatchObject({
      status: 200,
      body: { awaitsAcceptance: false, provisioning: { state: 'PROVISIONING' } },
    });
    expect(await keysOf(product.id)).toEqual(['determination', 'acceptance']);
    const again = await accept(other, body.id, named(agreements));
    expect(again).toMatchObject({ status: 409, body: { code: 'agreement.nothing_to_accept' } });
  });

  test('of two acceptances at once, one counts', async () => {
    const { product, agreements } = await askable();
    const { body } = await askFor(product, named(agreements));
    const answers = await Promise.all([1, 2].map(() => accept(other, body.id, named(agreements))));
    expect(answers.map((a) => a.status).sort()).toEqual([200, 409]);
  });

  test('it may be accepted before the decision; then the approval itself starts access', async () => {
    const { product, agreements } = await askable();
    const { body } = await askFor(product, named(agreements));
    expect((await accept(other, body.id, named(agreements))).status).toBe(200);
    expect(await keysOf(product.id)).toEqual([]);
    const approved = await decide(steward, body.id, 'APPROVED');
    expect(approved.body.provisioning).toMatchObject({ state: 'PROVISIONING' });
  });

  test('a rule that approves at once does not go past the acceptance', async () => {
    const approving = { rules: [], defaultEvent: { type: 'approve', params: { comment: 'Open to all.' } } };
    const { product, agreements } = await askable(approving);
    const { body } = await askFor(product, named(agreements));
    expect(body).toMatchObject({ status: 'APPROVED', provisioning: { state: 'AWAITING_ACCEPTANCE' } });
  });

  test('what was canceled or revoked is not accepted any more', async () => {
    const { product, agreements } = await askable();
    const first = await askFor(product, named(agreements));
    await asker.call(cancelAccessRequest, { params: { id: first.body.id } });
    expect((await accept(other, first.body.id, named(agreements))).status).toBe(409);
    const second = await askFor(product, named(agreements));
    await decide(steward, second.body.id, 'APPROVED');
    await governor.call(revokeAccess, { params: { id: product.id, requestId: second.body.id } });
    const refused = await accept(other, second.body.id, named(agreements));
    expect(refused).toMatchObject({
      status: 409,
      body: { code: 'agreement.nothing_to_accept', requestStatus: 'REVOKED' },
    });
  });

  test('without agreements nothing waits', async () => {
    const product = await makeProduct(server, governor);
    const { body } = await askFor(product, []);
    expect(body.awaitsAcceptance).toBe(false);
    expect((await accept(other, body.id, [])).status).toBe(409);
  });
});

describe('who accepted what', () => {
  test('is a list that shows each reader the requests they may read, and no others', async () => {
    const { product, agreements } = await askable();
    const { body } = await askFor(product, named(agreements));
    await accept(other, body.id, named(agreements));
    const id = agreements[0]?.id ?? '';
    const list = async (who: TestPerson, query: object = {}) =>
      (await who.call(listAgreementAcceptances, { params: { id }, query })).body;
    const all = await list(governor);
    expect(all.data.map((a) => [a.acceptedBy.username, a.request.beneficiary.username])).toEqual([
      ['other', 'other'],
      ['asker', 'other'],
    ]);
    expect(all.meta.totalCount).toBe(2);
    expect((await list(steward)).meta.totalCount).toBe(2);
    const stranger = await server.person({ username: 'stranger2' });
    expect((await list(stranger)).meta.totalCount).toBe(0);
    expect((await list(governor, { searchText: 'ASK' })).meta.totalCount).toBe(1);
    expect((await list(governor, { userId: other.globalUserId })).meta.totalCount).toBe(1);
    expect((await list(governor, { version: 2 })).meta.totalCount).toBe(0);
    const last = all.data[0]?.acceptedAt ?? '';
    expect((await list(governor, { since: last })).data.map((a) => a.acceptedBy.username)).toContain('other');
    expect((await list(governor, { since: '2100-01-01T00:00:00Z' })).meta.totalCount).toBe(0);
    expect((await list(governor, { limit: 1, offset: 1 })).data).toHaveLength(1);
  });

  test('is a file in which no name is a formula', async () => {
    const { product, agreements } = await askable();
    await askFor(product, named(agreements), asker);
    const id = agreements[0]?.id ?? '';
    const file = await governor.send('GET', `/api/data-use-agreement/${id}/acceptances/export`);
    expect(file.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(file.headers.get('content-disposition')).toContain('attachment');
    const lines = String(file.body).trim().split('\r\n');
    expect(lines).toHaveLength(2);
    const cell = lines[1]?.split(',')[1]?.slice(1, -1) ?? '';
    expect(cell).toBe("'=Asker+1");
    expect(valueOfCell(cell)).toBe(asker.name);
    expect((await server.nobody.call(exportAgreementAcceptances, { params: { id } })).status).toBe(401);
  });

  test('outlives the form; an agreement that was accepted can be deleted, and its text is still there', async () => {
    const { product, agreements } = await askable();
    const { body } = await askFor(product, named(agreements));
    await sql`update data_product set data_access_form_id = null where id = ${product.id}`.execute(server.deps.db);
    await sql`update request_form set deleted_at = now() where id = (select request_form_id from access_request where id = ${body.id})`.execute(
      server.deps.db,
    );
    const id = agreements[0]?.id ?? '';
    expect((await governor.call(deleteDataUseAgreement, { params: { id } })).status).toBe(204);
    const read = await other.call(listRequestAgreements, { params: { id: body.id } });
    expect(read.body.agreements[0]).toMatchObject({ body: 'Text A', currentVersion: null });
    expect((await accept(other, body.id, named(agreements))).status).toBe(200);
  });
});
