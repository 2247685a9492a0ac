import { getAccessRequestRecords, requestAccess } from '@stoa/contract/access-request';
import { updateDataProduct } from '@stoa/contract/data-product';
import { listReviewFlows } from '@stoa/contract/flow-in-force';
import { type SimulateReviewFlowBody, simulateReviewFlow } from '@stoa/contract/flow-simulation';
import {
  createRequestForm,
  type FormField,
  getRequestFormById,
  previewRequestForm,
  updateRequestForm,
} from '@stoa/contract/request-form';
import type { FormFlow, Reviewer } from '@stoa/contract/review-flow';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newUuid } from '../../db/new-id.ts';
import { startTestServer, type TestServer } from '../../testing/app.ts';
import type { TestPerson } from '../../testing/people.ts';
import { decide, makeForm, makeProduct, type Product, reviewBy, user } from '../access-request/requests.fixture.ts';

let server: TestServer;
let governor: TestPerson;
let manager: TestPerson;
let outsider: TestPerson;
let consumer: TestPerson;
let steward: TestPerson;
let product: Product;
let hr: { id: number; name: string };

const purpose: FormField = {
  id: newUuid(),
  type: 'DROPDOWN',
  label: 'Purpose',
  required: true,
  options: [{ value: 'Audit' }, { value: 'Research' }],
};
const howLong: FormField = {
  id: newUuid(),
  type: 'ACCESS_DURATION',
  label: 'How long do you need access to this data?',
  required: true,
};
const delegates = { rules: [], defaultEvent: { type: 'dataProductPolicy' as const } };

async function addGroup(name: string, members: TestPerson[]): Promise<{ id: number; name: string }> {
  const { rows } = await sql<{
    id: number;
  }>`insert into user_group (iam_id, name) values ('stoa', ${name}) returning id`.execute(server.deps.db);
  const id = rows[0]?.id ?? 0;
  for (const { globalUserId } of members)
    await sql`insert into group_member (group_id, global_user_id) values (${id}, ${globalUserId})`.execute(
      server.deps.db,
    );
  return { id, name };
}

beforeAll(async () => {
  server = await startTestServer({ env: { STOA_REQUESTS_PER_HOUR: '100000' } });
  governor = await server.person({ username: 'governor', name: 'Grace Hall', permissions: ['GOVERNANCE'] });
  consumer = await server.person({ username: 'consumer', name: 'Carl Ito' });
  steward = await server.person({ username: 'steward', name: 'Stella Moreno' });
  outsider = await server.person({ username: 'outsider' });
  product = await makeProduct(server, governor, { flow: reviewBy({ any: [user(steward)] }) });
  manager = await server.person({ username: 'manager' });
  await sql`insert into domain_permission (domain_id, principal_type, user_id, permission)
    values (${product.domainId}, 'user', ${manager.globalUserId}, 'Manage Data Products')`.execute(server.deps.db);
  hr = await addGroup('HR', [steward, consumer]);
});
afterAll(() => server.stop());

const simulate = (who: TestPerson, body: Partial<SimulateReviewFlowBody>) =>
  who.call(simulateReviewFlow, { body: { answers: [], ...body } });
const onProduct = (one: Product) => ({ target: { type: 'DATA_PRODUCT' as const, id: one.id } });
const rowsOf = async () => {
  const tables = [
    'access_request',
    'approval_record',
    'determination',
    'audit_event',
    'live_event',
    'provisioning_key',
  ];
  const counts = await Promise.all(
    tables.map((table) => sql<{ n: number }>`select count(*) as n from ${sql.table(table)}`.execute(server.deps.db)),
  );
  return counts.map(({ rows }) => rows[0]?.n);
};

