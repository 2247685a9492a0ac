import { csvOf } from '@stoa/contract/csv';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { batchesOf, cellsOf, pastedNames } from './pasted-names.ts';

describe('pasted names', () => {
  it('come one per line, quotes and all, and as links with what these narrow them by', () => {
    const text = [
      'warehouse.claims.policies',
      '  "Ware.house"."a""b" ',
      '',
      'https://stoa.example/request?fullyQualifiedName=db.s.%22T%22&technology=PostgreSQL&host=h&port=5432&accountId=1#x',
      'https://old.example/marketplace/request?fullyQualifiedName=a.b&host=h',
    ].join('\r\n');
    expect(pastedNames(text)).toEqual([
      { name: 'warehouse.claims.policies' },
      { name: '"Ware.house"."a""b"' },
      { name: 'db.s."T"', technology: 'PostgreSQL', host: 'h', port: '5432' },
      { name: 'a.b' },
    ]);
  });

  it('come as a table with a column of names or of links, whatever separates them', () => {
    const rows = [
      ['Id', 'fullyQualifiedName', 'technology', 'host'],
      ['1', 'a.b', 'MySQL', 'h;1'],
      ['2', '=x."y,z"', '', 'h'],
      ['3', ' ', '', ''],
    ];
    const names = [{ name: 'a.b', technology: 'MySQL', host: 'h;1' }, { name: '=x."y,z"' }];
    expect(pastedNames(csvOf(rows))).toEqual(names);
    expect(pastedNames('id;link\r\n1;https://x/request?fullyQualifiedName=a.b\n')).toEqual([{ name: 'a.b' }]);
  });

  it('are read back from any file that we write', () => {
    const cell = fc.string({ unit: 'grapheme', maxLength: 8 });
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 5 }), (rows) => {
        expect(cellsOf(csvOf([['a', 'b'], ...rows])).slice(1)).toEqual(rows);
      }),
    );
  });

  it('go in batches of a hundred, narrowed alike, none too long for an address, each name once', () => {
    const wanted = Array.from({ length: 250 }, (_, n) => ({
      name: `t${n}`,
      ...(n % 2 === 0 ? {} : { technology: 'MySQL' }),
    }));
    const batches = batchesOf([...wanted, ...Array.from({ length: 4 }, () => ({ name: 'ü'.repeat(400) }))]);
    expect(batches.map((batch) => batch.names.length)).toEqual([100, 27, 2, 100, 25]);
    const places = batches.flatMap((batch) => batch.names.map((one) => one.at));
    expect(places.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 254 }, (_, n) => n));
  });
});
