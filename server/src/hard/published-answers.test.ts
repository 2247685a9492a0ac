import * as requests from '@stoa/contract/access-request';
import { updateApprovalRecord } from '@stoa/contract/approval-record';
import { getDataProductRequestForms } from '@stoa/contract/asset';
import * as auth from '@stoa/contract/auth';
import * as products from '@stoa/contract/data-product';
import { searchDataProductColumns } from '@stoa/contract/data-product-use';
import { listReviewFlows } from '@stoa/contract/flow-in-force';
import { simulateReviewFlow } from '@stoa/contract/flow-simulation';
import * as metadata from '@stoa/contract/metadata';
import type { QueryIn } from '@stoa/contract/operation';
import { operations } from '@stoa/contract/operations';
import * as forms from '@stoa/contract/request-form';
import { getFrontendSettings } from '@stoa/contract/settings';
import * as system from '@stoa/contract/system';
import { standardRequestForm } from '@stoa/core/review/standard';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newCuid, newUuid } from '../db/new-id.ts';
import { standardAnswers } from '../features/access-request/requests.fixture.ts';
import { routes } from '../routes.ts';
import { startTestServer, type TestPerson, type TestServer } from '../testing/app.ts';
import { type LivePlatform, makeLivePlatform } from '../testing/live-platform.ts';
import { connectionString } from '../testing/postgres.ts';
import { askAgreements } from './agreement-answers.fixture.ts';
import { askAssets } from './asset-answers.fixture.ts';
import { askForAssets, askForUnregistered } from './asset-request-answers.fixture.ts';
import { askAudit } from './audit-answers.fixture.ts';
import { type HeldAnswers, holdAnswers } from './held-answers.fixture.ts';
import { askAssist } from './assist-answers.fixture.ts';
import { askIdentification } from './identification-answers.fixture.ts';
import { askNotifications } from './notification-answers.fixture.ts';
import { askReports } from './report-answers.fixture.ts';
import { askExceptions } from './exception-answers.fixture.ts';
import { askForms } from './form-answers.fixture.ts';
import { LocalSlack } from '../testing/slack.ts';
import { askOwnOperations } from './own-answers.fixture.ts';
import { askPeopleChanges } from './people-change-answers.fixture.ts';
import { askSecondFactor } from './second-factor-answers.fixture.ts';
import { askProviders } from './provider-answers.fixture.ts';
import { askSlack } from './slack-answers.fixture.ts';
import { askVerification } from './verification-answers.fixture.ts';
import { askWebhooks } from './webhook-answers.fixture.ts';
import { faultsOfRefusal } from './judge-refusal.fixture.ts';
import { makePublishedWorld, type PublishedWorld, unicodeName } from './published-world.fixture.ts';

let server: TestServer;
let platform: LivePlatform;
let held: HeldAnswers;
let world: PublishedWorld;
const slack = new LocalSlack();
beforeAll(async () => {
  await slack.start();
  server = await startTestServer({ env: { STOA_REQUESTS_PER_HOUR: '1000000', ...slack.env } });
  platform = await makeLivePlatform(connectionString('postgres'));
  held = await holdAnswers(server);
  world = await makePublishedWorld(server, held, platform);
}, 180_000);
afterAll(async () => {
  await server?.stop();
  await platform?.drop();
  await slack.stop();
});

const served = new Set(routes.map((route) => route.operation.id));
/** Calls in turn; each answer is held against the documents, and none but those named is refused. */
const expectNoFaults = (): void => expect(held.takeFaults()).toEqual([]);

