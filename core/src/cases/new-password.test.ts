import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { formsOfPassword, judgePassword } from '../password/judge-password.ts';

type Case<Given> = { readonly name: string; readonly given: Given; readonly want: unknown; readonly reason: string };
const read = <Given>(file: string): readonly Case<Given>[] =>
  parse(readFileSync(new URL(`new-password/${file}.yaml`, import.meta.url), 'utf8'));

const anna = { username: 'anna.berg', name: 'Anna Berg', email: 'a.berg@example.com' };

describe('a new password of Anna Berg', () => {
  test.each(read<{ password: string }>('judge').map((one) => [one.name, one] as const))('%s', (_, one) => {
    expect(judgePassword(one.given.password, anna), one.reason).toEqual(one.want);
  });
});

describe('as it is looked up', () => {
  test.each(read<string>('forms').map((one) => [one.name, one] as const))('%s', (_, one) => {
    expect(formsOfPassword(one.given), one.reason).toEqual(one.want);
  });
});

test('somebody without an address has names all the same', () => {
  expect(judgePassword('annaanna-12', { ...anna, email: null })).toEqual({ why: 'names', word: 'anna' });
});