describe('simulating a review flow', () => {
  it('names the people of the flow in force on a product, and writes nothing', async () => {
    const before = await rowsOf();
    const { status, body } = await simulate(manager, { ...onProduct(product), requestingUser: consumer.globalUserId });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      origin: { flow: 'target', rule: null },
      targetFlowIsActive: true,
      event: { type: 'review' },
      stages: [{ mode: 'any', slots: [{ people: [{ name: 'Stella Moreno' }], peopleCount: 1, barred: [] }] }],
      isStuck: false,
      end: null,
    });
    expect(await rowsOf()).toEqual(before);
  });

  it('follows the rules of a draft, by the answers given and the groups of the beneficiary', async () => {
    const formFlow = {
      rules: [
        {
          conditions: {
            all: [
              { fact: 'answers', path: `$.${purpose.id}`, operator: 'equal', value: 'Research' },
              { fact: 'userGroups', operator: 'contains', value: 'HR' },
            ],
          },
          event: {
            type: 'approve' as const,
            params: { comment: 'Agreed.', duration: 30, durationUnit: 'DAYS' as const },
          },
        },
        {
          conditions: { any: [{ fact: 'duration', operator: 'greaterThan', value: 365 }] },
          event: { type: 'deny' as const, params: { comment: 'A year at most.' } },
        },
      ],
      defaultEvent: { type: 'review' as const, params: { stages: [{ all: [{ type: 'GROUP' as const, ...hr }] }] } },
    };
    const draft = { formFlow, fields: [purpose, howLong], requestingUser: consumer.globalUserId };
    const answered = (value: string, duration: object | null) =>
      simulate(governor, {
        ...draft,
        answers: [
          { fieldId: purpose.id, value },
          { fieldId: howLong.id, value: duration as { amount: number; unit: string } | null },
        ],
      });
    const week = { amount: 1, unit: 'WEEKS' };
    const first = await answered('Research', week);
    expect(first.body).toMatchObject({ origin: { rule: 0 }, event: { type: 'approve' }, facts: { duration: 7 } });
    expect(Date.parse(first.body.end ?? '') - Date.now()).toBeLessThanOrEqual(7 * 86_400_000);
    expect((await answered('Audit', null)).body).toMatchObject({
      origin: { rule: 1 },
      event: { type: 'deny' },
      end: null,
    });
    const asked = await answered('Audit', week);
    expect(asked.body).toMatchObject({
      origin: { flow: 'form', rule: null },
      stages: [
        {
          mode: 'all',
          slots: [
            {
              people: [{ username: 'steward' }],
              barred: [{ person: { username: 'consumer' }, barrier: 'requester' }],
            },
          ],
        },
      ],
    });
    const unfit = await answered('Holiday', week);
    expect(unfit.body.answerProblems).toMatchObject([{ fieldId: purpose.id }]);
  });

  it('warns where nobody could decide', async () => {
    const flow = { ...onProduct(product), requestingUser: steward.globalUserId };
    expect((await simulate(governor, flow)).body).toMatchObject({
      isStuck: true,
      stages: [{ slots: [{ people: [], peopleCount: 0, barred: [{ barrier: 'requester' }] }] }],
    });
    const onBehalf = { ...onProduct(product), requestingUser: consumer.globalUserId, user: steward.globalUserId };
    expect((await simulate(governor, onBehalf)).body).toMatchObject({
      isStuck: true,
      stages: [{ slots: [{ barred: [{ barrier: 'beneficiary' }] }] }],
    });
  });

  it('caps the names and counts them all', async () => {
    const many = await Promise.all(
      Array.from({ length: 130 }, (_, i) => server.person({ username: `many${i}`, name: `Many ${1000 + i}` })),
    );
    const group = await addGroup('Many', many);
    const targetFlow = {
      rules: [],
      defaultEvent: {
        type: 'review' as const,
        params: {
          stages: [
            {
              all: [
                { type: 'GROUP' as const, ...group },
                { type: 'USER' as const, id: steward.globalUserId },
              ],
            },
          ],
        },
      },
    };
    const { body } = await simulate(governor, {
      ...onProduct(product),
      targetFlow,
      requestingUser: many[0]?.globalUserId,
    });
    const [ofGroup, ofSteward] = body.stages[0]?.slots ?? [];
    expect(ofGroup?.people).toHaveLength(20);
    expect(ofGroup?.peopleCount).toBe(129);
    expect(ofGroup?.barred).toMatchObject([{ person: { username: 'many0' } }]);
    // A large group takes no place from those beside it.
    expect(ofSteward?.people).toMatchObject([{ username: 'steward' }]);
    expect(body.isStuck).toBe(false);
  });

  it('says that a flow of the target is inactive while the form decides', async () => {
    const formId = await makeForm(server, reviewBy({ any: [{ type: 'PERMISSION', permission: 'GOVERNANCE' }] }));
    const own = await makeProduct(server, governor, { formId, flow: reviewBy({ any: [user(steward)] }) });
    const { body } = await simulate(governor, { ...onProduct(own), requestingUser: consumer.globalUserId });
    expect(body).toMatchObject({ targetFlowIsActive: false, origin: { flow: 'form' } });
    expect(body.stages[0]?.slots[0]?.people).toMatchObject([{ username: 'governor' }]);
    const drafted = await simulate(governor, {
      ...onProduct(own),
      formFlow: delegates,
      requestingUser: consumer.globalUserId,
    });
    expect(drafted.body).toMatchObject({ targetFlowIsActive: true, origin: { flow: 'target' } });
  });

  it('asks a permission in the domains of the target', async () => {
    const targetFlow = reviewBy({ any: [{ type: 'DOMAIN PERMISSION', permission: 'Manage Data Products' }] });
    const body = { targetFlow, requestingUser: consumer.globalUserId } as Partial<SimulateReviewFlowBody>;
    const there = await simulate(governor, { ...body, ...onProduct(product) });
    expect(there.body.stages[0]?.slots[0]?.people).toMatchObject([{ username: 'manager' }]);
    const drafted = await simulate(governor, { ...body, domainIds: [product.domainId] });
    expect(drafted.body.stages[0]?.slots[0]?.peopleCount).toBe(1);
    expect((await simulate(governor, body)).body.isStuck).toBe(true);
  });

  it('refuses a draft as saving would, with the place of each fault', async () => {
    const formFlow = {
      rules: [
        {
          conditions: { all: [{ fact: 'weather', operator: 'equal', value: 'rain' }] },
          event: { type: 'deny' as const, params: {} },
        },
      ],
      defaultEvent: { type: 'approve' as const, params: {} },
    };
    expect(await simulate(governor, { formFlow })).toMatchObject({
      status: 422,
      body: {
        code: 'review_flow.invalid',
        errors: [
          { path: 'formFlow.rules[0].conditions.all[0].fact' },
          { path: 'formFlow.defaultEvent.params.comment' },
        ],
      },
    });
    const targetFlow = reviewBy({ any: [{ type: 'CATALOG PERMISSION' }] });
    expect((await simulate(governor, { targetFlow } as Partial<SimulateReviewFlowBody>)).body).toMatchObject({
      code: 'review_flow.reviewer_unsupported',
    });
  });

  it('is for those who manage the target, or forms', async () => {
    expect((await server.nobody.call(simulateReviewFlow, { body: {} })).status).toBe(401);
    expect((await simulate(outsider, onProduct(product))).status).toBe(403);
    expect((await simulate(outsider, {})).status).toBe(403);
    expect((await simulate(manager, onProduct(await makeProduct(server, governor)))).status).toBe(403);
    expect((await simulate(manager, {})).status).toBe(200);
    for (const unknown of [
      onProduct({ id: newUuid(), domainId: '' }),
      { formId: newUuid() },
      { requestingUser: newUuid() },
    ])
      expect((await simulate(governor, unknown)).status).toBe(404);
  });

  it('foretells what a request then comes to', async () => {
    const formId = await makeForm(server, { ...delegates }, [purpose, howLong]);
    const flow = {
      rules: [
        {
          conditions: { any: [{ fact: 'answers', path: `$.${purpose.id}`, operator: 'equal', value: 'Audit' }] },
          event: { type: 'approve', params: { comment: 'Auditors may.', duration: 2, durationUnit: 'WEEKS' } },
        },
      ],
      defaultEvent: { type: 'review', params: { stages: [{ any: [user(steward)] }] } },
    };
    const own = await makeProduct(server, governor, { formId, flow });
    for (const value of ['Audit', 'Research']) {
      const answers = [
        { fieldId: purpose.id, value },
        { fieldId: howLong.id, value: { amount: 3, unit: 'DAYS' } },
      ];
      const who = await server.person({ username: `asks-${value.toLowerCase()}` });
      const { body } = await simulate(governor, { ...onProduct(own), answers, requestingUser: who.globalUserId });
      const made = await who.call(requestAccess, {
        params: { id: own.id },
        body: { user: who.globalUserId, form: { answers } },
      });
      expect(made.body.status).toBe(body.event.type === 'approve' ? 'APPROVED' : 'PENDING');
      expect(value === 'Audit').toBe(body.event.type === 'approve');
    }
  });
});