describe('every answer fits the published document, and our own', () => {
  it('of the world as it was made', () => expectNoFaults());

  it('about the process and the caller', async () => {
    const { ask } = held;
    const { consumer, manager, appadmin } = world.people;
    for (const operation of [system.getHealth, system.getLiveness, system.getReadiness, getFrontendSettings])
      expect((await ask(server.nobody, operation)).status).toBe(200);
    for (const person of Object.values(world.people)) await ask(person, auth.getCurrentUser);
    await ask(server.nobody, auth.getCurrentUser);
    const { body } = await ask(consumer, auth.createToken, {
      body: { description: 'ünï "code"', expirationDate: new Date(Date.now() + 86_400_000).toISOString() },
    });
    const params = { id: body.tokenId };
    await ask(consumer, auth.createToken, { body: { description: 'without an end' } });
    await ask(consumer, auth.createToken, { body: { description: 'over', expirationDate: '2001-01-01T00:00:00Z' } });
    expect((await ask(consumer, auth.getToken, { params })).status).toBe(200);
    expect((await ask(manager, auth.getToken, { params })).status).toBe(404);
    await ask(consumer, auth.listTokens);
    await ask(appadmin, auth.listTokens);
    expect((await ask(consumer, auth.deleteToken, { params })).status).toBe(200);
    await ask(consumer, auth.deleteToken, { params });
    await ask(consumer, auth.listTokens);
    expectNoFaults();
  });

  it('about products', async () => {
    const { ask } = held;
    const { consumer, manager, governor, auditor } = world.people;
    const ids = [...Object.values(world.products), newUuid(), 'main-product', 'größe'];
    for (const person of [consumer, manager, auditor])
      for (const id of ids) await ask(person, products.getDataProductById, { params: { id } });
    for (const name of ['Main product', unicodeName, 'main PRODUCT', 'Deleted product', 'no such', '../x'])
      await ask(consumer, products.getDataProductByName, { params: { name } });
    const all = ['APPROVED', 'CANCELED', 'DENIED', 'PENDING', 'NONE', 'PUBLISHER', 'REVOKED', 'EXPIRED'] as const;
    const filters: QueryIn<typeof products.searchDataProducts>[] = [
      {},
      { limit: 1 },
      { limit: 100, sortOrder: 'desc' },
      { sortBy: 'name' },
      { nameFilter: 'größe' },
      { nameFilter: '%_\\' },
      { statusFilter: [...all] },
      ...all.map((status) => ({ statusFilter: [status] })),
      { roleFilter: ['manager'] },
      { roleFilter: ['member', 'noRole', 'steward'] },
      { expiration: true },
      { expiration: false },
      { q: 'label', facets: true },
      { nextToken: 'of nowhere' },
    ];
    for (const person of [consumer, manager, governor]) for (const query of filters) await listProducts(person, query);
    let nextToken: string | null = null;
    for (let page = 0; page < 10; page++) {
      const answer = await listProducts(consumer, { limit: 2, ...(nextToken === null ? {} : { nextToken }) });
      nextToken = answer.body.meta.nextToken;
      if (nextToken === null) break;
    }
    expect(nextToken).toBe(null);
    expectNoFaults();
  });
  const listProducts = (person: TestPerson, query: QueryIn<typeof products.searchDataProducts>) =>
    held.ask(person, products.searchDataProducts, { query });

  it('about what is in a product', async () => {
    const { ask } = held;
    const { consumer, manager } = world.people;
    for (const id of [...Object.values(world.products), newUuid()]) {
      const params = { id };
      for (const person of [consumer, manager]) {
        await ask(person, products.searchDataSources, { params });
        await ask(person, products.searchDataSources, { params, query: { user: consumer.globalUserId } });
        await ask(person, products.searchDataSources, { params, query: { limit: 1, nameFilter: 'table' } });
        await ask(person, products.getAllDataSources, { params });
        await ask(person, getDataProductRequestForms, { params });
        await ask(person, searchDataProductColumns, { params });
        await ask(person, searchDataProductColumns, { params, query: { searchText: 'label', dir: 'DESC', limit: 1 } });
        await ask(person, requests.getRecentDeterminations, { params });
        await ask(person, requests.getRecentDeterminations, { params, query: { type: 'MASKING_EXCEPTION' } });
      }
    }
    expectNoFaults();
  });

  it('about requests and members', async () => {
    const { ask } = held;
    const { consumer, governor, steward, auditor, consumer2 } = world.people;
    const filters: QueryIn<typeof requests.searchAccessRequests>[] = [
      {},
      { limit: 2, offset: 1 },
      { offset: 10_000 },
      { searchText: 'größe' },
      { status: ['APPROVED', 'EXPIRED'] },
      { type: ['MASKING_EXCEPTION'] },
      { type: ['DATA_ACCESS'] },
      { userIds: [consumer.globalUserId] },
      { userIds: ['1', 'x'] },
      { expiration: true },
      { expiration: false },
      { dataProductId: world.products.main },
      { assetId: newUuid() },
      { assetType: ['DATA_PRODUCT'] },
      { assetType: ['DATA_OBJECT'] },
      { targetType: ['DATA_PRODUCT', 'table', 'COLUMNS'] },
      ...(['noReviews', 'reviewedByYou', 'awaitingReviewFromYou'] as const).map((s) => ({ reviewStatus: [s] })),
      ...(['status', 'dataProduct', 'createdAt', 'updatedAt', 'expiration'] as const).flatMap((sortBy) =>
        (['asc', 'desc'] as const).map((sortOrder) => ({ sortBy, sortOrder })),
      ),
      { includeTemporary: true },
    ];
    const params = { id: world.products.main };
    for (const person of [consumer, governor, steward])
      for (const query of filters) {
        await ask(person, requests.searchAccessRequests, { query });
        await ask(person, requests.searchDataProductAccessRequests, { params, query });
        await ask(person, requests.searchDataProductMembers, { params, query });
      }
    for (const role of ['requestor', 'manager', 'steward'] as const)
      await ask(governor, requests.searchAccessRequests, { query: { role: [role] } });
    for (const id of [world.products.untouched, world.products.deleted, newUuid()]) {
      await ask(consumer, requests.searchDataProductAccessRequests, { params: { id } });
      await ask(consumer, requests.searchDataProductMembers, { params: { id } });
    }
    for (const id of [...Object.values(world.requests), newCuid()])
      for (const person of [consumer, governor, auditor, consumer2]) {
        await ask(person, requests.getAccessRequestById, { params: { id } });
        await ask(person, requests.getAccessRequestRecords, { params: { id } });
      }
    expectNoFaults();
  });

  it('about people, domains, forms and assets', async () => {
    const { ask } = held;
    const { consumer, manager, governor } = world.people;
    const { domainId, sources } = world.registered;
    for (const person of [consumer, manager, governor]) {
      await ask(person, metadata.getAvailableDomains);
      for (const id of [domainId, newUuid()]) {
        await ask(person, metadata.getDomain, { params: { id } });
        await ask(person, metadata.getDomainDataSources, { params: { id } });
        await ask(person, metadata.getDomainDataSources, {
          params: { id },
          query: { limit: 2, offset: 1, searchText: 'table', dataSourceIds: [sources[0]?.id ?? 0] },
        });
      }
    }
    for (const query of [
      {},
      { filter: 'zoë' },
      { filter: '%' },
      { globalUserId: [consumer.globalUserId] },
      { limit: 1 },
    ])
      await ask(consumer, metadata.getImmutaUsers, { query });
    for (const query of [{}, { filter: 'ärz' }, { filter: 'none' }])
      await ask(consumer, metadata.getImmutaGroups, { query });
    for (const query of [{}, { search: 'DE' }, { type: 'country' }, { type: 'none' }])
      await ask(consumer, metadata.getImmutaAttributes, { query });
    for (const query of [{}, { nameFilter: 'standard' }, { nameFilter: 'Standard', exactMatch: true }, { offset: 5 }])
      for (const sortBy of ['name', 'createdAt', 'updatedAt'] as const)
        await ask(consumer, forms.searchRequestForms, { query: { ...query, sortBy } });
    await ask(consumer, forms.getRequestFormById, { params: { id: standardRequestForm.id } });
    await ask(consumer, forms.getRequestFormById, { params: { id: newUuid() } });
    await askAssets(world);
    await askForms(world);
    expectNoFaults();
  });

  it('about data use agreements', async () => {
    await askAgreements(world);
    expectNoFaults();
  });

  it('about review assist', async () => {
    await askAssist(world);
    expectNoFaults();
  });

  it('about identification', async () => {
    await askIdentification(world);
    expectNoFaults();
  });

  it('about reports', async () => {
    await askReports(world);
    expectNoFaults();
  });

  it('about masking exceptions', async () => {
    await askExceptions(world);
    expectNoFaults();
  });

  it('of what changes things', async () => {
    const { ask } = held;
    const { consumer, consumer2, manager, governor, steward } = world.people;
    const body = { user: consumer.globalUserId, form: standardAnswers };
    for (const id of [world.products.main, world.products.suspended, world.products.deleted, newUuid()]) {
      const params = { id };
      await ask(consumer, requests.requestAccess, { params, body });
      const columns = [{ columnName: 'label', sourceId: '1' }];
      const masked = await ask(consumer, requests.requestMaskingException, { params, body: { ...body, columns } });
      if (id === world.products.main)
        expect(masked).toMatchObject({ status: 422, body: { code: 'masking_exception.no_mask' } });
      await ask(consumer, products.updateDataProduct, { params, body: { description: 'not mine' } });
      await ask(manager, products.updateDataProduct, { params, body: { description: 'Changed: ünï' } });
      await ask(consumer2, products.deleteDataProduct, { params });
    }
    await decideStaged();
    await askForAssets(world);
    await askForUnregistered(world);
    const params = { id: world.products.untouched };
    const two = world.registered.sources.slice(0, 2).map((source) => ({ sourceId: String(source.id) }));
    await ask(manager, products.updateDataSources, { params, body: { dataSources: two } });
    await ask(manager, products.updateDataSources, { params, body: { dataSources: [{ sourceId: '2147483646' }] } });
    const made = await ask(consumer2, requests.requestAccess, {
      params,
      body: { user: steward.globalUserId, form: standardAnswers },
    });
    await ask(consumer2, requests.cancelAccessRequest, { params: { id: made.body.id } });
    await ask(consumer2, requests.cancelAccessRequest, { params: { id: made.body.id } });
    const revoked = { id: world.products.main, requestId: world.requests.APPROVED };
    await ask(consumer2, requests.revokeAccess, { params: revoked });
    await ask(consumer, requests.revokeAccess, { params: revoked });
    await ask(governor, requests.revokeAccess, { params: revoked });
    await ask(manager, products.createDataProduct, {
      body: { name: 'Main product', metadata: null, domains: [world.registered.domainId], dataSources: two },
    });
    await ask(manager, products.deleteDataProduct, { params });
    expectNoFaults();
  });

  /** Every record in turn, by somebody who may not, by who may, and once more. */
  async function decideStaged(): Promise<void> {
    const { ask } = held;
    const { consumer, governor, steward } = world.people;
    const params = { id: world.requests.staged };
    const { body } = await ask(governor, requests.getAccessRequestRecords, { params });
    for (const { id } of body.approvalRecords)
      for (const person of [consumer, steward, governor])
        await ask(person, updateApprovalRecord, {
          params: { id },
          body: { status: 'APPROVED', reason: 'Ja.', duration: 2, durationUnit: 'WEEKS' },
        });
    const last = await ask(consumer, requests.getAccessRequestById, { params });
    expect(last.body.status).toBe('APPROVED');
    await ask(governor, requests.getAccessRequestRecords, { params });
  }

  it('about identity providers', () => askProviders(world));
  it('about changes of people that wait', () => askPeopleChanges(world));
  it('about the second factor of an account', () => askSecondFactor(world));

  it('about Slack', async () => {
    await askSlack(world, slack);
    expectNoFaults();
  });

  it('about webhooks', async () => {
    await askWebhooks(world);
    expectNoFaults();
  });

  it('about the audit trail', async () => {
    await askAudit(world);
    expectNoFaults();
  });

  it('about verification', async () => {
    await askVerification(world);
    expectNoFaults();
  });

  it('about messages to people', async () => {
    await askNotifications(world);
    expectNoFaults();
  });

  it('about tags and review flows', async () => {
    const { ask } = held;
    const { consumer, governor, steward } = world.people;
    await ask(consumer, metadata.getImmutaTags, { query: { searchText: 'stoa', fuzzySearch: true } });
    await ask(consumer, metadata.searchAppliedTags, { body: { dataProductId: world.products.main } });
    for (const person of [consumer, governor]) {
      await ask(person, listReviewFlows);
      await ask(person, simulateReviewFlow, { body: { answers: [] } });
    }
    const stages = [{ any: [{ type: 'USER' as const, id: steward.globalUserId }] }];
    const body = { stages, reason: 'Nobody is left.' };
    for (const person of [consumer, governor])
      await ask(person, requests.rerouteAccessRequest, { params: { id: world.requests.PENDING }, body });
    expectNoFaults();
  });

  it('of everything that is ours alone', async () => {
    await askOwnOperations(world);
    expectNoFaults();
  }, 180_000);
});

