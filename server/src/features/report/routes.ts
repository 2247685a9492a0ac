import type { Operation, QueryOf } from '@stoa/contract/operation';
import * as contract from '@stoa/contract/report';
import type { Scope } from '@stoa/core/permissions/standing';
import { sql } from 'kysely';
import type { Readable } from 'node:stream';
import type { Reader } from '../../db/pool.ts';
import type { Deps } from '../../deps.ts';
import { parseInput } from '../../http/parse-input.ts';
import { notFound, Refusal } from '../../http/refusal.ts';
import { requireMay } from '../../http/require.ts';
import { type RawRoute, rawRoute, type Route, route } from '../../http/route.ts';
import { type LoadedPerson, loadPerson } from '../user/load-people.ts';
import { gapsAt, requirePast } from './access-at.ts';
import { accessReport, accessReportAt } from './access-report.ts';
import { activityReport } from './activity-report.ts';
import { clearGapsAt, clearReport } from './clear-report.ts';
import { decisionsReport } from './decisions-report.ts';
import { driftReport } from './drift-report.ts';
import { expiringReport } from './expiring-report.ts';
import {
  accessCells,
  activityCells,
  clearCells,
  decisionsCells,
  driftCells,
  expiringCells,
  exportRows,
  maskedColumnCells,
  pastCells,
  pastClearCells,
  unmappedCells,
  unusedCells,
} from './export-report.ts';
import { maskedColumnsReport } from './masked-columns-report.ts';
import { readReport } from './read-report.ts';
import { requireReportScope, speaksOfSource } from './report-scope.ts';
import { readLooks, unmappedReport } from './unmapped-report.ts';
import { unusedReport } from './unused-report.ts';

type By = { deps: Deps; actor: LoadedPerson };
type QueryAt = QueryOf<typeof contract.reportWhoHasAccess> & { at: string };

/** What each report is about, once the reader may have it. */
const reports = {
  async whoHas({ deps, actor }: By, query: QueryOf<typeof contract.reportWhoHasAccess>) {
    return accessReport({ ...query, scope: await scopeOver(deps.db, actor, query) });
  },
  async whoHad({ deps, actor }: By, query: QueryAt) {
    const scope = await scopeOver(deps.db, actor, query);
    await requirePast(deps.db, query.at);
    return accessReportAt({ ...query, scope });
  },
  async whatHas({ deps, actor }: By, query: QueryOf<typeof contract.reportWhatHas>) {
    const user = query.user?.toLowerCase() ?? actor.globalUserId;
    const isOwn = user === actor.globalUserId;
    if (isOwn) requireMay(actor, 'report.read', { kind: 'account', globalUserId: user });
    const scope = isOwn ? 'all' : await requireReportScope(deps.db, actor);
    if (!isOwn && !(await loadPerson(deps.db, user))) throw notFound('user');
    return accessReport({ user, searchText: query.searchText, cause: query.cause, scope });
  },
  async expiring({ deps, actor }: By, query: QueryOf<typeof contract.reportExpiring>) {
    return expiringReport({ ...query, scope: await requireReportScope(deps.db, actor) });
  },
  async decisions({ deps, actor }: By, query: QueryOf<typeof contract.reportDecisions>) {
    return decisionsReport({ ...query, scope: await requireReportScope(deps.db, actor) });
  },
  async maskedColumns({ deps, actor }: By, query: QueryOf<typeof contract.reportMaskedColumns>) {
    return maskedColumnsReport({ ...query, scope: await requireReportScope(deps.db, actor) });
  },
  async drift({ deps, actor }: By, query: QueryOf<typeof contract.reportDrift>) {
    return driftReport({ ...query, scope: await requireReportScope(deps.db, actor) });
  },
  async activity({ deps, actor }: By, query: QueryOf<typeof contract.reportQueryActivity>) {
    return activityReport({ ...query, scope: await scopeOver(deps.db, actor, query) });
  },
  async unused({ deps, actor }: By, query: QueryOf<typeof contract.reportUnusedAccess>) {
    return unusedReport({ ...query, scope: await scopeOver(deps.db, actor, query) });
  },
  async unmapped({ deps, actor }: By, query: QueryOf<typeof contract.reportUnmappedLogins>) {
    return unmappedReport({ ...query, scope: await scopeOver(deps.db, actor, query) });
  },
};

type ClearQuery = QueryOf<typeof contract.reportClearColumns>;

/** Who sees columns of a data source in clear, now or at an earlier moment with what is not known of it. */
async function clearColumns({ deps, actor }: By, query: ClearQuery) {
  await scopeOver(deps.db, actor, query);
  const { sourceId, at } = query;
  if (at !== undefined) await requirePast(deps.db, at);
  const asOf =
    at === undefined ? null : { at: new Date(at).toISOString(), gaps: await clearGapsAt(deps.db, { sourceId, at }) };
  return { report: await clearReport(deps.db, query), asOf };
}

async function exportClearColumns(by: By, query: ClearQuery): Promise<Readable> {
  const { report, asOf } = await clearColumns(by, query);
  return exportRows(by.deps.db, report, asOf === null ? clearCells : pastClearCells(asOf));
}

/** What the reader's reports speak of, once that is known to hold the data source in question, if there is one. */
async function scopeOver(db: Reader, actor: LoadedPerson, { sourceId }: { sourceId?: number | undefined }) {
  const scope = await requireReportScope(db, actor);
  if (sourceId !== undefined && !(await speaksOf(db, scope, sourceId))) throw notFound('data source');
  return scope;
}

async function speaksOf(db: Reader, scope: Scope, sourceId: number): Promise<boolean> {
  const { rows } =
    await sql`select from data_source s where s.id = ${sourceId} and ${speaksOfSource(scope, sql`s.id`)}`.execute(db);
  return rows.length === 1;
}

