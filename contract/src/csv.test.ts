import fc from 'fast-check';
import { expect, test } from 'vitest';
import { csvOf, neutralCell, valueOfCell } from './csv.ts';

/** Reads as a spreadsheet does. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = '';
  let isQuoted = false;
  for (let i = text.startsWith('\uFEFF') ? 1 : 0; i < text.length; i++) {
    const c = text[i] ?? '';
    if (isQuoted) {
      if (c === '"' && text[i + 1] === '"') cell += text[++i];
      else if (c === '"') isQuoted = false;
      else cell += c;
    } else if (c === '"') isQuoted = true;
    else if (c === ',') {
      row.push(cell);
      cell = '';
    } else if (c === '\n') {
      rows.push([...row, cell.replace(/\r$/, '')]);
      row = [];
      cell = '';
    } else cell += c;
  }
  return rows;
}

const cell = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: fc.constantFrom('=', '+', '-', '@', '\t', '\r', '\n', '"', ',', ';', "'", ' ', '＝', '＋', 'a') }),
);

test('what goes into a file comes out of it, cell by cell', () => {
  fc.assert(
    fc.property(fc.array(fc.array(cell, { minLength: 1, maxLength: 4 }), { maxLength: 5 }), (rows) => {
      expect(parseCsv(csvOf(rows)).map((row) => row.map(valueOfCell))).toEqual(rows);
    }),
  );
});

test('no cell begins as a formula does', () => {
  for (const value of [
    '=1+1',
    '+1',
    '-1',
    '@SUM(A1)',
    '\t=1',
    '\r=1',
    '\n=1',
    '＝1+1',
    '＋1',
    '－1',
    '＠x',
    ' =1',
    "'=1",
    '\u200B=1',
  ])
    expect(neutralCell(value)).toBe(`'${value}`);
});

test('ordinary cells stay as they are', () => {
  for (const value of ['Ada', "'t Hooft", '2026-01-01', 'a=b', '', 'line one\nline two'])
    expect(neutralCell(value)).toBe(value);
});
