import type { DurationUnit } from '@stoa/contract/enums';
import type { Duration } from '../duration/duration.ts';
import type { Quality } from '../person.ts';
import type { Condition, Flow, FlowEvent, ReviewerSource, Rule, Stage } from '../review/flow.ts';

/** What both sides of the comparison are told; how it is meant is for each of them to know. */
export type Step =
  | { readonly kind: 'submit'; readonly by: number; readonly for: number; readonly answers: Answers }
  | {
      readonly kind: 'decide';
      readonly by: number;
      /** Picks among those who could decide the request, where there are any: most acts should get somewhere. */
      readonly isLikely: boolean;
      readonly request: number;
      readonly record: number | null;
      readonly status: string;
      readonly reason: string;
      readonly period: { readonly amount?: number; readonly unit?: DurationUnit };
    }
  | { readonly kind: 'cancel' | 'revoke'; readonly by: number; readonly request: number }
  | { readonly kind: 'reroute'; readonly by: number; readonly request: number; readonly stages: readonly Stage[] }
  | { readonly kind: 'join'; readonly login: number; readonly quality: number; readonly isOwnHand: boolean }
  | { readonly kind: 'leave'; readonly login: number; readonly quality: number }
  | { readonly kind: 'enable' | 'disable'; readonly login: number }
  | { readonly kind: 'version'; readonly form: Flow }
  | { readonly kind: 'own-flow'; readonly target: Flow | null }
  | { readonly kind: 'suspend' | 'resume' }
  | { readonly kind: 'wait'; readonly hours: number };

export type Answers = { readonly purpose: string; readonly period: Duration | null };

export type Start = {
  readonly fourEyes: boolean;
  readonly distinctReviewers: boolean;
  readonly form: Flow;
  readonly target: Flow | null;
  /** Per login, the places of the qualities it begins with. */
  readonly qualities: readonly (readonly number[])[];
};
export type Sequence = { readonly start: Start; readonly steps: readonly Step[] };

export const startAt = Date.UTC(2028, 0, 30, 22);
/** The product lies in one domain, or its permission would be asked for in both. */
export const targetDomains = ['d1'] as const;
export const purposeField = 'f-purpose';

/** The last login belongs to the person behind the first. */
export const personOf = (login: number): string => `p${login === 7 ? 0 : login}`;
export const loginId = (login: number): string => `u${login}`;
export const logins = [0, 1, 2, 3, 4, 5, 6, 7] as const;

export const groupName = (id: number): string => `group ${id}`;
export const qualities: readonly Quality[] = [
  { kind: 'group', id: 1 },
  { kind: 'group', id: 2 },
  { kind: 'permission', permission: 'GOVERNANCE' },
  { kind: 'permission', permission: 'AUDIT' },
  { kind: 'attribute', name: 'duty', value: 'privacy' },
  { kind: 'domain-permission', domainId: 'd1', permission: 'Manage Data Products' },
  { kind: 'domain-permission', domainId: 'd2', permission: 'Manage Data Products' },
];

const sources: readonly ReviewerSource[] = [
  { type: 'GROUP', id: 1, name: 'group 1' },
  { type: 'GROUP', name: 'group 2' },
  { type: 'PERMISSION', permission: 'GOVERNANCE' },
  { type: 'PERMISSION', permission: 'AUDIT' },
  { type: 'ATTRIBUTE', key: 'duty', value: 'privacy' },
  { type: 'DOMAIN PERMISSION', permission: 'Manage Data Products' },
  { type: 'DOMAIN PERMISSION', permission: 'Manage Data Products', domainId: 'd2' },
  { type: 'USER', id: 'u5' },
  { type: 'USER', id: '106' },
];

/** Numbers from a seed: the same on every machine, so that a sequence can be played again. */
export type Dice = { readonly below: (n: number) => number; readonly hits: (percent: number) => boolean };

/** Mulberry32. */
export function diceOf(seed: number): Dice {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (n: number): number => Math.floor(next() * n);
  return { below, hits: (percent) => below(100) < percent };
}

const pick = <T>({ below }: Dice, list: readonly T[]): T => {
  const one = list[below(list.length)];
  if (one === undefined) throw new Error('nothing to pick from');
  return one;
};
const times = <T>(n: number, make: (at: number) => T): T[] => Array.from({ length: n }, (_, at) => make(at));

const units: readonly DurationUnit[] = ['HOURS', 'DAYS', 'WEEKS', 'MONTHS', 'YEARS'];
const duration = (d: Dice): Duration => ({ amount: 1 + d.below(14), unit: pick(d, units) });

function stages(d: Dice): Stage[] {
  return times(1 + d.below(3), (): Stage => {
    const list = [...new Set(times(1 + d.below(3), () => pick(d, sources)))];
    return d.hits(50) ? { all: list } : { any: list };
  });
}