/** Now, or at an earlier moment with what is not known of it. */
async function readWhoHasAccess(by: By, query: QueryOf<typeof contract.reportWhoHasAccess>) {
  const { db } = by.deps;
  const { at } = query;
  if (at === undefined) return { ...(await readReport(db, await reports.whoHas(by, query), query)), asOf: null };
  const page = await readReport(db, await reports.whoHad(by, { ...query, at }), query);
  return { ...page, asOf: { at: new Date(at).toISOString(), gaps: await gapsAt(db, { ...query, at }) } };
}

async function exportWhoHasAccess(by: By, query: QueryOf<typeof contract.reportWhoHasAccess>): Promise<Readable> {
  const { db } = by.deps;
  const { at } = query;
  if (at === undefined) return exportRows(db, await reports.whoHas(by, query), accessCells);
  const report = await reports.whoHad(by, { ...query, at });
  return exportRows(db, report, pastCells(new Date(at).toISOString(), await gapsAt(db, { ...query, at })));
}

type Query = Record<string, unknown>;
const parse = <O extends Operation>(operation: O, query: Query): QueryOf<O> =>
  // The operation's own schema made it.
  parseInput(operation, { params: undefined, query, body: undefined }).query as QueryOf<O>;

const files: Readonly<Record<contract.ReportName, (by: By, query: Query) => Promise<Readable>>> = {
  'who-has-access': (by, query) => exportWhoHasAccess(by, parse(contract.reportWhoHasAccess, query)),
  'what-has': async (by, query) =>
    exportRows(by.deps.db, await reports.whatHas(by, parse(contract.reportWhatHas, query)), accessCells),
  expiring: async (by, query) =>
    exportRows(by.deps.db, await reports.expiring(by, parse(contract.reportExpiring, query)), expiringCells),
  decisions: async (by, query) =>
    exportRows(by.deps.db, await reports.decisions(by, parse(contract.reportDecisions, query)), decisionsCells),
  'masked-columns': async (by, query) =>
    exportRows(
      by.deps.db,
      await reports.maskedColumns(by, parse(contract.reportMaskedColumns, query)),
      maskedColumnCells,
    ),
  drift: async (by, query) =>
    exportRows(by.deps.db, await reports.drift(by, parse(contract.reportDrift, query)), driftCells),
  'query-activity': async (by, query) =>
    exportRows(by.deps.db, await reports.activity(by, parse(contract.reportQueryActivity, query)), activityCells),
  'unused-access': async (by, query) =>
    exportRows(by.deps.db, await reports.unused(by, parse(contract.reportUnusedAccess, query)), unusedCells),
  'clear-columns': (by, query) => exportClearColumns(by, parse(contract.reportClearColumns, query)),
  'unmapped-logins': async (by, query) =>
    exportRows(by.deps.db, await reports.unmapped(by, parse(contract.reportUnmappedLogins, query)), unmappedCells),
};

export const reportRoutes: readonly (Route | RawRoute)[] = [
  route(contract.reportWhoHasAccess)(async ({ deps, actor, query }) => ({
    status: 200,
    body: await readWhoHasAccess({ deps, actor }, query),
  })),
  route(contract.reportWhatHas)(async ({ deps, actor, query }) => ({
    status: 200,
    body: await readReport(deps.db, await reports.whatHas({ deps, actor }, query), query),
  })),
  route(contract.reportExpiring)(async ({ deps, actor, query }) => ({
    status: 200,
    body: await readReport(deps.db, await reports.expiring({ deps, actor }, query), query),
  })),
  route(contract.reportDecisions)(async ({ deps, actor, query }) => ({
    status: 200,
    body: await readReport(deps.db, await reports.decisions({ deps, actor }, query), query),
  })),
  route(contract.reportMaskedColumns)(async ({ deps, actor, query }) => ({
    status: 200,
    body: await readReport(deps.db, await reports.maskedColumns({ deps, actor }, query), query),
  })),
  route(contract.reportDrift)(async ({ deps, actor, query }) => ({
    status: 200,
    body: await readReport(deps.db, await reports.drift({ deps, actor }, query), query),
  })),
  route(contract.reportQueryActivity)(async ({ deps, actor, query }) => ({
    status: 200,
    body: await readReport(deps.db, await reports.activity({ deps, actor }, query), query),
  })),
  route(contract.reportUnusedAccess)(async ({ deps, actor, query }) => ({
    status: 200,
    body: await readReport(deps.db, await reports.unused({ deps, actor }, query), query),
  })),
  route(contract.reportUnmappedLogins)(async ({ deps, actor, query }) => {
    const page = await readReport(deps.db, await reports.unmapped({ deps, actor }, query), query);
    const scope = await scopeOver(deps.db, actor, query);
    return { status: 200, body: { ...page, looks: await readLooks(deps.db, { ...query, scope }) } };
  }),
  route(contract.reportClearColumns)(async ({ deps, actor, query }) => {
    const { report, asOf } = await clearColumns({ deps, actor }, query);
    return { status: 200, body: { ...(await readReport(deps.db, report, query)), asOf } };
  }),
  rawRoute(contract.exportReport, async ({ deps, actor }, request, reply) => {
    if (!actor) throw new Refusal('auth.not_authenticated');
    const input = parseInput(contract.exportReport, { params: request.params, query: request.query, body: undefined });
    const { report } = contract.exportReport.params.parse(input.params);
    const file = await files[report]({ deps, actor }, contract.exportReport.query.parse(input.query));
    return reply
      .header('content-type', 'text/csv; charset=utf-8')
      .header('content-disposition', `attachment; filename="${report}.csv"`)
      .header('cache-control', 'no-store')
      .send(file);
  }),
];
