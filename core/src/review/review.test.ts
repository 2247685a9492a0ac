import { describe, expect, test } from 'vitest';
import { courseOf, play, recordsFor, request, source, stage, submittedAt, who } from '../cases/world.ts';
import { durationAnswer, fittingAnswers, parseDuration } from './check-answers.ts';
import { cancelRequest, revokeRequest } from './close.ts';
import { barrierOf } from './eligible.ts';
import type { Flow, ReviewEvent } from './flow.ts';
import { sourceWords } from './matches-source.ts';
import { isReviewable, openSlots, waitingFor } from './open-slots.ts';
import { requestStatusOf } from './request-status.ts';
import type { RequestFacts } from './request-facts.ts';
import { eventFor, resolveFlow, stewardsOf } from './resolve-flow.ts';
import { defaultAssetFlow, defaultProductFlow, standardRequestForm } from './standard.ts';
import { submitUnder } from './submit.ts';
import { parseFlow } from './validate-flow.ts';

const facts: RequestFacts = {
  requestType: 'DATA_ACCESS',
  answers: {},
  duration: 10,
  userGroups: ['HR'],
  userAttributes: {},
  targetTags: [],
  columnTags: [],
  columnCount: 0,
  onBehalf: false,
  risk: 'LOW',
};
const byRiskEvent: ReviewEvent = { type: 'review', params: { stages: [stage({ any: ['group Risk'] })] } };
const byRisk: Flow = { rules: [], defaultEvent: byRiskEvent };
const noDomain = (): string => '';

describe('delegation', () => {
  const standard = standardRequestForm.policy;
  test('the standard form leaves it to the target, and then to the default flow of its kind', () => {
    expect(eventFor({ formFlow: standard, targetFlow: byRisk, targetType: 'DATA_PRODUCT' }, facts)).toBe(
      byRisk.defaultEvent,
    );
    expect(eventFor({ formFlow: standard, targetFlow: null, targetType: 'DATA_PRODUCT' }, facts)).toBe(
      defaultProductFlow.defaultEvent,
    );
    expect(eventFor({ formFlow: standard, targetFlow: null, targetType: 'DATA_OBJECT' }, facts)).toBe(
      defaultAssetFlow.defaultEvent,
    );
  });
  test('a form that does not delegate wins, and the flow of the target is inactive', () => {
    const flows = { formFlow: byRisk, targetFlow: defaultProductFlow, targetType: 'DATA_PRODUCT' } as const;
    expect(eventFor(flows, facts)).toBe(byRisk.defaultEvent);
    expect(resolveFlow(flows).targetIsActive).toBe(false);
    expect(stewardsOf(flows)).toEqual([source('group Risk')]);
  });
  test('a rule of the form goes before its delegation, and both name stewards', () => {
    const formFlow: Flow = {
      rules: [
        {
          conditions: { all: [{ fact: 'userGroups', operator: 'contains', value: 'HR' }] },
          event: byRisk.defaultEvent,
        },
      ],
      defaultEvent: { type: 'dataProductPolicy' },
    };
    const flows = { formFlow, targetFlow: null, targetType: 'DATA_OBJECT' } as const;
    expect(eventFor(flows, facts)).toBe(byRisk.defaultEvent);
    expect(eventFor(flows, { ...facts, userGroups: [] })).toBe(defaultAssetFlow.defaultEvent);
    expect(stewardsOf(flows)).toEqual([source('group Risk'), source('GOVERNANCE')]);
  });
  test('delegation that leads nowhere ends with governors, never with approval', () => {
    const event = eventFor({ formFlow: standard, targetFlow: standard, targetType: 'DATA_PRODUCT' }, facts);
    expect(event).toEqual(defaultAssetFlow.defaultEvent);
  });
  test('what the wire brings becomes a flow only when nothing is wrong with it', () => {
    expect(parseFlow({ rules: [], defaultEvent: byRisk.defaultEvent }, 'target')).toMatchObject({ ok: true });
    expect(parseFlow({ rules: [], defaultEvent: { type: 'approve', params: {} } }, 'form')).toMatchObject({
      ok: false,
    });
  });
});