function condition(d: Dice, depth: number): Condition {
  if (depth < 3 && d.hits(35)) {
    const members = times(1 + d.below(3), () => condition(d, depth + 1));
    return pick(d, [{ all: members }, { any: members }, { not: condition(d, depth + 1) }]);
  }
  return pick<Condition>(d, [
    { fact: 'answers', path: `$.${purposeField}`, operator: pick(d, ['equal', 'notEqual']), value: 'research' },
    { fact: 'answers', path: `$.${purposeField}`, operator: pick(d, ['in', 'notIn']), value: ['audit', 'fraud'] },
    { fact: 'answers', path: '$.gone', operator: pick(d, ['equal', 'notEqual']), value: 'research' },
    {
      fact: 'duration',
      operator: pick(d, ['lessThan', 'lessThanInclusive', 'greaterThan', 'greaterThanInclusive']),
      value: pick(d, [7, 14, 30, 60, 365]),
    },
    { fact: 'userGroups', operator: pick(d, ['contains', 'doesNotContain']), value: groupName(1 + d.below(2)) },
    { fact: 'userAttributes', path: '$.duty', operator: pick(d, ['contains', 'doesNotContain']), value: 'privacy' },
    { fact: 'onBehalf', operator: pick(d, ['equal', 'notEqual']), value: d.hits(50) },
  ]);
}

function event(d: Dice, mayDelegate: boolean): FlowEvent {
  if (d.hits(66)) return { type: 'review', params: { stages: stages(d) } };
  if (mayDelegate && d.hits(40)) return { type: 'dataProductPolicy' };
  if (d.hits(40)) return { type: 'deny', params: d.hits(50) ? { comment: 'Not here.' } : {} };
  const { amount, unit } = duration(d);
  return {
    type: 'approve',
    params: { comment: 'Open data.', ...(d.hits(60) ? { duration: amount, durationUnit: unit } : {}) },
  };
}

function flow(d: Dice, owner: 'form' | 'target'): Flow {
  const rules = times(
    d.below(3),
    (): Rule => ({
      conditions: { all: [condition(d, 0)] },
      event: event(d, owner === 'form'),
    }),
  );
  let defaultEvent = event(d, owner === 'form');
  while (owner === 'target' && defaultEvent.type === 'deny') defaultEvent = event(d, false);
  return { rules, defaultEvent };
}

const statuses = ['APPROVED', 'DENIED', 'CANCELED', 'PENDING'] as const;

function decide(d: Dice): Step {
  const given = duration(d);
  const status = d.hits(82) ? 'APPROVED' : d.hits(85) ? 'DENIED' : pick(d, statuses);
  const period = d.hits(45)
    ? given
    : d.hits(6)
      ? pick(d, [{ amount: 2 }, { unit: given.unit }, { ...given, amount: 1.5 }])
      : {};
  return {
    kind: 'decide',
    by: d.below(logins.length),
    isLikely: d.hits(80),
    request: d.below(6),
    record: d.hits(50) ? null : d.below(7),
    status,
    reason: d.hits(97) ? 'It fits.' : '  ',
    period: status === 'DENIED' && d.hits(90) ? {} : period,
  };
}

function step(d: Dice): Step {
  const by = d.below(logins.length);
  const request = d.below(6);
  const roll = d.below(100);
  if (roll < 16) {
    const answers = { purpose: pick(d, ['research', 'audit', 'fraud']), period: d.hits(60) ? duration(d) : null };
    return { kind: 'submit', by, for: d.hits(60) ? by : d.below(logins.length), answers };
  }
  if (roll < 60) return decide(d);
  if (roll < 64) return { kind: 'cancel', by, request };
  if (roll < 68) return { kind: 'revoke', by, request };
  if (roll < 74) return { kind: 'reroute', by, request, stages: stages(d) };
  if (roll < 81) return { kind: 'join', login: by, quality: d.below(qualities.length), isOwnHand: d.hits(40) };
  if (roll < 86) return { kind: 'leave', login: by, quality: d.below(qualities.length) };
  if (roll < 88) return { kind: pick(d, ['disable', 'enable']), login: by };
  if (roll < 91) return { kind: 'version', form: flow(d, 'form') };
  if (roll < 92) return { kind: 'own-flow', target: d.hits(70) ? flow(d, 'target') : null };
  if (roll < 94) return { kind: d.hits(35) ? 'suspend' : 'resume' };
  return { kind: 'wait', hours: pick(d, [1, 20, 24 * 6, 24 * 31, 24 * 400]) };
}

/** The sequence of this seed: up to thirty steps. */
export function sequenceOf(seed: number): Sequence {
  const d = diceOf(seed);
  return {
    start: {
      fourEyes: d.hits(80),
      distinctReviewers: d.hits(25),
      form: flow(d, 'form'),
      target: d.hits(50) ? flow(d, 'target') : null,
      qualities: logins.map(() => qualities.flatMap((_, at) => (d.hits(36) ? [at] : []))),
    },
    steps: times(5 + d.below(26), () => step(d)),
  };
}
