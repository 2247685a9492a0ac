import { sql } from 'kysely';
import type { Tx } from '../db/pool.ts';
import type { Checked, Finding } from './finding.ts';

type Period = { readonly amount: number; readonly unit: string };
type Row = {
  id: string;
  status: string;
  expiration: Date | null;
  createdAt: Date;
  decidedAt: Date | null;
  endedAt: Date | null;
  event: {
    type: string;
    params?: {
      stages?: readonly { any?: readonly unknown[]; all?: readonly unknown[] }[];
      duration?: number;
      durationUnit?: string;
    };
  };
  requested: Period | null;
  records: { status: string; duration: number | null; unit: string | null }[] | null;
};

/** I5: what the records of a request, its end and the time say its status is. */
export async function checkStatus(tx: Tx): Promise<Checked> {
  const findings: Finding[] = [];
  let rows = 0;
  for (let after = ''; ; ) {
    const { rows: part } = await sql<Row & { now: Date }>`
      select r.id, r.status, r.expiration, r.created_at as "createdAt", r.decided_at as "decidedAt", r.ended_at as "endedAt", r.event,
        r.requested_duration as requested, now() as now,
        (select json_agg(json_build_object('status', a.status, 'duration', a.duration, 'unit', a.duration_unit)) from approval_record a
          where a.access_request_id = r.id and a.left_behind_at is null) as records
      from access_request r where r.id > ${after} order by r.id limit 5000`.execute(tx);
    const last = part.at(-1);
    if (last === undefined) break;
    after = last.id;
    rows += part.length;
    findings.push(...part.flatMap(judge));
  }
  return { invariant: 'I5', rows, findings, unchecked: [], notes: [] };
}

function judge(row: Row & { now: Date }): Finding[] {
  const want = statusOf(row);
  const finding = (expected: string, found: string): Finding => ({
    invariant: 'I5',
    direction: 'wrong',
    subject: `request ${row.id}`,
    expected,
    found,
    where: 'access_request',
    since: row.endedAt ?? row.decidedAt ?? row.createdAt,
    next: 'Compare the request with its history in the audit trail; no way of the product makes this.',
    requestId: row.id,
  });
  if (want !== row.status)
    return [finding(`it is ${want}, by its records and what happened to it`, `it is ${row.status}`)];
  if (!['APPROVED', 'EXPIRED', 'REVOKED'].includes(row.status)) return [];
  const end = endOf(row);
  if (isSame(end, row.expiration)) return [];
  return [finding(`it ends ${words(end)}, by what was decided`, `it ends ${words(row.expiration)}`)];
}

function statusOf(row: Row & { now: Date }): string {
  const { event, endedAt, expiration, now } = row;
  const records = row.records ?? [];
  if (event.type === 'deny' || records.some(({ status }) => status === 'DENIED')) return 'DENIED';
  const wanted = (event.params?.stages ?? []).reduce((sum, { all }) => sum + (all === undefined ? 1 : all.length), 0);
  const approved = records.filter(({ status }) => status === 'APPROVED').length;
  const isApproved = event.type === 'approve' || (wanted > 0 && approved >= wanted);
  if (!isApproved) return endedAt === null ? 'PENDING' : 'CANCELED';
  const isOver = expiration !== null && (endedAt ?? now).getTime() >= expiration.getTime();
  if (isOver) return 'EXPIRED';
  return endedAt === null ? 'APPROVED' : 'REVOKED';
}

/** The shortest period that anybody named, from the moment of the decision on; null is without end. */
function endOf({ event, requested, records, createdAt, decidedAt }: Row): Date | null {
  const { duration, durationUnit } = event.params ?? {};
  const ofFlow = duration === undefined || durationUnit === undefined ? [] : [{ amount: duration, unit: durationUnit }];
  const periods =
    event.type === 'approve'
      ? [...ofFlow, ...(requested === null ? [] : [requested])]
      : (records ?? []).flatMap(({ status, duration: amount, unit }) =>
          status === 'APPROVED' && amount !== null && unit !== null ? [{ amount, unit }] : [],
        );
  const start = event.type === 'approve' ? createdAt : (decidedAt ?? createdAt);
  const ends = periods.map((period) => add(start, period));
  return ends.length === 0 ? null : new Date(Math.min(...ends));
}

/** Months are steps of the calendar, and stay within their month. */
function add(start: Date, { amount, unit }: Period): number {
  const hours = { HOURS: 1, DAYS: 24, WEEKS: 168 }[unit];
  if (hours !== undefined) return start.getTime() + amount * hours * 3_600_000;
  const months = amount * (unit === 'YEARS' ? 12 : 1);
  const end = new Date(start);
  end.setUTCDate(1);
  end.setUTCMonth(end.getUTCMonth() + months);
  const days = new Date(Date.UTC(end.getUTCFullYear(), end.getUTCMonth() + 1, 0)).getUTCDate();
  end.setUTCDate(Math.min(start.getUTCDate(), days));
  return end.getTime();
}

const isSame = (a: Date | null, b: Date | null): boolean =>
  a === null || b === null ? a === b : Math.abs(a.getTime() - b.getTime()) < 1_000;
const words = (end: Date | null): string => (end === null ? 'never' : `at ${end.toISOString()}`);