describe('facts that are looked up', () => {
  /** A rule about one fact that denies, before the governors are asked. */
  const asking = (leaf: object) => ({
    rules: [{ conditions: { all: [leaf] }, event: { type: 'deny', params: { comment: 'By rule.' } } }],
    defaultEvent: { type: 'review', params: { stages: [{ any: [user(steward)] }] } },
  });
  const ask = async (own: Product, who: TestPerson) => {
    const { body } = await who.call(requestAccess, {
      params: { id: own.id },
      body: {
        user: who.globalUserId,
        form: { answers: [{ fieldId: '00000000-0000-4000-8000-000000000002', value: 'x' }] },
      },
    });
    return body;
  };

  it('the tags of the target: its own, and those of the places its sources stand in', async () => {
    const own = await makeProduct(server, governor);
    const tag = (name: string) => asking({ fact: 'targetTags', operator: 'contains', value: name });
    const set = (flow: object) =>
      sql`update data_product set data_access_review_flow = ${JSON.stringify(flow)}::jsonb where id = ${own.id}`.execute(
        server.deps.db,
      );
    await set(tag('Stoa Connections.PostgreSQL.tagged.warehouse'));
    expect((await simulate(governor, onProduct(own))).body).toMatchObject({
      event: { type: 'review' },
      facts: { targetTags: [`Stoa Data Product.${own.id}`] },
    });
    await addSource(own, ['warehouse', 'claims', 'paid']);
    expect((await simulate(governor, onProduct(own))).body).toMatchObject({ event: { type: 'deny' } });
    expect(await ask(own, await server.person({ username: 'tagged' }))).toMatchObject({
      status: 'DENIED',
      decisionReason: 'By rule.',
    });
    await set(tag('Stoa Connections.PostgreSQL.tagged.elsewhere'));
    expect((await ask(own, await server.person({ username: 'tagged2' }))).status).toBe('PENDING');
  });

  it('the risk: what earlier determinations make of it', async () => {
    const own = await makeProduct(server, governor, {
      flow: asking({ fact: 'risk', operator: 'equal', value: 'LOW' }),
    });
    const alike = await addGroup('Alike', []);
    for (let i = 0; i < 5; i++) {
      const who = await server.person({ username: `alike${i}` });
      await sql`insert into group_member (group_id, global_user_id) values (${alike.id}, ${who.globalUserId})`.execute(
        server.deps.db,
      );
      const request = await ask(own, who);
      expect(request.status).toBe('PENDING');
      await decide(steward, request.id, 'APPROVED');
    }
    const next = await server.person({ username: 'alike-next' });
    await sql`insert into group_member (group_id, global_user_id) values (${alike.id}, ${next.globalUserId})`.execute(
      server.deps.db,
    );
    expect((await simulate(governor, { ...onProduct(own), requestingUser: next.globalUserId })).body.facts.risk).toBe(
      'LOW',
    );
    expect((await ask(own, next)).status).toBe('DENIED');
  });

  /** A table of a connection `tagged`, in the product. */
  async function addSource(own: Product, objectPath: string[]): Promise<void> {
    const connectionId = newUuid();
    const objectId = newUuid();
    const { db } = server.deps;
    await sql`insert into connection (id, connection_key, technology, config, auth_type, secret, state)
      values (${connectionId}, 'tagged', 'PostgreSQL', '{}'::jsonb, 'password', ''::bytea, 'paused')`.execute(db);
    await sql`insert into data_object (id, connection_id, object_path, name, object_type)
      values (${objectId}, ${connectionId}, ${objectPath}::text[], ${objectPath.at(-1)}, 'table')`.execute(db);
    const { rows } = await sql<{ id: number }>`insert into data_source (data_object_id, connection_id, name)
      values (${objectId}, ${connectionId}, 'paid') returning id`.execute(db);
    await sql`insert into data_product_source (id, data_product_id, data_source_id) values (${newUuid()}, ${own.id}, ${rows[0]?.id ?? 0})`.execute(
      db,
    );
  }
});

