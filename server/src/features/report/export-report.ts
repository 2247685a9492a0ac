import { csvOf, csvRows } from '@stoa/contract/csv';
import type {
  AccessGap,
  AccessRow,
  ActivityRow,
  ClearColumnRow,
  ClearGap,
  DecisionsRow,
  DriftRow,
  ExpiringRow,
  MaskedColumnRow,
  UnmappedLoginRow,
  UnusedRow,
} from '@stoa/contract/report';
import { Readable } from 'node:stream';
import type { Reader } from '../../db/pool.ts';
import { type Report, readAll } from './read-report.ts';

/** A column of the file: its heading, and what stands in it. */
type Cells<Told> = Readonly<Record<string, (row: Told) => string | number | boolean | null | undefined>>;

/** Writes a report as CSV while it is read. */
export function exportRows<Row, Told>(db: Reader, report: Report<Row, Told>, cells: Cells<Told>): Readable {
  return Readable.from(parts(db, report, cells), { objectMode: false });
}

async function* parts<Row, Told>(db: Reader, report: Report<Row, Told>, cells: Cells<Told>): AsyncGenerator<string> {
  const columns = Object.entries(cells);
  yield csvOf([columns.map(([heading]) => heading)]);
  for await (const rows of readAll(db, report))
    yield csvRows(rows.map((row) => columns.map(([, cell]) => String(cell(row) ?? ''))));
}

export const accessCells: Cells<AccessRow> = {
  user: (row) => row.user?.username,
  name: (row) => row.user?.name,
  account: (row) => row.account,
  connection: (row) => row.source.connectionKey,
  object: (row) => row.source.objectPath.join('.'),
  cause: (row) => row.cause,
  through: (row) => row.causeText,
  request: (row) => row.requestId,
  since: (row) => row.since,
  approver: (row) => row.decidedBy?.username,
  reason: (row) => row.reason,
  until: (row) => row.until,
  state: (row) => row.state,
  verifiedAt: (row) => row.verifiedAt,
  lastUsedAt: (row) => row.lastUsedAt,
  usedSince: (row) => row.usedSince,
};

/** Of an earlier moment: each row says which, how sure it is, and what is not known of it. */
export const pastCells = (at: string, gaps: readonly AccessGap[]): Cells<AccessRow> => ({
  at: () => at,
  ...accessCells,
  evidence: (row) => row.evidence,
  notKnown: () => gaps.join(' '),
});

export const expiringCells: Cells<ExpiringRow> = {
  user: (row) => row.user.username,
  name: (row) => row.user.name,
  target: (row) => row.target.name,
  type: (row) => row.requestType,
  request: (row) => row.requestId,
  since: (row) => row.since,
  until: (row) => row.until,
  approver: (row) => row.decidedBy?.username,
  renewalPending: (row) => row.isRenewalPending,
};

export const decisionsCells: Cells<DecisionsRow> = {
  steward: (row) => row.steward.username,
  name: (row) => row.steward.name,
  approved: (row) => row.approved,
  denied: (row) => row.denied,
  temporary: (row) => row.temporary,
  medianSeconds: (row) => Math.round(row.medianSeconds),
  p90Seconds: (row) => Math.round(row.p90Seconds),
  inBulk: (row) => row.inBulk,
  followedAdvice: (row) => row.followedAdvice,
  overrodeAdvice: (row) => row.overrodeAdvice,
};

export const maskedColumnCells: Cells<MaskedColumnRow> = {
  connection: (row) => row.source.connectionKey,
  object: (row) => row.source.objectPath.join('.'),
  column: (row) => row.columnName,
  mask: (row) => row.maskingType,
  degradedTo: (row) => row.degradedTo,
  policy: (row) => row.policyName,
  tag: (row) => row.matchedTag,
  exceptPeopleWho: (row) => row.exceptPeopleWho,
  exceptionCount: (row) => row.exceptionCount,
  exceptions: (row) => row.exceptions.map(({ user }) => user.username).join(', '),
};

export const driftCells: Cells<DriftRow> = {
  finding: (row) => row.finding,
  connection: (row) => row.connectionKey,
  object: (row) => row.object,
  principal: (row) => row.principal,
  privilege: (row) => row.privilege,
  since: (row) => row.since,
  closedAt: (row) => row.closedAt,
  closedHow: (row) => row.closedHow,
  closedBy: (row) => row.closedBy,
  closedReason: (row) => row.closedReason,
  ignoredBy: (row) => row.ignoredBy,
  ignoredAt: (row) => row.ignoredAt,
  ignoredReason: (row) => row.ignoredReason,
};

export const activityCells: Cells<ActivityRow> = {
  connection: (row) => row.source.connectionKey,
  object: (row) => row.source.objectPath.join('.'),
  user: (row) => row.user?.username,
  name: (row) => row.user?.name,
  account: (row) => row.account,
  calls: (row) => row.calls,
  maybeCalls: (row) => row.maybeCalls,
  firstAt: (row) => row.firstAt,
  lastAt: (row) => row.lastAt,
};

export const unusedCells: Cells<UnusedRow> = {
  user: (row) => row.user.username,
  name: (row) => row.user.name,
  account: (row) => row.account,
  connection: (row) => row.source.connectionKey,
  object: (row) => row.source.objectPath.join('.'),
  state: (row) => row.state,
  through: (row) => row.through.join(', '),
  request: (row) => row.requestId,
  since: (row) => row.since,
  lastUsedAt: (row) => row.lastUsedAt,
  usedSince: (row) => row.usedSince,
};

export const unmappedCells: Cells<UnmappedLoginRow> = {
  connection: (row) => row.connectionKey,
  login: (row) => row.login,
  canSignIn: (row) => row.canLogin ?? 'everybody',
  through: (row) => row.through,
  privilege: (row) => row.privilege,
  objectCount: (row) => row.objectCount,
  everything: (row) => row.isEverything,
  objects: (row) => row.objects.map(({ objectPath }) => objectPath.join('.')).join(', '),
  since: (row) => row.since,
};

export const clearCells: Cells<ClearColumnRow> = {
  user: (row) => row.user?.username,
  name: (row) => row.user?.name,
  account: (row) => row.account,
  column: (row) => row.columnName ?? '*',
  mask: (row) => row.maskingType,
  cause: (row) => row.cause,
  through: (row) => row.causeText,
  policy: (row) => row.policyName,
  request: (row) => row.requestId,
  since: (row) => row.since,
  approver: (row) => row.decidedBy?.username,
  reason: (row) => row.reason,
  until: (row) => row.until,
  state: (row) => row.state,
  verifiedAt: (row) => row.verifiedAt,
};

export const pastClearCells = ({ at, gaps }: { at: string; gaps: readonly ClearGap[] }): Cells<ClearColumnRow> => ({
  at: () => at,
  ...clearCells,
  evidence: (row) => row.evidence,
  notKnown: () => gaps.join(' '),
});
