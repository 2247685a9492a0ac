import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type Act,
  claims,
  courseOf,
  play,
  type StageText,
  stage,
  submittedAt,
  usernames,
  who,
} from '../cases/world.ts';
import { type Duration, endOf } from '../duration/duration.ts';
import { isSamePerson } from '../person.ts';
import { abilitiesOnAccessRequest } from '../permissions/abilities.ts';
import { may } from '../permissions/may.ts';
import type { AccessRequestObject } from '../permissions/objects.ts';
import { requestStatusOf } from './request-status.ts';

/** Who is behind each source, written down by hand: nothing here goes through the code under test. */
const peopleBehind: Readonly<Record<string, readonly string[]>> = {
  GOVERNANCE: ['governor', 'governor2', 'governor-and-hr'],
  'group HR': ['hr', 'hr2', 'governor-and-hr', 'self-made-hr-before'],
  'group Risk': ['risk'],
  'Manage Data Products': ['manager', 'manager-of-both'],
  'Duty=Privacy': ['privacy-lead'],
};

type Slot = { readonly people: readonly string[]; by: string | null; end: Duration | null };
/** A small model of a review: slots by stage, filled one by one. Answers the status, or `refused`. */
class Model {
  readonly stages: readonly (readonly Slot[])[];
  status = 'PENDING';
  expiration: number | null = null;
  readonly distinct: boolean;

  constructor(stages: readonly StageText[], distinct: boolean) {
    const slot = (names: readonly string[]): Slot => ({
      people: names.flatMap((n) => peopleBehind[n] ?? []),
      by: null,
      end: null,
    });
    this.stages = stages.map((s) => ('all' in s ? s.all.map((name) => slot([name])) : [slot(s.any)]));
    this.distinct = distinct;
  }

  act({ by, status, record, duration, durationUnit, at = 0 }: Act): string {
    const stageNow = this.stages.find((slots) => slots.some((s) => s.by === null)) ?? [];
    const named = record === undefined ? null : (this.stages.flat()[Number(record.slice(1))] ?? 'missing');
    if (this.status !== 'PENDING' || named === 'missing') return 'refused';
    const open = stageNow.filter((s) => s.by === null && s.people.includes(by));
    if (open.length === 0 || (named !== null && !open.includes(named))) return 'refused';
    if (this.distinct && this.stages.flat().some((s) => s.by === by)) return 'refused';
    if (status === 'DENIED') {
      if (duration !== undefined) return 'refused';
      this.status = 'DENIED';
      return this.status;
    }
    const fills = this.distinct ? [named ?? open[0]] : open;
    for (const s of fills) {
      if (s === undefined) continue;
      s.by = by;
      s.end = duration === undefined || durationUnit === undefined ? null : { amount: duration, unit: durationUnit };
    }
    if (this.stages.flat().every((s) => s.by !== null)) {
      const ends = this.stages.flat().flatMap((s) => (s.end === null ? [] : [endOf(at, s.end)]));
      this.status = 'APPROVED';
      this.expiration = ends.length === 0 ? null : Math.min(...ends);
    }
    return this.status;
  }
}

const sources = fc.subarray(Object.keys(peopleBehind), { minLength: 1, maxLength: 3 });
const stages = fc.array(
  fc.oneof(
    sources.map((any): StageText => ({ any })),
    sources.map((all): StageText => ({ all })),
  ),
  { minLength: 1, maxLength: 3 },
);
const period = fc.record({
  duration: fc.integer({ min: 1, max: 40 }),
  durationUnit: fc.constantFrom(
    'HOURS' as const,
    'DAYS' as const,
    'WEEKS' as const,
    'MONTHS' as const,
    'YEARS' as const,
  ),
});
const likely = ['governor-and-hr', 'governor', 'hr', 'risk', 'manager', 'privacy-lead'];
const anAct = fc
  .record({
    by: fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(...likely) },
      { weight: 1, arbitrary: fc.constantFrom(...usernames) },
    ),
    record: fc.option(
      fc.integer({ min: 0, max: 6 }).map((i) => `r${i}`),
      { nil: undefined, freq: 3 },
    ),
    status: fc.oneof(
      { weight: 15, arbitrary: fc.constant('APPROVED') },
      { weight: 1, arbitrary: fc.constant('DENIED') },
    ),
    period: fc.option(period, { nil: undefined }),
  })
  .map(({ period: given, ...act }): Act => ({ ...act, ...given, reason: 'because' }));
