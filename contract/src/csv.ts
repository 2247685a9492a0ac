/**
 * What a spreadsheet would run instead of show: `=`, `+`, `-`, `@` (also in full width) in front, or a tab or line break
 * before them. Apostrophes in front count too, so that taking one away gives back what was there.
 */
const isFormula = /^'*[\s\p{Cc}\p{Cf}]*[=+\-@＝＋－＠]|^'*[\t\r\n]/u;

/** A cell that shows what it holds and runs nothing: an apostrophe is put before what would be a formula. */
export const neutralCell = (value: string): string => (isFormula.test(value) ? `'${value}` : value);

/** The value of a cell of ours. */
export const valueOfCell = (cell: string): string =>
  cell.startsWith("'") && isFormula.test(cell.slice(1)) ? cell.slice(1) : cell;

const quoted = (value: string): string => `"${neutralCell(value).replaceAll('"', '""')}"`;

/** Excel takes a file without this mark for one in a code page of Windows. */
const byteOrderMark = '\uFEFF';

/** Rows as CSV (RFC 4180), every cell in quotes, so that no separator of any country splits one. */
export const csvOf = (rows: readonly (readonly string[])[]): string => byteOrderMark + csvRows(rows);

/** Further rows of a file that is written in parts. */
export const csvRows = (rows: readonly (readonly string[])[]): string =>
  rows.map((row) => `${row.map(quoted).join(',')}\r\n`).join('');
