import { valueOfCell } from './csv.ts';

/** One record of a file and the line it begins on; the first line is 1. */
export type CsvRow = { readonly line: number; readonly cells: readonly string[] };
export type CsvProblem = { readonly line: number; readonly reason: string };

/**
 * Records and cells of a CSV file (RFC 4180), with or without a byte order mark, with any line ends, separated by comma,
 * semicolon or tab, whichever its first line has most of. Cells that our own files neutralised get their value back.
 * @returns the records up to the first thing that cannot be read, and what that is
 */
export function readCsv(text: string): { rows: readonly CsvRow[]; problem?: CsvProblem } {
  const source = text.replace(/^\uFEFF/, '');
  const separator = separatorOf(/^[^\r\n]*/.exec(source)?.[0] ?? '');
  const rows: CsvRow[] = [];
  let cells: string[] = [];
  let [at, line, begin] = [0, 1, 1];
  while (at < source.length) {
    const cell = source[at] === '"' ? readQuoted(source, at) : readPlain(source, at, separator);
    if (cell === undefined) return { rows, problem: { line, reason: 'A quote is opened and never closed.' } };
    cells.push(valueOfCell(cell.value));
    line += cell.value.match(/\r\n?|\n/g)?.length ?? 0;
    at = cell.end;
    const next = source[at];
    if (next === separator) {
      at += 1;
      if (at === source.length) cells.push('');
      continue;
    }
    if (next !== undefined && next !== '\r' && next !== '\n')
      return { rows, problem: { line, reason: 'Something stands behind a closing quote.' } };
    rows.push({ line: begin, cells });
    cells = [];
    at += next === '\r' && source[at + 1] === '\n' ? 2 : 1;
    line += 1;
    begin = line;
  }
  if (cells.length > 0) rows.push({ line: begin, cells });
  return { rows };
}

const separatorOf = (head: string): string => {
  const counts = [',', ';', '\t'].map((one) => ({ one, count: head.split(one).length }));
  return counts.toSorted((a, b) => b.count - a.count)[0]?.one ?? ',';
};

type Cell = { readonly value: string; readonly end: number };

function readPlain(source: string, from: number, separator: string): Cell {
  let at = from;
  while (at < source.length && source[at] !== separator && source[at] !== '\r' && source[at] !== '\n') at += 1;
  return { value: source.slice(from, at), end: at };
}

function readQuoted(source: string, from: number): Cell | undefined {
  let part = from + 1;
  let value = '';
  for (;;) {
    const quote = source.indexOf('"', part);
    if (quote === -1) return undefined;
    value += source.slice(part, quote);
    if (source[quote + 1] !== '"') return { value, end: quote + 1 };
    value += '"';
    part = quote + 2;
  }
}