describe('submitting', () => {
  const approve = { type: 'approve', params: { comment: 'Open data.', duration: 10, durationUnit: 'DAYS' } } as const;
  const day = 86_400_000;
  test('automatic approval lasts the shorter of the flow and the answer', () => {
    expect(submitUnder(approve, { amount: 2, unit: 'DAYS' }, 0)).toMatchObject({
      status: 'APPROVED',
      expiration: 2 * day,
      reason: 'Open data.',
    });
    expect(submitUnder(approve, { amount: 2, unit: 'YEARS' }, 0).expiration).toBe(10 * day);
    expect(submitUnder(approve, null, 0).expiration).toBe(10 * day);
    expect(submitUnder({ type: 'approve', params: { comment: 'ok' } }, null, 0).expiration).toBeNull();
  });
  test('a rule that denies gives its comment as the reason', () => {
    expect(submitUnder({ type: 'deny', params: { comment: 'Leavers only.' } }, null, 0)).toEqual({
      status: 'DENIED',
      expiration: null,
      reason: 'Leavers only.',
      records: [],
    });
  });
  test('a review makes records and waits', () => {
    expect(submitUnder(byRiskEvent, null, 0)).toMatchObject({ status: 'PENDING', records: [{ status: 'PENDING' }] });
  });
});

describe('the status of a request', () => {
  const event = { type: 'review', params: { stages: [stage({ all: ['group HR', 'GOVERNANCE'] })] } } as const;
  const history = { submittedAt, requestedDuration: null, canceledAt: null, revokedAt: null };
  const pending = courseOf(event.params.stages);
  const half = play(pending, { by: 'hr', status: 'APPROVED', reason: 'ok' });
  const full = play(half, { by: 'governor', status: 'APPROVED', reason: 'ok', duration: 1, durationUnit: 'DAYS' });
  const now = submittedAt + 7_200_000;
  test('is pending until each slot is approved, also when a record is missing', () => {
    expect(requestStatusOf({ event, records: half.records, history }, now).status).toBe('PENDING');
    expect(requestStatusOf({ event, records: full.records.slice(0, 1), history }, now).status).toBe('PENDING');
    expect(requestStatusOf({ event, records: [], history }, now).status).toBe('PENDING');
    expect(requestStatusOf({ event, records: full.records, history }, now).status).toBe('APPROVED');
  });
  test('is canceled by a cancel, and revoked by a revocation before the end', () => {
    expect(
      requestStatusOf({ event, records: half.records, history: { ...history, canceledAt: now } }, now).status,
    ).toBe('CANCELED');
    const end = full.expiration ?? 0;
    const revokedAt = (at: number) =>
      requestStatusOf({ event, records: full.records, history: { ...history, revokedAt: at } }, end + 9).status;
    expect(revokedAt(now)).toBe('REVOKED');
    expect(revokedAt(end)).toBe('EXPIRED');
  });
  test('follows the rule where a rule decided', () => {
    const denied = { event: { type: 'deny', params: {} }, records: [], history } as const;
    expect(requestStatusOf(denied, now).status).toBe('DENIED');
    const auto = { event: { type: 'approve', params: { comment: 'ok' } }, records: [], history } as const;
    expect(requestStatusOf(auto, now)).toEqual({ status: 'APPROVED', expiration: null });
    const short = { ...auto, history: { ...history, requestedDuration: { amount: 1, unit: 'HOURS' } } } as const;
    expect(requestStatusOf(short, now).status).toBe('EXPIRED');
  });
  test('only the fitting act closes it', () => {
    expect(cancelRequest('PENDING', half.records)).toMatchObject({ ok: true, canceled: [{ id: 'r1' }] });
    expect(cancelRequest('APPROVED', full.records)).toMatchObject({ ok: false, code: 'access_request.not_pending' });
    expect(revokeRequest('APPROVED')).toEqual({ ok: true });
    expect(revokeRequest('EXPIRED')).toMatchObject({ ok: false, code: 'access_request.not_approved' });
  });
});

describe('open slots', () => {
  const stages = [stage({ any: ['group HR', 'GOVERNANCE'] }), stage({ all: ['group Risk'] })];
  test('say who may decide now, and what the others wait for', () => {
    const records = recordsFor(stages);
    expect(openSlots(records)).toMatchObject([
      { recordId: 'r0', status: 'PENDING', waitsFor: [] },
      { recordId: 'r1', waitsFor: ['r0'] },
    ]);
    expect(waitingFor(records, noDomain)).toEqual(['group HR or permission GOVERNANCE']);
  });
  test('every kind of source has words', () => {
    const words = [
      { type: 'USER', id: '7' },
      { type: 'DOMAIN PERMISSION', permission: 'Manage Policies', domainId: 'd' },
      { type: 'CATALOG PERMISSION' },
      source('Duty=Privacy'),
      source('Manage Data Products'),
    ] as const;
    expect(words.map((s) => sourceWords(s, () => 'Claims'))).toEqual([
      'user 7',
      'Manage Policies in Claims',
      'catalog permission',
      'attribute Duty = Privacy',
      "Manage Data Products in the target's domains",
    ]);
  });
  const input = (people: readonly string[], distinctReviewers = false) => ({
    request: request(),
    records: recordsFor([stage({ all: ['group HR', 'GOVERNANCE'] })]),
    people: people.map(who),
    settings: { fourEyes: true, distinctReviewers },
  });
  test('without somebody for each source it is not reviewable', () => {
    expect(isReviewable(input(['hr', 'governor']))).toBe(true);
    expect(isReviewable(input(['hr', 'consumer-second-login']))).toBe(false);
    expect(isReviewable(input(['hr', 'disabled-governor']))).toBe(false);
  });
  test('with distinct reviewers one person for two sources is not enough', () => {
    expect(isReviewable(input(['governor-and-hr']))).toBe(true);
    expect(isReviewable(input(['governor-and-hr'], true))).toBe(false);
    expect(isReviewable(input(['governor-and-hr', 'hr'], true))).toBe(true);
    expect(isReviewable(input(['governor-and-hr', 'governor'], true))).toBe(true);
  });
});