describe('the published operations', () => {
  const published = operations.filter((operation) => operation.published !== undefined);

  it.each(published.filter((o) => !served.has(o.id)).map((o) => [o.published ?? 0, o] as const))(
    'number %i is not served yet, and says so',
    async (_number, operation) => {
      const path = operation.path.replaceAll(/\{\w+\}/g, newUuid());
      const sent = operation.method === 'GET' || operation.method === 'DELETE' ? undefined : {};
      const answer = await world.people.governor.send(operation.method, path, sent);
      expect(answer.status).toBe(501);
      const type = answer.headers.get('content-type') ?? '';
      expect(faultsOfRefusal({ status: 501, type, text: JSON.stringify(answer.body) })).toEqual([]);
    },
  );

  it('that are served were each answered with success and held', () => {
    const successes = new Set([...held.seen].filter((s) => / 2\d\d$/.test(s)).map((s) => s.split(' ')[0]));
    const never = operations.filter((o) => served.has(o.id) && !successes.has(o.id)).map((o) => o.id);
    // These answer no JSON, or work on the session or the empty installation alone.
    const raw = ['getMetrics', 'getApiDocs', 'reportPolicyViolation', 'signIn', 'signOut', 'confirmLogin'];
    const own = ['changePassword', 'endSession', 'endOtherSessions', 'setUp'];
    // These need somebody else, who has tests of their own.
    const others = ['startProviderSignIn', 'startProviderConfirmation', 'completeProviderSignIn'];
    const told = ['receiveBackchannelLogout', 'streamEvents', 'completeSlackInstall', 'receiveSlackInteraction'];
    expect(never.sort()).toEqual([...raw, ...own, ...others, ...told].sort());
  });

  it.runIf(process.env['CI'] !== undefined)('are compared with the published document in CI', () =>
    expect(held.isPublishedThere).toBe(true),
  );
});
