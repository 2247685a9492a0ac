import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { assess } from '../assist/assess.ts';
import { asCandidate, asHistory, type GroupOfPast, type TraitsText } from './assist.fixture.ts';

type Case = {
  readonly name: string;
  readonly given: {
    readonly target?: readonly GroupOfPast[];
    readonly domain?: readonly GroupOfPast[];
    readonly form?: readonly GroupOfPast[];
    readonly candidate: TraitsText;
  };
  readonly want: object;
  readonly reason: string;
};

const folder = new URL('assist/', import.meta.url);
const now = Date.UTC(2026, 2, 1, 12);

describe('assist', () => {
  for (const file of readdirSync(folder).sort()) {
    const read: readonly Case[] = parse(readFileSync(new URL(file, folder), 'utf8'));
    for (const { name, given, want, reason } of read)
      test(name, () => {
        expect(assess(asHistory(given, now), asCandidate(given.candidate), now), reason).toMatchObject(want);
      });
  }
});
