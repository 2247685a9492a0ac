import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../../..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');

/** `file` name of a test; the next one after a semicolon that is followed by a file. */
const namedTests = (cell: string): { file: string; name: string }[] =>
  [...cell.matchAll(/`([\w./-]+\.ts)` (.+?)(?=; `|$)/g)].map(([, file = '', name = '']) => ({
    file,
    name: name.trim(),
  }));

const missing = ({ file, name }: { file: string; name: string }): boolean =>
  !existsSync(join(root, file)) || !read(file).includes(name);

const rowsOf = (file: string, id: RegExp): string[][] =>
  read(file)
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .map((line) =>
      line
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim()),
    )
    .filter(([first = '']) => id.test(first));

test('each threat T1 to T36 has its defence, and each test that is named for it exists', () => {
  const rows = rowsOf('SECURITY.md', /^T\d+$/);
  expect(rows.map(([id]) => id)).toEqual(Array.from({ length: 36 }, (_, n) => `T${n + 1}`));
  for (const [id, , defence = '', tests = ''] of rows) {
    const named = namedTests(tests);
    expect({ id, isTested: named.length > 0 || defence.startsWith('*Not built*') }).toEqual({ id, isTested: true });
    expect({ id, missing: named.filter(missing) }).toEqual({ id, missing: [] });
  }
});

/** How many requirements each section of ASVS 5.0.0 has. */
const asvs: Readonly<Record<number, readonly number[]>> = {
  1: [2, 10, 12, 3, 3],
  2: [3, 3, 5, 2],
  3: [1, 3, 5, 8, 8, 1, 5],
  4: [5, 5, 2, 4],
  5: [1, 6, 3, 3],
  6: [3, 12, 8, 6, 8, 4, 2, 4],
  7: [3, 4, 2, 5, 3, 2],
  8: [4, 4, 3, 2],
  9: [3, 4],
  10: [2, 3, 5, 16, 5, 2, 3],
  11: [4, 5, 5, 4, 2, 2, 2],
  12: [5, 2, 5],
  13: [4, 6, 4, 7],
  14: [2, 8, 3],
  15: [5, 5, 7, 4],
  16: [1, 5, 4, 3, 4],
  17: [2, 8, 2],
};

test('each of the 345 requirements of ASVS 5.0.0 is answered, and each yes names a test that exists', () => {
  const ids = Object.entries(asvs).flatMap(([chapter, sections]) =>
    sections.flatMap((count, at) => Array.from({ length: count }, (_, n) => `V${chapter}.${at + 1}.${n + 1}`)),
  );
  expect(ids).toHaveLength(345);
  const rows = rowsOf('docs/asvs.md', /^V\d+\.\d+\.\d+$/);
  expect(rows.map(([id]) => id)).toEqual(ids);
  for (const [id, , answer = '', why = '', tests = ''] of rows) {
    expect(['yes', 'code', 'no', 'n/a']).toContain(answer);
    const named = namedTests(tests);
    expect({ id, isTested: named.length > 0, isExplained: why !== '' }).toEqual({
      id,
      isTested: answer === 'yes',
      isExplained: true,
    });
    expect({ id, missing: named.filter(missing) }).toEqual({ id, missing: [] });
  }
});
