import * as contract from '@stoa/contract/verification';
import { newUuid } from '../db/new-id.ts';
import { until } from '../testing/until.ts';
import type { PublishedWorld } from './published-world.fixture.ts';

/** A run from its start to what it found, as the one who starts it and as somebody who may not. */
export async function askVerification({ held: { ask }, people }: PublishedWorld): Promise<void> {
  const { appadmin, consumer } = people;
  await ask(consumer, contract.startVerification);
  const { id } = (await ask(appadmin, contract.startVerification)).body;
  await ask(appadmin, contract.startVerification);
  for (const person of [consumer, appadmin]) {
    await ask(person, contract.listVerifications, { query: { outcome: 'HELD', cause: 'person', searchText: 'x' } });
    await ask(person, contract.listVerifications, { query: {} });
    await ask(person, contract.readVerification, { params: { id } });
    await ask(person, contract.listVerificationFindings, { params: { id }, query: { invariant: 'I1', limit: 1 } });
  }
  await ask(appadmin, contract.readVerification, { params: { id: newUuid() } });
  await until(
    async () => (await appadmin.call(contract.readVerification, { params: { id } })).body.startedAt ?? undefined,
  );
  await ask(appadmin, contract.readVerification, { params: { id } });
}