describe('the flows in force', () => {
  it('are those of forms and of targets, with where each is used and whether it counts', async () => {
    const decides = await makeForm(server, reviewBy({ any: [user(steward)] }));
    const under = await makeProduct(server, governor, { formId: decides, flow: reviewBy({ any: [user(steward)] }) });
    const { status, body } = await governor.call(listReviewFlows, { query: { limit: 1_000 } });
    expect(status).toBe(200);
    const of = (id: string) => body.data.find((one) => one.id === id);
    expect(of(decides)).toMatchObject({ owner: 'form', usedBy: 1, isActive: true });
    expect(of(under.id)).toMatchObject({
      owner: 'target',
      type: 'DATA_PRODUCT',
      requestType: 'DATA_ACCESS',
      isActive: false,
      formId: decides,
    });
    expect(of(product.id)).toMatchObject({ isActive: true, formName: 'Standard Request Form' });
    expect(body.meta.totalCount).toBe(body.data.length);
  });

  it('are found by name and kind, in pages, in every order', async () => {
    const all = await governor.call(listReviewFlows, { query: { owner: ['target'], sortBy: 'name', limit: 1_000 } });
    expect(all.body.data.every((one) => one.owner === 'target')).toBe(true);
    const second = await governor.call(listReviewFlows, {
      query: { owner: ['target'], sortBy: 'name', offset: 1, limit: 1 },
    });
    expect(second.body.data[0]?.id).toBe(all.body.data[1]?.id);
    const found = await governor.call(listReviewFlows, { query: { searchText: product.id } });
    expect(found.body.data.map((one) => one.id)).toEqual([product.id]);
    for (const sortBy of ['updatedAt', 'usedBy'] as const)
      expect((await governor.call(listReviewFlows, { query: { sortBy, sortOrder: 'desc' } })).status).toBe(200);
    const masking = await governor.call(listReviewFlows, {
      query: { requestType: ['MASKING_EXCEPTION'], owner: ['target'] },
    });
    expect(masking.body.data).toEqual([]);
  });

  it('show a manager forms and the products of their domains, and others nothing', async () => {
    const { body } = await manager.call(listReviewFlows, { query: { limit: 1_000 } });
    expect(body.data.filter((one) => one.owner === 'target').map((one) => one.id)).toEqual([product.id]);
    expect(body.data.some((one) => one.owner === 'form')).toBe(true);
    expect((await outsider.call(listReviewFlows)).status).toBe(403);
    expect((await server.nobody.call(listReviewFlows)).status).toBe(401);
  });
});

