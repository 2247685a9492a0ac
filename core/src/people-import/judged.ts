import type { ImportedRow } from '@stoa/contract/people-import';
import type { Answer } from '../permissions/answer.ts';

/** A row of a file in whose cells nothing is wrong by itself. */
export type At = { readonly line: number };
export type CellChange = ImportedRow['changes'][number];

export const unchanged = (line: number, subject: string, reason?: string): ImportedRow => ({
  line,
  outcome: 'unchanged',
  subject,
  changes: [],
  ...(reason === undefined ? {} : { reason }),
});

export const refused = (line: number, subject: string, why: { column: string; reason: string }): ImportedRow => ({
  line,
  outcome: 'refused',
  subject,
  changes: [],
  ...why,
});

/** The row as it would come out, or refused where the actor may not. */
export const ifAllowed = (answer: Answer, column: string, row: ImportedRow): ImportedRow =>
  answer.allowed ? row : refused(row.line, row.subject, { column, reason: answer.reason });

/** The cells that differ; what a file leaves empty stays. */
export const differences = (
  cells: Readonly<Record<string, { before: string | null; after: string | null | undefined }>>,
): CellChange[] =>
  Object.entries(cells).flatMap(([column, { before, after }]) =>
    after === undefined || after === before ? [] : [{ column, before, after }],
  );

type Keyed = { readonly key: string; readonly says: string; readonly column: string };

/**
 * Judges rows in their order. Of several about the same thing the first counts: one that says the same changes nothing,
 * and one that says something else is refused.
 */
export function judgeOnce<Row extends At>(
  rows: readonly Row[],
  keyOf: (row: Row) => Keyed,
  judge: (row: Row) => ImportedRow,
): ImportedRow[] {
  const seen = new Map<string, { line: number; says: string }>();
  return rows.map((row) => {
    const { key, says, column } = keyOf(row);
    const first = seen.get(key);
    const judged = judge(row);
    if (first === undefined) {
      seen.set(key, { line: row.line, says });
      return judged;
    }
    if (first.says === says) return unchanged(row.line, judged.subject, `Line ${first.line} says the same.`);
    return refused(row.line, judged.subject, {
      column,
      reason: `Line ${first.line} is about the same and says something else.`,
    });
  });
}
