import { sql } from 'kysely';
import type { Tx } from '../db/pool.ts';
import type { Checked, Direction, Finding, InvariantId, Unchecked } from './finding.ts';

/** What a question about stored rows answers for each row that is not as it should be. */
export type WrongRow = {
  readonly subject: string;
  readonly found: string;
  readonly since: Date | null;
  readonly request?: string | null;
};

export type Question = {
  readonly direction: Direction;
  readonly expected: string;
  /** The table that holds it. */
  readonly where: string;
  readonly next: string;
  /** Answers `WrongRow`s. */
  readonly query: string;
};

/** So many of one kind are told, the oldest first, each time the same; whoever mends them looks again. */
const most = 1_000;

/** Asks a list of questions, each of which answers what is wrong. */
export async function askRows(
  tx: Tx,
  invariant: InvariantId,
  { rows, questions }: { readonly rows: string; readonly questions: readonly Question[] },
): Promise<Checked> {
  const counted = await sql.raw<{ n: number }>(rows).execute(tx);
  const findings: Finding[] = [];
  const notes: string[] = [];
  for (const question of questions) {
    const { rows: wrong } = await sql
      .raw<WrongRow & { all: number }>(
        `select *, count(*) over ()::int as all from (${question.query}) wrong order by since nulls last, subject, found limit ${most}`,
      )
      .execute(tx);
    findings.push(...wrong.map((row) => toFinding(invariant, question, row)));
    const all = wrong[0]?.all ?? 0;
    if (all > most) notes.push(`only the ${most} oldest of ${all} are told of: ${question.expected}`);
  }
  return { invariant, rows: counted.rows[0]?.n ?? 0, findings, unchecked: [], notes };
}

const toFinding = (invariant: InvariantId, question: Question, row: WrongRow): Finding => ({
  invariant,
  direction: question.direction,
  subject: row.subject,
  expected: question.expected,
  found: row.found,
  where: question.where,
  since: row.since,
  next: question.next,
  ...(row.request == null ? {} : { requestId: row.request }),
});

export const noneOf = (unchecked: readonly Unchecked[]): Omit<Checked, 'invariant'> => ({
  rows: 0,
  findings: [],
  unchecked,
  notes: [],
});