describe('the people and groups that a flow names', () => {
  const flowOf = (...any: Reviewer[]) => ({
    rules: [],
    defaultEvent: { type: 'review' as const, params: { stages: [{ any }] } },
  });
  const shownIn = async (id: string) => (await governor.call(getRequestFormById, { params: { id } })).body.policy;
  const rename = (who: TestPerson, name: string) =>
    sql`update app_user set name = ${name} where global_user_id = ${who.globalUserId}`.execute(server.deps.db);
  const save = (name: string, policy: FormFlow) =>
    governor.call(createRequestForm, { body: { name, fields: [purpose], policy } });

  it('stand under their own names, whatever they were called, and under the new one once they are renamed', async () => {
    const named = await server.person({ username: 'named', name: 'Nora Berg' });
    const someone = { type: 'USER' as const, id: named.globalUserId.toUpperCase(), displayName: 'Samuel Okafor' };
    const group = { type: 'GROUP' as const, id: hr.id, name: 'Called otherwise' };
    const made = await save('Names', flowOf(someone, group));
    expect(made.status).toBe(201);
    const stage = (name: string) => [
      { type: 'USER', id: named.globalUserId, displayName: name },
      { type: 'GROUP', id: hr.id, name: 'HR' },
    ];
    const policyOf = (name: string) => ({ defaultEvent: { params: { stages: [{ any: stage(name) }] } } });
    expect(await shownIn(made.body.id)).toMatchObject(policyOf('Nora Berg'));
    const own = await makeProduct(server, governor, { formId: made.body.id });
    const { body: asked } = await consumer.call(requestAccess, {
      params: { id: own.id },
      body: { user: consumer.globalUserId, form: { answers: [{ fieldId: purpose.id, value: 'Audit' }] } },
    });
    await rename(named, 'Nora Lind');
    expect(await shownIn(made.body.id)).toMatchObject(policyOf('Nora Lind'));
    const records = await consumer.call(getAccessRequestRecords, { params: { id: asked.id } });
    expect(records.body.approvalRecords[0]?.approvers[0]).toMatchObject({ displayName: 'Nora Lind' });
    const listed = await governor.call(listReviewFlows, { query: { searchText: 'Names' } });
    expect(listed.body.data[0]?.flow).toMatchObject(policyOf('Nora Lind'));
    const { version } = (await governor.call(getRequestFormById, { params: { id: made.body.id } })).body;
    const again = await governor.call(updateRequestForm, {
      params: { id: made.body.id },
      body: { policy: flowOf(someone, group) },
    });
    expect(again.body).toMatchObject({ version });
  });

  it('exist: a save that names others is refused with the place of each, and so is a draft', async () => {
    const strangers: Reviewer[] = [
      { type: 'USER', id: steward.globalUserId },
      { type: 'USER', id: newUuid(), displayName: 'Stella Moreno' },
      { type: 'GROUP', name: 'No such group' },
      { type: 'GROUP', id: 2_000_000_000, name: 'HR' },
    ];
    const refused = (path: string) => ({
      status: 422,
      body: {
        code: 'review_flow.reviewer_unknown',
        errors: [1, 2, 3].map((n) => ({ path: `${path}defaultEvent.params.stages[0][${n}]` })),
      },
    });
    const flow = flowOf(...strangers);
    expect(await save('Strangers', flow)).toMatchObject(refused('body.policy.'));
    expect(await simulate(governor, { targetFlow: flow })).toMatchObject(refused('targetFlow.'));
    const edited = await governor.call(updateDataProduct, {
      params: { id: product.id },
      body: { maskingExceptionReviewFlow: flow },
    });
    expect(edited).toMatchObject(refused('body.maskingExceptionReviewFlow.'));
    const preview = await governor.call(previewRequestForm, { body: { name: 'Strangers', policy: flow } });
    expect(preview.body.problems.map(({ code }) => code)).toEqual(Array(3).fill('review_flow.reviewer_unknown'));
  });

  it('may be gone from a form that is changed otherwise, under no name that somebody gave them', async () => {
    const gone = { type: 'USER' as const, id: newUuid(), displayName: 'Samuel Okafor' };
    const formId = await makeForm(server, flowOf(gone), [purpose]);
    const policy = await shownIn(formId);
    expect(policy.defaultEvent).toEqual({
      type: 'review',
      params: { stages: [{ any: [{ type: 'USER', id: gone.id }] }] },
    });
    const update = (changed: FormFlow) =>
      governor.call(updateRequestForm, { params: { id: formId }, body: { policy: changed, name: 'Changed' } });
    expect((await update(flowOf(gone, { type: 'USER', id: steward.globalUserId }))).status).toBe(201);
    expect((await update(flowOf(gone, { type: 'USER', id: newUuid() }))).status).toBe(422);
  });
});
