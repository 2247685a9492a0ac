import * as contract from '@stoa/contract/data-use-agreement';
import { newUuid } from '../db/new-id.ts';
import type { PublishedWorld } from './published-world.fixture.ts';

/** Everything about agreements: made, read, saved again, and gone, with names and texts that are hard to carry. */
export async function askAgreements({ held: { ask }, people }: PublishedWorld): Promise<void> {
  const { manager, consumer, governor } = people;
  const body = { name: 'Größe "x" 製品', body: '# Ärzte\n\n<b>not bold</b> & 🙂' };
  const made = await ask(manager, contract.createDataUseAgreement, { body });
  await ask(manager, contract.createDataUseAgreement, { body: { ...body, name: 'GRÖSSE "X" 製品' } });
  await ask(manager, contract.createDataUseAgreement, { body: { ...body, name: 'Another', id: made.body.id } });
  await ask(consumer, contract.createDataUseAgreement, { body });
  const params = { id: made.body.id };
  await ask(manager, contract.updateDataUseAgreement, { params, body: { body: 'The second text.' } });
  await ask(consumer, contract.updateDataUseAgreement, { params, body: { body: 'Not mine.' } });
  for (const person of [manager, consumer, governor])
    for (const id of [made.body.id, newUuid()]) {
      await ask(person, contract.getDataUseAgreementById, { params: { id } });
      await ask(person, contract.getAssociatedRequestForms, { params: { id } });
      await ask(person, contract.listAgreementVersions, { params: { id }, query: { limit: 1 } });
      await ask(person, contract.getAgreementVersion, { params: { id, version: 1 } });
      await ask(person, contract.listAgreementAcceptances, { params: { id }, query: { searchText: 'ü' } });
      await ask(person, contract.exportAgreementAcceptances, { params: { id } });
    }
  for (const sortBy of ['name', 'createdAt', 'updatedAt'] as const)
    await ask(consumer, contract.searchDataUseAgreements, { query: { sortBy, sortOrder: 'desc', nameFilter: 'grö' } });
  await ask(consumer, contract.deleteDataUseAgreement, { params });
  await ask(manager, contract.deleteDataUseAgreement, { params });
  await ask(manager, contract.deleteDataUseAgreement, { params });
}
