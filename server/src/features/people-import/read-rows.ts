import {
  importColumns,
  type ImportedRow,
  type ImportKind,
  importLimits,
  importRow,
} from '@stoa/contract/people-import';
import { readCsv } from '@stoa/contract/read-csv';
import { refused } from '@stoa/core/people-import/judged';
import type { z } from 'zod';
import { Refusal } from '../../http/refusal.ts';

export type ReadRows<S extends z.ZodType> = {
  readonly rows: readonly (z.output<S> & { line: number })[];
  /** Rows in which a cell does not fit; the others are judged without them. */
  readonly bad: readonly ImportedRow[];
};

const unreadable = (detail: string, line?: number): Refusal =>
  new Refusal('import.unreadable', { detail, ...(line === undefined ? {} : { extra: { line } }) });

const plain = (header: string): string => header.toLowerCase().replaceAll(/[\s_-]/g, '');
const listed = (names: readonly string[]): string => names.join(', ');

/** Reads a file into rows of its kind. A file that is no table of the kind is refused as a whole. */
export function readRows<K extends ImportKind>(kind: K, csv: string): ReadRows<(typeof importRow)[K]> {
  const { rows, problem } = readCsv(csv);
  if (problem !== undefined) throw unreadable(`Line ${problem.line}: ${problem.reason}`, problem.line);
  const [header, ...all] = rows;
  const columns = columnsOf(kind, header?.cells ?? []);
  const filled = all.filter((row) => row.cells.some((cell) => cell.trim() !== ''));
  if (filled.length === 0) throw unreadable('There is no row below the header.', 2);
  if (filled.length > importLimits.rows)
    throw unreadable(`The file has ${filled.length} rows; ${importLimits.rows} are read at once.`);
  const good: (z.output<(typeof importRow)[K]> & { line: number })[] = [];
  const bad: ImportedRow[] = [];
  for (const { line, cells } of filled) {
    const values = Object.fromEntries(
      columns.flatMap((column, at) => {
        const value = cells[at]?.trim() ?? '';
        return column === undefined || value === '' ? [] : [[column, value]];
      }),
    );
    const subject = subjectOf(kind, values);
    if (cells.length > columns.length && cells.slice(columns.length).some((cell) => cell.trim() !== '')) {
      bad.push(refused(line, subject, { column: '', reason: 'It has more cells than the header has columns.' }));
      continue;
    }
    const read = importRow[kind].safeParse(values);
    if (read.success) {
      // The schema of this very kind made it; the compiler does not follow an indexed access.
      good.push({ ...(read.data as z.output<(typeof importRow)[K]>), line });
    } else {
      bad.push(refused(line, subject, problemOf(read.error)));
    }
  }
  return { rows: good, bad };
}

/** The column of each cell; undefined where the header is empty. */
function columnsOf(kind: ImportKind, header: readonly string[]): (string | undefined)[] {
  const required: readonly string[] = importColumns[kind].required;
  const known = [...required, ...importColumns[kind].optional];
  const columns = header.map((cell) => known.find((one) => plain(one) === plain(cell)));
  const strange = header.filter((cell, at) => columns[at] === undefined && cell.trim() !== '');
  if (strange.length > 0) {
    const names = listed(strange.slice(0, 10).map((one) => `"${one.slice(0, 60)}"`));
    throw unreadable(`Line 1: there is no column ${names}. The columns are ${listed(known)}.`, 1);
  }
  const twice = columns.find((one, at) => one !== undefined && columns.indexOf(one) !== at);
  if (twice !== undefined) throw unreadable(`Line 1: the column ${twice} stands twice.`, 1);
  const missing = required.filter((one) => !columns.includes(one));
  if (missing.length > 0) throw unreadable(`Line 1: the column ${listed(missing)} is missing.`, 1);
  return columns;
}

const keyColumns = {
  users: ['username'],
  groups: ['name'],
  members: ['group', 'username'],
  attributes: ['principal', 'name'],
  identities: ['username'],
} as const satisfies Readonly<Record<ImportKind, readonly string[]>>;

const subjectOf = (kind: ImportKind, values: Readonly<Record<string, string>>): string =>
  keyColumns[kind]
    .map((column) => values[column] ?? '')
    .filter((value) => value !== '')
    .join(': ')
    .replaceAll(/\p{Cc}/gu, ' ')
    .slice(0, 200);

function problemOf(error: z.ZodError): { column: string; reason: string } {
  const issue = error.issues[0];
  const column = issue?.path.map(String).join('.') ?? '';
  return { column, reason: issue === undefined ? 'The row does not fit.' : reasonOf(issue) };
}

function reasonOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
    case 'too_small':
      return 'The cell is empty.';
    case 'too_big':
      return `The cell is longer than ${issue.maximum} letters.`;
    case 'invalid_value':
      return `The cell may say ${issue.values.map(String).join(' or ')}.`;
    case 'invalid_format':
      return issue.format === 'email' ? 'This is no e-mail address.' : `The cell ${issue.message}.`;
    default:
      return `The cell ${issue.message}.`;
  }
}