const acts = fc
  .array(anAct, { maxLength: 30 })
  .map((list) => list.map((act, i) => ({ ...act, at: submittedAt + i * 60_000 })));

test('any and all mean what a small model of them says, over random sequences of acts', () => {
  let approvals = 0;
  fc.assert(
    fc.property(stages, acts, fc.boolean(), (texts, sequence, distinctReviewers) => {
      const model = new Model(texts, distinctReviewers);
      let course = courseOf(texts.map(stage));
      for (const act of sequence) {
        const wanted = model.act(act);
        course = play(course, act, { fourEyes: true, distinctReviewers });
        const got = course.outcomes.at(-1) ?? '';
        expect(['PENDING', 'APPROVED', 'DENIED'].includes(got) ? got : 'refused').toBe(wanted);
      }
      expect({ status: course.request.status, expiration: course.expiration }).toEqual({
        status: model.status,
        expiration: model.expiration,
      });
      if (model.status === 'APPROVED') approvals++;
    }),
    { numRuns: 2000 },
  );
  // Else the comparison above would prove little.
  expect(approvals).toBeGreaterThan(200);
});

test('the status recomputed from flow, records and time is the one that the acts left behind', () => {
  fc.assert(
    fc.property(stages, acts, (texts, sequence) => {
      const flow = texts.map(stage);
      const course = sequence.reduce((c, act) => play(c, act), courseOf(flow));
      const facts = {
        event: { type: 'review', params: { stages: flow } },
        records: course.records,
        history: { submittedAt, requestedDuration: null, canceledAt: null, revokedAt: null },
      } as const;
      const now = submittedAt + 31 * 60_000;
      expect(requestStatusOf(facts, now)).toEqual({ status: course.request.status, expiration: course.expiration });
      if (course.records.some((r) => r.status === 'DENIED')) expect(course.request.status).toBe('DENIED');
      if (course.expiration !== null) {
        expect(requestStatusOf(facts, course.expiration - 1).status).toBe('APPROVED');
        expect(requestStatusOf(facts, course.expiration).status).toBe('EXPIRED');
      }
    }),
    { numRuns: 1000 },
  );
});

const asObject = (course: ReturnType<typeof courseOf>, distinctReviewers: boolean): AccessRequestObject => ({
  ...course.request,
  kind: 'access-request',
  target: { type: 'DATA_PRODUCT', name: 'Claims 2026', domains: [claims], suspended: false, registered: true },
  records: course.records,
  targetReviewers: [],
  fourEyes: true,
  distinctReviewers,
  awaitsAcceptance: false,
  expiration: course.expiration,
  now: submittedAt,
});

test('the ability to determine says yes exactly when a determination would be accepted', () => {
  fc.assert(
    fc.property(stages, acts, fc.constantFrom(...usernames), fc.boolean(), (texts, sequence, by, distinctReviewers) => {
      const settings = { fourEyes: true, distinctReviewers };
      const course = sequence.slice(0, 5).reduce((c, act) => play(c, act, settings), courseOf(texts.map(stage)));
      const object = asObject(course, distinctReviewers);
      const after = play(course, { by, status: 'APPROVED', reason: 'because' }, settings);
      const accepted = after.refusals.length === course.refusals.length;
      expect(abilitiesOnAccessRequest(who(by), object).determine.allowed).toBe(accepted);
      if (accepted) expect(may(who(by), 'access-request.determine', object).allowed).toBe(true);
    }),
    { numRuns: 1000 },
  );
});

test('nobody decides their own request, by any login, record or path', () => {
  fc.assert(
    fc.property(
      stages,
      acts,
      fc.record({ requesting: fc.constantFrom(...usernames), beneficiary: fc.constantFrom(...usernames) }),
      (texts, sequence, parties) => {
        const requestingUser = who(parties.requesting);
        const beneficiary = who(parties.beneficiary);
        const course = sequence.reduce(
          (c, act) => play(c, act),
          courseOf(texts.map(stage), { requestingUser, beneficiary }),
        );
        for (const { actionBy } of course.records) {
          if (actionBy === null) continue;
          expect(isSamePerson(actionBy, requestingUser) || isSamePerson(actionBy, beneficiary)).toBe(false);
        }
        for (const own of [requestingUser, beneficiary])
          expect(may(own, 'access-request.determine', asObject(course, false)).allowed).toBe(false);
      },
    ),
    { numRuns: 1000 },
  );
});
