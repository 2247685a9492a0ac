import type { Finding } from './finding.ts';
import type { InvariantReport, VerifyReport } from './run-verify.ts';

/** 0: all hold. 1: something is violated. 2: nothing is, but something could not be checked. */
export function exitCodeOf({ invariants }: Pick<VerifyReport, 'invariants'>): 0 | 1 | 2 {
  if (invariants.some(({ status }) => status === 'violated')) return 1;
  return invariants.some(({ status }) => status === 'unchecked') ? 2 : 0;
}

const words = { held: 'held', violated: 'VIOLATED', unchecked: 'NOT CHECKED', 'not asked': 'not asked' } as const;
/** So many findings of an invariant are written out; the rest are counted. The JSON form has them all. */
const mostWritten = 50;

/** A report as a person reads it. */
export function printReport(report: VerifyReport): string {
  const lines = report.invariants.flatMap((one) => printInvariant(one, report.finishedAt));
  const violated = report.invariants.filter(({ status }) => status === 'violated');
  const unchecked = report.invariants.filter(({ status }) => status === 'unchecked');
  const findings = violated.reduce((sum, one) => sum + one.findings.length, 0);
  const seconds = ((report.finishedAt.getTime() - report.startedAt.getTime()) / 1000).toFixed(1);
  const end = [
    findings > 0 ? `${findings} findings in ${violated.map(({ invariant }) => invariant).join(', ')}` : null,
    unchecked.length > 0 ? `not checked: ${unchecked.map(({ invariant }) => invariant).join(', ')}` : null,
  ].filter((part) => part !== null);
  return [...lines, '', `${end.length === 0 ? 'All that was checked holds' : end.join('; ')} (${seconds} s).`].join(
    '\n',
  );
}

function printInvariant(one: InvariantReport, now: Date): string[] {
  const head = `${one.invariant.padEnd(4)}${one.name.padEnd(20)}${words[one.status].padEnd(13)}${one.rows} rows checked`;
  const ages = one.findings.flatMap(({ since }) => since ?? []).map((since) => now.getTime() - since.getTime());
  const oldest = ages.length === 0 ? '' : `, the oldest for ${age(Math.max(...ages))}`;
  const count = one.findings.length === 0 ? '' : `; ${one.findings.length} findings${oldest}`;
  const left = one.findings.length - mostWritten;
  return [
    `${head}${count}`,
    ...one.findings.slice(0, mostWritten).flatMap((finding) => printFinding(finding)),
    ...(left > 0 ? [`      and ${left} more; --format json has them all`] : []),
    ...one.unchecked.map(({ what, why }) => `      not checked: ${what}: ${why}`),
    ...one.notes.map((note) => `      ${note}`),
  ];
}

function printFinding(finding: Finding): string[] {
  const request = finding.requestId === undefined ? '' : ` (request ${finding.requestId})`;
  return [
    `      ${finding.direction}: ${finding.subject}${request} at ${finding.where}`,
    `        expected: ${finding.expected}`,
    `        found:    ${finding.found}${finding.since === null ? '' : `; since ${finding.since.toISOString()}`}`,
    `        next:     ${finding.next}`,
  ];
}

function age(milliseconds: number): string {
  const minutes = Math.floor(milliseconds / 60_000);
  if (minutes < 1) return `${Math.max(Math.floor(milliseconds / 1000), 0)} s`;
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.floor(hours / 24)} days`;
}

/** The same for programs, with everything. */
export const jsonReport = (report: VerifyReport): string =>
  JSON.stringify({ ...report, exitCode: exitCodeOf(report) }, null, 2);
