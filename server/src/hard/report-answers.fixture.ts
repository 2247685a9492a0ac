import { getSourceActivity } from '@stoa/contract/query-activity';
import * as reports from '@stoa/contract/report';
import { newUuid } from '../db/new-id.ts';
import type { PublishedWorld } from './published-world.fixture.ts';

/** Calls every report with what it takes and with what is not there, and takes each as a file. */
export async function askReports({ held: { ask }, people, registered }: PublishedWorld): Promise<void> {
  const { governor, auditor, consumer } = people;
  const sourceId = registered.sources[0]?.id ?? 0;
  for (const person of [governor, auditor, consumer]) {
    await ask(person, reports.reportWhoHasAccess, { query: { sourceId, searchText: 'ünï' } });
    await ask(person, reports.reportWhoHasAccess, { query: { sourceId: 2_000_000_000 } });
    const at = new Date().toISOString();
    await ask(person, reports.reportWhoHasAccess, { query: { sourceId, at, limit: 1 } });
    await ask(person, reports.reportWhoHasAccess, { query: { sourceId, at: '2001-02-03T04:05:06+02:00' } });
    await ask(person, reports.reportWhoHasAccess, { query: { sourceId, at: '2999-01-01T00:00:00Z' } });
    await ask(person, reports.reportClearColumns, { query: { sourceId, searchText: '%' } });
    await ask(person, reports.reportClearColumns, { query: { sourceId, at, limit: 1 } });
    await ask(person, reports.reportClearColumns, { query: { sourceId, at: '2999-01-01T00:00:00Z' } });
    await ask(person, reports.reportWhatHas, { query: { user: consumer.globalUserId } });
    await ask(person, reports.reportWhatHas, { query: { user: newUuid() } });
    await ask(person, reports.reportWhatHas);
    await ask(person, reports.reportExpiring, { query: { days: 3_650, limit: 1 } });
    await ask(person, reports.reportDecisions, { query: { from: '2020-01-01T00:00:00Z', searchText: '%' } });
    await ask(person, reports.reportMaskedColumns, { query: { connectionKey: 'none', searchText: 'ünï' } });
    await ask(person, reports.reportDrift, { query: { state: ['open', 'closed'], searchText: 'x' } });
    await ask(person, reports.reportQueryActivity, { query: { sourceId, days: 1, searchText: '%' } });
    await ask(person, reports.reportQueryActivity, { query: { sourceId: 2_000_000_000 } });
    await ask(person, reports.reportUnusedAccess, { query: { days: 3_650, state: ['unused', 'unknown'] } });
    await ask(person, reports.reportUnmappedLogins, { query: { canLogin: true, searchText: '%', limit: 1 } });
    await ask(person, reports.reportUnmappedLogins, { query: { sourceId } });
    await ask(person, reports.reportUnmappedLogins, { query: { sourceId: 2_000_000_000 } });
    await ask(person, getSourceActivity, { params: { id: sourceId }, query: { days: 366 } });
  }
  for (const report of reports.reportNames)
    await ask(governor, reports.exportReport, {
      params: { report },
      query: report === 'who-has-access' || report === 'clear-columns' ? { sourceId: String(sourceId) } : {},
    });
}
