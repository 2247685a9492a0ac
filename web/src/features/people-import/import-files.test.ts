import { importColumns, importRow } from '@stoa/contract/people-import';
import { readCsv } from '@stoa/contract/read-csv';
import { describe, expect, it } from 'vitest';
import { importKinds, resultFile, templateOf } from './import-files.ts';

describe('templates of imports', () => {
  it.each(importKinds)('of %s have every column, and their row is one that can be imported', (kind) => {
    const [header, row] = readCsv(templateOf(kind)).rows;
    expect(header?.cells).toEqual([...importColumns[kind].required, ...importColumns[kind].optional]);
    const cells = Object.fromEntries((header?.cells ?? []).map((name, at) => [name, row?.cells[at]]));
    expect(importRow[kind].safeParse(cells).success).toBe(true);
  });
});

describe('the outcome as a file', () => {
  it('names the line, what stands in the way, and runs nothing', () => {
    const file = resultFile([
      { line: 2, outcome: 'refused', subject: '=cmd()', changes: [], column: 'name', reason: 'The cell is empty.' },
      { line: 3, outcome: 'changed', subject: 'ann', changes: [{ column: 'name', before: null, after: 'Ann' }] },
    ]);
    expect(file).toContain(`"'=cmd()"`);
    expect(readCsv(file).rows[2]?.cells).toEqual(['3', 'changed', 'ann', '', '', 'name:  -> Ann']);
  });
});
