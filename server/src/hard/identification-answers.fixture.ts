import * as runs from '@stoa/contract/identification';
import * as identifiers from '@stoa/contract/identifier';
import { createTag } from '@stoa/contract/tag';
import { sql } from 'kysely';
import { newUuid } from '../db/new-id.ts';
import { until } from '../testing/until.ts';
import type { PublishedWorld } from './published-world.fixture.ts';

/** Calls every operation about identifiers and runs, with what it takes and with what is refused. */
export async function askIdentification(world: PublishedWorld): Promise<void> {
  await askIdentifiers(world);
  await askRuns(world);
}

async function askIdentifiers({ held: { ask }, people, registered }: PublishedWorld): Promise<void> {
  const { governor, consumer, manager } = people;
  const { domainId } = registered;
  const criteria = { criteriaType: 'regex' as const, pattern: 'K-[0-9]{6}' };
  const own = { name: 'Kundennummer', ...criteria, tags: ['Kunde.Nummer'] };
  const made = await ask(governor, identifiers.createIdentifier, { body: { ...own, domainId } });
  const params = { id: made.body.id };
  for (const body of [
    own,
    { ...own, name: 'IBAN' },
    { ...own, name: 'x', pattern: '(a)\\1' },
    { ...own, name: 'y', tags: ['Stoa x'] },
  ])
    await ask(governor, identifiers.createIdentifier, { body });
  await ask(governor, identifiers.createIdentifier, { body: { ...own, name: 'z', domainId: newUuid() } });
  await ask(governor, identifiers.createIdentifier, {
    body: { name: 'Ja oder nein', criteriaType: 'dictionary', values: ['ja', 'nein'], tags: ['Antwort'] },
  });
  await ask(consumer, identifiers.createIdentifier, { body: { ...own, name: 'w' } });
  for (const person of [governor, consumer, manager]) {
    await ask(person, identifiers.listIdentifiers);
    await ask(person, identifiers.listIdentifiers, { query: { searchText: 'kunde', kind: 'own', limit: 1 } });
    await ask(person, identifiers.readIdentifier, { params });
  }
  await ask(governor, identifiers.readIdentifier, { params: { id: 10 } });
  await ask(governor, identifiers.readIdentifier, { params: { id: 2_147_483_646 } });
  await ask(governor, identifiers.updateIdentifier, { params, body: { minHitRatio: 0.5 } });
  await ask(governor, identifiers.updateIdentifier, { params: { id: 10 }, body: { minHitRatio: 0.5 } });
  await ask(governor, identifiers.testIdentifier, {
    body: { identifierId: 10, samples: ['DE89370400440532013000', 'x'] },
  });
  await ask(governor, identifiers.testIdentifier, {
    body: { criteriaType: 'columnNameRegex', pattern: 'a', columnName: 'A', samples: [] },
  });
  await ask(governor, identifiers.testIdentifier, { body: { pattern: '[', samples: ['x'] } });
  const entries = [
    { identifierId: 1, tags: ['Kontakt.Mail'] },
    { identifierId: 2, isEnabled: false },
  ];
  await ask(governor, identifiers.setIdentifierSet, { params: { id: domainId }, body: { entries } });
  await ask(governor, identifiers.setIdentifierSet, {
    params: { id: domainId },
    body: { entries: [{ identifierId: 2_147_483_646 }] },
  });
  await ask(governor, identifiers.getIdentifierSet, { params: { id: domainId } });
  await ask(governor, identifiers.getIdentifierSet, { params: { id: newUuid() } });
  await ask(governor, identifiers.deleteIdentifier, { params });
  await ask(governor, identifiers.deleteIdentifier, { params });
}

async function askRuns({ held: { ask }, people, registered, server }: PublishedWorld): Promise<void> {
  const { governor, consumer } = people;
  const dataSourceId = registered.sources[0]?.id ?? 0;
  const run = await ask(governor, runs.startIdentification, { body: { domainId: registered.domainId } });
  const started = { params: { id: run.body.id } };
  for (const body of [
    { domainId: registered.domainId },
    { domainId: newUuid() },
    { connectionKey: 'nowhere' },
    { dataSourceId },
    {},
  ])
    await ask(governor, runs.startIdentification, { body });
  await ask(consumer, runs.startIdentification, { body: { dataSourceId } });
  await ask(governor, runs.cancelIdentification, started);
  await ask(governor, runs.cancelIdentification, { params: { id: newUuid() } });
  for (const person of [governor, consumer]) {
    await ask(person, runs.listIdentificationRuns, { query: { connectionKey: registered.connectionKey } });
    await ask(person, runs.listIdentificationRuns, { query: { dataSourceId, status: 'CANCELED', searchText: 'x' } });
    await ask(person, runs.readIdentificationRun, started);
    await ask(person, runs.listIdentificationRunSources, { ...started, query: { status: 'waiting', limit: 1 } });
    await ask(person, runs.listIdentificationResults, {
      query: { dataSourceId, taggedOnly: true, searchText: 'mail' },
    });
    await ask(person, runs.listIdentificationProposals, { query: { dataSourceId } });
  }
  // A run that still goes on makes proposals of its own in place of those that were there.
  await until(async () => {
    const { rows } = await sql`select from identification_run where finished_at is null`.execute(server.deps.db);
    return rows.length === 0 ? true : undefined;
  });
  const tag = await ask(governor, createTag, { body: { name: 'Vorgeschlagen' } });
  const proposal = { dataSourceId, columnName: 'label', tagId: tag.body.id };
  await sql`insert into identification_proposal (data_source_id, column_ordinal, tag_id, identifier_name, outcome)
    select data_source_id, ordinal, ${proposal.tagId}, 'Kundennummer', 'below_threshold' from data_source_column
    where data_source_id = ${dataSourceId} and name = ${proposal.columnName}`.execute(server.deps.db);
  for (const columnName of [proposal.columnName, 'none'])
    await ask(governor, runs.decideIdentificationProposals, {
      body: { decision: 'keep', proposals: [{ ...proposal, columnName }] },
    });
}