describe('periods as answers', () => {
  test('are read strictly', () => {
    expect(parseDuration({ amount: 3, unit: 'MONTHS' })).toEqual({ amount: 3, unit: 'MONTHS' });
    for (const bad of [
      null,
      3,
      '3 MONTHS',
      { amount: '3', unit: 'MONTHS' },
      { amount: 3, unit: 'MOONS' },
      { amount: 0, unit: 'DAYS' },
    ])
      expect(parseDuration(bad)).toBeNull();
  });
  test('are found among the answers', () => {
    expect(durationAnswer([{ fieldId: 'f', type: 'ACCESS_DURATION', value: { amount: 1, unit: 'WEEKS' } }])).toEqual({
      amount: 1,
      unit: 'WEEKS',
    });
    expect(durationAnswer([])).toBeNull();
  });
});

describe('what keeps somebody from a slot', () => {
  const slot = { approvers: [source('group HR'), source('user consumer'), source('user consumer2')] };
  const barrier = (name: string, over: { fourEyes?: boolean; routedBy?: string } = {}) =>
    barrierOf(who(name), request(), {
      ...slot,
      routedBy: over.routedBy === undefined ? null : who(over.routedBy),
      settings: { fourEyes: over.fourEyes ?? true },
    });
  test('is named for those who fill it and are barred by four eyes alone', () => {
    expect(barrier('consumer')).toBe('requester');
    expect(barrier('consumer2')).toBe('beneficiary');
    expect(barrier('self-made-hr')).toBe('self-grant');
    expect(barrier('hr', { routedBy: 'hr' })).toBe('assigned');
  });
  test('is nothing for those who may decide, for strangers, and with four eyes off', () => {
    expect(barrier('hr')).toBeNull();
    expect(barrier('hr2', { routedBy: 'hr' })).toBeNull();
    expect(barrier('risk')).toBeNull();
    expect(barrier('consumer', { fourEyes: false })).toBeNull();
  });
});

test('an approval that would be over already is refused, whoever picked its period', () => {
  const course = courseOf([stage({ all: ['group HR', 'GOVERNANCE'] })]);
  const records = course.records.map((r, i) =>
    i === 0 ? ({ ...r, status: 'APPROVED', duration: -1, durationUnit: 'DAYS' } as const) : r,
  );
  const { outcomes } = play({ ...course, records }, { by: 'governor', status: 'APPROVED', reason: 'ok' });
  expect(outcomes).toEqual(['approval_record.end_past']);
});

test('of a form that is not filled in yet, the answers that fit are taken and the others named', () => {
  const fields = [
    { id: 'a', type: 'DROPDOWN', label: 'Purpose', options: [{ value: 'Audit' }] },
    { id: 'b', type: 'CHECKBOXES', label: 'Tools', options: [{ value: 'SQL' }] },
    { id: 'c', type: 'ACCESS_DURATION', label: 'How long?' },
    { id: 'd', type: 'SHORT_ANSWER', label: 'Why?' },
  ] as const;
  const given = [
    { fieldId: 'a', value: 'Audit' },
    { fieldId: 'b', value: ['SAS'] },
    { fieldId: 'c', value: { amount: 2, unit: 'WEEKS' } },
    { fieldId: 'd', value: '' },
    { fieldId: 'gone', value: 'x' },
  ];
  const { answers, problems } = fittingAnswers(fields, given);
  expect(answers.map((a) => a.fieldId)).toEqual(['a', 'c']);
  expect(problems.map((p) => p.fieldId)).toEqual(['b', 'gone']);
});
