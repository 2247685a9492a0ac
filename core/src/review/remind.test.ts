import { describe, expect, test } from 'vitest';
import { recordsFor, request, stage, type StageText, submittedAt, who } from '../cases/world.ts';
import { checkReminder, type ReminderInput, reminderGapMs, whoIsWaitedFor } from './remind.ts';
import { defaultReviewSettings } from './record.ts';

const hour = 3_600_000;
const open = (stages: readonly StageText[], updatedAt = submittedAt) =>
  recordsFor(stages.map(stage)).map((record) => ({ ...record, updatedAt }));
const inputOf = (stages: readonly StageText[], over: Partial<ReminderInput> = {}): ReminderInput => ({
  request: request(),
  records: open(stages),
  people: ['consumer', 'consumer2', 'hr', 'hr2', 'risk', 'governor'].map(who),
  settings: defaultReviewSettings,
  actor: who('consumer'),
  lastRemindedAt: null,
  now: submittedAt + reminderGapMs,
  ...over,
});
const names = (people: readonly { readonly globalUserId: string }[]) =>
  people.map(({ globalUserId }) => globalUserId.slice('u-'.length));
function answerOf(input: ReminderInput) {
  const answer = checkReminder(input);
  return answer.ok ? names(answer.people) : [answer.code, answer.facts?.['from']];
}
const iso = (at: number) => new Date(at).toISOString();
const tooEarly = 'access_request.reminder_too_early';
const nobody = ['access_request.nobody_to_remind', undefined];
const two: readonly StageText[] = [{ any: ['group HR'] }, { any: ['group Risk'] }];

describe('a reminder of one request', () => {
  test('goes to those who may decide now, from a day after they were asked', () => {
    expect(answerOf(inputOf(two))).toEqual(['hr', 'hr2']);
    expect(answerOf(inputOf(two, { now: submittedAt + reminderGapMs - 1 }))).toEqual([
      tooEarly,
      iso(submittedAt + reminderGapMs),
    ]);
  });
  test('comes once in 24 hours', () => {
    const lastRemindedAt = submittedAt + 30 * hour;
    const from = lastRemindedAt + reminderGapMs;
    expect(answerOf(inputOf(two, { lastRemindedAt, now: from - 1 }))).toEqual([tooEarly, iso(from)]);
    expect(answerOf(inputOf(two, { lastRemindedAt, now: from }))).toEqual(['hr', 'hr2']);
  });
  test('leaves out who was asked only now, and does not wait for a slot that nobody fills', () => {
    const [first, ...rest] = open([{ all: ['group HR', 'group Risk'] }]);
    const late = rest.map((record) => ({ ...record, updatedAt: submittedAt + hour }));
    const records = first === undefined ? late : [first, ...late];
    expect(answerOf(inputOf([], { records }))).toEqual(['hr', 'hr2']);
    const people = ['consumer', 'risk'].map(who);
    expect(answerOf(inputOf([], { records, people }))).toEqual([tooEarly, iso(submittedAt + hour + reminderGapMs)]);
  });
  test('is for nobody where four eyes keeps out all that are left, or only who asks for it could decide', () => {
    const only = (name: string, fourEyes: boolean) =>
      inputOf([{ any: [`user ${name}`] }], { settings: { ...defaultReviewSettings, fourEyes } });
    expect(answerOf(only('consumer2', true))).toEqual(nobody);
    expect(answerOf(only('consumer2', false))).toEqual(['consumer2']);
    expect(answerOf(only('consumer', false))).toEqual(nobody);
    const detailOf = (fourEyes: boolean) => checkReminder(only('consumer', fourEyes));
    expect(detailOf(false)).toMatchObject({ detail: 'Nobody but you could decide what is open of it.' });
    expect(detailOf(true)).toMatchObject({ detail: 'Nobody is left who could decide what is open of it.' });
  });
  test('is refused where nothing can be decided', () => {
    const { target } = request();
    expect(answerOf(inputOf(two, { request: request({ target: { ...target, suspended: true } }) }))).toEqual(nobody);
    expect(answerOf(inputOf(two, { request: request({ status: 'APPROVED' }) }))[0]).toBe('access_request.not_pending');
  });
});

test('who decided a part already is not waited for where each part asks for another person', () => {
  const [first, ...rest] = open([{ all: ['group HR', 'group Risk', 'GOVERNANCE'] }]);
  if (first === undefined) throw new Error('a stage of three has a first record');
  const records = [{ ...first, status: 'APPROVED' as const, actionBy: who('governor-and-hr') }, ...rest];
  const people = ['governor-and-hr', 'risk', 'governor'].map(who);
  const waitedFor = (distinctReviewers: boolean) =>
    names(whoIsWaitedFor(people, inputOf([], { records, settings: { ...defaultReviewSettings, distinctReviewers } })));
  expect(waitedFor(false)).toEqual(['governor-and-hr', 'risk', 'governor']);
  expect(waitedFor(true)).toEqual(['risk', 'governor']);
});
