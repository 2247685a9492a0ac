import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { defaultReviewSettings } from '../review/record.ts';
import { reroute } from '../review/reroute.ts';
import { type Act, courseOf, play, type StageText, stage, who } from './world.ts';

type Given = {
  readonly stages: readonly StageText[];
  readonly acts?: readonly Act[];
  /** Nobody, where a flow that came into force names the people. */
  readonly by?: string;
  readonly to: readonly StageText[];
  readonly people: readonly string[];
};
type Case = { readonly name: string; readonly given: Given; readonly want: object; readonly reason: string };

function answer({ stages, acts = [], by, to, people }: Given): object {
  const course = acts.reduce((c, act) => play(c, { reason: 'It fits.', ...act }), courseOf(stages.map(stage)));
  const outcome = reroute({
    actor: by === undefined ? null : who(by),
    request: course.request,
    records: course.records,
    stages: to.map(stage),
    people: people.map(who),
    settings: defaultReviewSettings,
  });
  if (!outcome.ok) return { code: outcome.code, errors: outcome.errors?.map((e) => e.path) };
  const { slots, canceled, leftBehind } = outcome;
  return {
    slots: slots.map((slot) => slot.status),
    keeps: slots.map((slot) => slot.keeps),
    prerequisites: slots.map((slot) => slot.prerequisites),
    routedBy: slots.map((slot) => slot.routedBy?.globalUserId ?? null),
    canceled,
    leftBehind,
  };
}

describe('reroute', () => {
  const folder = new URL('reroute/', import.meta.url);
  const files = readdirSync(folder).sort();
  const cases: readonly Case[] = files.flatMap((file) => parse(readFileSync(new URL(file, folder), 'utf8')));
  test.each(cases)('$name', ({ given, want, reason }) => {
    expect(answer(given), reason).toMatchObject(want);
  });
});
