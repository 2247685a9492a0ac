import { getAccessRequestProvisioning } from '@stoa/contract/provisioning';
import type { TestPerson } from '@stoa/server/testing/people';
import { waitFor } from '@stoa/server/testing/register-platform';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ContractWorld, startContractWorld } from './contract-world.ts';
import { generateClient, type GeneratedClient } from './generate-client.ts';

const client = await generateClient();
if (client === undefined)
  console.log('The published contract is not beside this clone: no client is generated from it, and none is run.');

/** Both walkthroughs of the marketplace, by a client that an off-the-shelf generator made of the published document. */
describe.skipIf(client === undefined)('a client generated from the published document, untouched,', () => {
  let world: ContractWorld;
  let walker: TestPerson & { login: { username: string; password: string } };
  beforeAll(async () => {
    world = await startContractWorld();
    const login = await world.platform.addLogin('walker');
    walker = { ...(await world.server.person({ username: login.username })), login };
  }, 240_000);
  afterAll(() => world?.stop());

  const as = (person: TestPerson): GeneratedClient => {
    if (client === undefined) throw new Error('there is no client');
    client.OpenAPI.BASE = world.server.url;
    client.OpenAPI.TOKEN = person.token;
    return client;
  };
  const answers = (form: { fields: readonly { id: string; type: string }[] }) => ({
    answers: form.fields.map(({ id }) => ({ fieldId: id, value: 'For the yearly report.' })),
  });
  const reads = async (index = 0): Promise<string> => {
    const path = world.registered.sources[index]?.path ?? [];
    return world.platform.readAs(walker.login, { schema: path[1] ?? '', name: path[2] ?? '' });
  };
  const approve = async (requestId: string): Promise<void> => {
    const governor = as(world.people.governor).AccessRequestService;
    const { approvalRecords } = await governor.getAccessRequestRecords({ id: requestId });
    const requestBody = { status: 'APPROVED', reason: 'Part of the job.', duration: 30, durationUnit: 'DAYS' };
    await governor.updateApprovalRecord({ id: approvalRecords[0]?.id, requestBody });
    expect(await as(walker).AccessRequestService.getAccessRequestById({ id: requestId })).toMatchObject({
      status: 'APPROVED',
    });
    await waitFor('the platform to prove it', async () => {
      const { body } = await walker.call(getAccessRequestProvisioning, { params: { id: requestId } });
      return body.state === 'ACTIVE';
    });
  };

  it('walks through the marketplace: published, found, asked for, approved, read, revoked, refused', async () => {
    const { manager } = world.people;
    const { domains } = await as(manager).MetadataService.getAvailableDomains();
    const { data } = await as(manager).MetadataService.getDomainDataSources({ id: domains[0]?.id, limit: 100 });
    const source = data.find((one) => one.dataSourceId === world.registered.sources[3]?.id);
    const published = await as(manager).DataProductService.createDataProduct({
      requestBody: {
        name: 'Walked through',
        metadata: { subjectMatterExpert: { id: manager.globalUserId } },
        domains: [domains[0]?.id],
        dataSources: [{ sourceId: String(source?.dataSourceId) }],
      },
    });
    const found = await as(walker).DataProductService.searchDataProducts({ nameFilter: 'walked' });
    expect(found.data).toMatchObject([{ id: published.id, status: 'NONE' }]);
    const [form] = await as(walker).DataProductService.getRequestForms({ id: published.id });
    if (form === undefined) throw new Error('the product has no form');
    const requestBody = { user: walker.globalUserId, form: answers(form) };
    const asked = await as(walker).DataProductService.requestAccess({ id: published.id, requestBody });
    expect(asked.status).toBe('PENDING');
    expect(await reads(3)).toBe('42501');
    const queue = await as(world.people.governor).AccessRequestService.searchAccessRequests({
      reviewStatus: ['awaitingReviewFromYou'],
      searchText: 'walked through',
    });
    expect(queue.data.map((one) => one.id)).toEqual([asked.id]);
    await approve(asked.id);
    expect(await reads(3)).toBe('rows');
    const members = await as(manager).DataProductService.searchDataProductMembers({ id: published.id });
    expect(members.data).toMatchObject([{ id: asked.id, user: { username: walker.username } }]);
    const recent = await as(manager).DataProductService.recentDeterminations({ id: published.id });
    expect(recent.determinations).toMatchObject([{ status: 'APPROVED', reason: 'Part of the job.' }]);
    await as(manager).DataProductService.revokeAccess({ id: published.id, requestId: asked.id });
    await waitFor('the refusal', async () => (await reads(3)) === '42501');
  });

  it('walks through the catalog: a name, its asset, its form, asked for, approved, read, revoked, refused', async () => {
    const name = world.registered.sources[0]?.path.map((part) => `"${part}"`).join('.');
    const asset = await as(walker).AssetService.getAssetByMetadata({
      fullyQualifiedName: name,
      technology: 'PostgreSQL',
    });
    expect(asset.id).toBe(world.assets.table);
    const { dataAccessForm } = await as(walker).AssetService.getAssetRequestForms({ id: asset.id });
    const asked = await as(walker).AssetService.requestAsset({
      id: asset.id,
      requestBody: { requestType: 'DATA_ACCESS', user: walker.globalUserId, form: answers(dataAccessForm) },
    });
    expect(await reads(0)).toBe('42501');
    await approve(asked.id);
    expect(await reads(0)).toBe('rows');
    await as(world.people.governor).AccessRequestService.revokeAssetRequest({ id: asset.id, requestId: asked.id });
    await waitFor('the refusal', async () => (await reads(0)) === '42501');
  });
});
