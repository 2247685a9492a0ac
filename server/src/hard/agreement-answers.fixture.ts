import * as requests from '@stoa/contract/access-request';
import { acceptAgreements, listRequestAgreements } from '@stoa/contract/agreement-acceptance';
import { createDataProduct } from '@stoa/contract/data-product';
import * as contract from '@stoa/contract/data-use-agreement';
import * as drafts from '@stoa/contract/request-draft';
import { newCuid, newUuid } from '../db/new-id.ts';
import { reviewBy, standardAnswers, user } from '../features/access-request/requests.fixture.ts';
import { makeFormAsking } from '../features/data-use-agreement/agreements.fixture.ts';
import type { PublishedWorld } from './published-world.fixture.ts';

/** Everything about agreements: made, read, saved again, accepted and gone, with names and texts that are hard to carry. */
export async function askAgreements(world: PublishedWorld): Promise<void> {
  const { held, people } = world;
  const { ask } = held;
  const { manager, consumer } = people;
  const body = { name: 'Größe "x" 製品', body: '# Ärzte\n\n<b>not bold</b> & 🙂' };
  const made = await ask(manager, contract.createDataUseAgreement, { body });
  await ask(manager, contract.createDataUseAgreement, { body: { ...body, name: 'GRÖSSE "X" 製品' } });
  await ask(manager, contract.createDataUseAgreement, { body: { ...body, name: 'Another', id: made.body.id } });
  await ask(consumer, contract.createDataUseAgreement, { body });
  const params = { id: made.body.id };
  await ask(manager, contract.updateDataUseAgreement, { params, body: { body: 'The second text.' } });
  await ask(consumer, contract.updateDataUseAgreement, { params, body: { body: 'Not mine.' } });
  await acceptAndExtend(world, { id: made.body.id, version: 2 });
  await readAgreement(world, made.body.id);
  for (const sortBy of ['name', 'createdAt', 'updatedAt'] as const)
    await ask(consumer, contract.searchDataUseAgreements, { query: { sortBy, sortOrder: 'desc', nameFilter: 'grö' } });
  await ask(consumer, contract.deleteDataUseAgreement, { params });
  // A form asks for it; the other is asked for by none.
  await ask(manager, contract.deleteDataUseAgreement, { params });
  const unused = await ask(manager, contract.createDataUseAgreement, { body: { name: 'Unused', body: 'x' } });
  for (let time = 0; time < 2; time++)
    await ask(manager, contract.deleteDataUseAgreement, { params: { id: unused.body.id } });
}

async function readAgreement({ held: { ask }, people }: PublishedWorld, existing: string): Promise<void> {
  const { manager, consumer, governor } = people;
  for (const person of [manager, consumer, governor])
    for (const id of [existing, newUuid()]) {
      await ask(person, contract.getDataUseAgreementById, { params: { id } });
      await ask(person, contract.getAssociatedRequestForms, { params: { id } });
      await ask(person, contract.listAgreementVersions, { params: { id }, query: { limit: 1 } });
      await ask(person, contract.getAgreementVersion, { params: { id, version: 1 } });
      await ask(person, contract.listAgreementAcceptances, { params: { id }, query: { searchText: 'ü' } });
      await ask(person, contract.listAgreementAcceptances, { params: { id } });
      await ask(person, contract.exportAgreementAcceptances, { params: { id } });
    }
}

/** Asked for somebody else, kept as a draft first; accepted, approved for two days, and extended. */
async function acceptAndExtend(
  { held: { ask }, people, registered, server }: PublishedWorld,
  agreement: { id: string; version: number },
): Promise<void> {
  const { manager, consumer, consumer2, steward } = people;
  const formId = await makeFormAsking(server, {
    policy: reviewBy({ any: [user(steward)] }),
    agreements: [agreement.id],
  });
  const product = await ask(manager, createDataProduct, {
    body: {
      name: 'With an agreement',
      metadata: null,
      domains: [registered.domainId],
      dataSources: [{ sourceId: String(registered.sources[0]?.id) }],
      dataAccessRequestFormId: formId,
    },
  });
  if (Array.isArray(product.body)) throw new Error('one product was asked for');
  const params = { id: product.body.id };
  const ofDraft = { params: { targetId: product.body.id } };
  const form = { ...standardAnswers, agreements: [agreement] };
  const body = { user: consumer.globalUserId, form };
  await ask(consumer2, drafts.readRequestDraft, ofDraft);
  await ask(consumer2, drafts.saveRequestDraft, { ...ofDraft, body });
  await ask(consumer2, drafts.readRequestDraft, ofDraft);
  await ask(consumer2, drafts.deleteRequestDraft, ofDraft);
  await ask(consumer2, drafts.deleteRequestDraft, ofDraft);
  await ask(consumer2, requests.previewAccessRequest, { params, body });
  await ask(consumer2, requests.requestAccess, { params, body: { ...body, form: standardAnswers } });
  const stale = { ...form, agreements: [{ ...agreement, version: 1 }] };
  await ask(consumer2, requests.requestAccess, { params, body: { ...body, form: stale } });
  const made = await ask(consumer2, requests.requestAccess, { params, body });
  const ofRequest = { params: { id: made.body.id } };
  const read = { body: { agreements: [agreement] } };
  for (const person of [consumer, consumer2, steward, manager]) {
    await ask(person, listRequestAgreements, ofRequest);
    await ask(person, acceptAgreements, { ...ofRequest, ...read });
    await ask(person, requests.extendAccessRequest, { ...ofRequest, body: {} });
  }
  const two = { status: 'APPROVED', reason: 'Ja.', duration: 2, durationUnit: 'DAYS' } as const;
  await ask(steward, requests.determineAccessRequest, { ...ofRequest, body: two });
  await ask(consumer2, requests.extendAccessRequest, { ...ofRequest, body: {} });
  await ask(consumer2, requests.extendAccessRequest, { ...ofRequest, body: { form } });
  await ask(consumer2, requests.extendAccessRequest, { ...ofRequest, body: { form } });
  await ask(consumer2, requests.extendAccessRequest, { params: { id: newCuid() }, body: {} });
}
