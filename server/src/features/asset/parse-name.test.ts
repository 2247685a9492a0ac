import { technology } from '@stoa/contract/enums';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { foldName, parseName, writeName } from './parse-name.ts';

const fold = (name: string, technology?: string) => {
  const parts = parseName(name);
  return parts && foldName(parts, technology);
};

test('names are parted at dots outside quotes and folded as the technology does', () => {
  expect(fold('DB.Schema."Table.x"', 'PostgreSQL')).toEqual(['db', 'schema', 'Table.x']);
  expect(fold('db.schema."a""b"', 'Snowflake')).toEqual(['DB', 'SCHEMA', 'a"b']);
  expect(fold('Db.T', 'MySQL')).toEqual(['Db', 'T']);
  expect(fold(' db . "x y" ')).toEqual(['db', 'x y']);
  for (const broken of ['', '.', 'a.', '.a', 'a..b', '"a', '"a"b', 'a"b"', '""', 'a.b.c.d.e.f.g.h.i.j.k'])
    expect(fold(broken)).toBeNull();
});

test('names are written plain where they may be, and quoted where they would be folded or taken apart', () => {
  expect(writeName(['warehouse', 'claims', 'claimEvents'], 'PostgreSQL')).toBe('warehouse.claims."claimEvents"');
  expect(writeName(['DB', 'S', 'T_1'], 'Snowflake')).toBe('DB.S.T_1');
  expect(writeName(['db'], 'Snowflake')).toBe('"db"');
  expect(writeName(['Db', 'a.b', 'c"d'], 'MySQL')).toBe('Db."a.b"."c""d"');
  expect(writeName(['a', ''], 'MySQL')).toBeNull();
});

const part = fc.oneof(
  fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme' }),
  fc.constantFrom('a.b', '"', '""', ' ', ' x ', 'İ', 'ß', 'ſ', "'; drop table x; --", 'Straße', '..', '\t', 'a\nb'),
);
const path = fc.array(part, { minLength: 1, maxLength: 10 });

test('whatever a path holds, its name leads back to it, on every technology', () => {
  fc.assert(
    fc.property(path, fc.constantFrom(...technology.options), (parts, on) => {
      expect(fold(writeName(parts, on) ?? '', on)).toEqual(parts);
    }),
  );
});

test('any text is a name or none; nothing is thrown, and no name has an empty part', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 200, unit: 'binary' }), fc.constantFrom(...technology.options), (text, on) => {
      for (const one of fold(text, on) ?? ['x']) expect(one).not.toBe('');
    }),
  );
});
