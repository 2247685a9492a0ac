import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvOf } from './csv.ts';
import { readCsv } from './read-csv.ts';

const cellsOf = (text: string) => readCsv(text).rows.map((row) => row.cells);

describe('reading CSV', () => {
  it('knows commas, semicolons and tabs, byte order marks and all line ends', () => {
    for (const text of ['a,b\r\n1,2\r\n', '\uFEFFa;b\n1;2', 'a\tb\r1\t2\r'])
      expect(cellsOf(text)).toEqual([
        ['a', 'b'],
        ['1', '2'],
      ]);
    expect(cellsOf('a,b\n1,\n')).toEqual([
      ['a', 'b'],
      ['1', ''],
    ]);
  });

  it('tells the line that a record begins on, also behind cells of several lines', () => {
    const { rows } = readCsv('a,b\n"1\r\n1",2\n\n3,4\n');
    expect(rows.map((row) => row.line)).toEqual([1, 2, 4, 5]);
  });

  it('reads quotes within quotes, and says where one is never closed or is followed by something', () => {
    expect(cellsOf('"a""b",c')).toEqual([['a"b', 'c']]);
    expect(readCsv('a\n1\n"2\n3').problem).toEqual({ line: 3, reason: 'A quote is opened and never closed.' });
    expect(readCsv('a,b\n"1"x,2').problem).toEqual({ line: 2, reason: 'Something stands behind a closing quote.' });
  });

  it('reads back whatever we write, and never fails on anything else', () => {
    const cell = fc.string({ unit: 'grapheme', maxLength: 8 });
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 5 }), (rows) => {
        expect(cellsOf(csvOf([['a', 'b'], ...rows])).slice(1)).toEqual(rows);
      }),
    );
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => readCsv(text).rows.length >= 0));
  });
});
