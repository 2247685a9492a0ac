/// <reference types="node" />
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { reasonWords } from './reason-text.ts';

const root = join(import.meta.dirname, '../../../..');
/** Where reasons of access and exceptions are given. */
const places = [
  'core/src/access',
  'core/src/provisioning',
  'core/src/masking/exemption-state.ts',
  'server/src/provisioning',
];
const families = 'approval|source|target|user|object|identity|principal|exception|membership|proof|container';
/** Reads a code that stands as a text of its own. */
const code = new RegExp(`'((?:${families})\\.[a-z_]+)'`, 'g');

const files = places
  .flatMap((place) =>
    place.endsWith('.ts') ? [place] : readdirSync(join(root, place)).map((name) => `${place}/${name}`),
  )
  .filter((file) => file.endsWith('.ts') && !/\.(test|fixture)\.ts$/.test(file));
const given = files.flatMap((file) => [...readFileSync(join(root, file), 'utf8').matchAll(code)].map(([, one]) => one));

test('every reason that access or an exception can have is told in words', () => {
  expect(files.length).toBeGreaterThan(20);
  expect(given).toContain('exception.ended');
  expect([...new Set(given)].filter((one) => one === undefined || !(one in reasonWords))).toEqual([]);
});
