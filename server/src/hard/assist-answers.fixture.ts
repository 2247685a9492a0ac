import { getRiskAssessment, listAssistRates, listRiskAssessments } from '@stoa/contract/assist';
import { sql } from 'kysely';
import { newCuid } from '../db/new-id.ts';
import type { PublishedWorld } from './published-world.fixture.ts';

/** Review assist on requests of every status, too little and enough being known. */
export async function askAssist(world: PublishedWorld): Promise<void> {
  const { held, people, requests, products } = world;
  const ask = held.ask.bind(held);
  const { governor, steward, consumer, auditor } = people;
  const ids = [...Object.values(requests), newCuid()];
  await decideOften(world);
  for (const id of ids)
    for (const person of [governor, steward, consumer, auditor])
      await ask(person, getRiskAssessment, { params: { id } });
  for (const person of [governor, steward, consumer]) {
    await ask(person, listRiskAssessments, { query: { id: ids } });
    for (const sortBy of ['name', 'accepted', 'overridden', 'unadvised', 'updatedAt'] as const)
      await ask(person, listAssistRates, { query: { sortBy, limit: 1 } });
    await ask(person, listAssistRates, { query: { searchText: 'größe', type: ['MASKING_EXCEPTION', 'DATA_ACCESS'] } });
  }
  const computed = await governor.call(getRiskAssessment, { params: { id: requests.staged } });
  if (!('recommendation' in computed.body)) throw new Error(`nothing was computed on ${products.staged}`);
}

/** Past the API: what makes a history is many people, and each of their decisions has tests of its own. */
async function decideOften({ server, people, products, groupId, requests }: PublishedWorld): Promise<void> {
  const traits = {
    groups: [{ id: groupId, name: 'Ärzte & Co' }],
    attributes: [{ name: 'country', value: 'DE' }],
    answers: [],
  };
  for (let i = 0; i < 8; i++)
    await sql`insert into determination (id, access_request_id, target_id, type, traits, action_by, status, reason, record_ids, is_final, created_at)
      values (${newCuid()}, ${requests.APPROVED}, ${products.staged}, 'DATA_ACCESS', ${JSON.stringify(traits)}::jsonb,
        ${people.governor.globalUserId}, ${i === 0 ? 'DENIED' : 'APPROVED'}, ${`Grund ${i}: "ja" 🙂`}, '{}', true, now() - interval '1 day')`.execute(
      server.deps.db,
    );
}
