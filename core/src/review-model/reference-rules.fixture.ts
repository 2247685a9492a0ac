import type { Duration } from '../duration/duration.ts';
import type { Condition, Flow, FlowEvent, ReviewerSource, Stage } from '../review/flow.ts';
import { groupsOf, type Login } from './people.fixture.ts';
import { type Answers, purposeField, qualities, targetDomains } from './world.fixture.ts';

// What single words of product.md 7 mean, written a second time for the reference; nothing here comes from core.

const daysInMonth = (year: number, month: number): number => {
  const lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return month === 1 && isLeap ? 29 : (lengths[month] ?? 0);
};

function endOf(start: number, { amount, unit }: Duration): number {
  const hour = 60 * 60 * 1000;
  if (unit === 'HOURS') return start + amount * hour;
  if (unit === 'DAYS') return start + amount * 24 * hour;
  if (unit === 'WEEKS') return start + amount * 7 * 24 * hour;
  const date = new Date(start);
  let year = date.getUTCFullYear();
  let month = date.getUTCMonth();
  for (let left = unit === 'YEARS' ? 12 * amount : amount; left > 0; left--) {
    month++;
    if (month === 12) {
      month = 0;
      year++;
    }
  }
  const day = Math.min(date.getUTCDate(), daysInMonth(year, month));
  const [h, m, s, ms] = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds(), date.getUTCMilliseconds()];
  return Date.UTC(year, month, day, h, m, s, ms);
}

/** The end of the shortest period; null when all are without end. */
export const earliest = (start: number, periods: readonly (Duration | null)[]): number | null => {
  let found: number | null = null;
  for (const period of periods) {
    if (period === null) continue;
    const end = endOf(start, period);
    if (found === null || end < found) found = end;
  }
  return found;
};

/** One name per source, whatever it displays. */
export const nameOf = (s: ReviewerSource): string => {
  if (s.type === 'USER') return `user ${s.id}`;
  if (s.type === 'GROUP') return `group ${s.id === undefined ? `named ${s.name}` : s.id}`;
  if (s.type === 'PERMISSION') return s.permission;
  if (s.type === 'DOMAIN PERMISSION') return `${s.permission} in ${s.domainId ?? 'the domains'}`;
  if (s.type === 'ATTRIBUTE') return `${s.key} is ${s.value}`;
  return 'catalog';
};
export const sameSources = (a: readonly ReviewerSource[], b: readonly ReviewerSource[]): boolean =>
  a.length === b.length && a.every((one) => b.some((other) => nameOf(other) === nameOf(one)));

/** Does the login fill the source, counting only what it had, or was given by others, before `honestSince`? */
export function fills(login: Login, source: ReviewerSource, honestSince: number | null): boolean {
  if (!login.isActive) return false;
  const held = login.held
    .filter((h) => honestSince === null || !h.isOwnHand || h.at < honestSince)
    .flatMap((h) => qualities[h.quality] ?? []);
  switch (source.type) {
    case 'USER':
      return source.id === login.id || source.id === `${100 + login.login}`;
    case 'GROUP':
      return held.some(
        (q) =>
          q.kind === 'group' && (source.id === q.id || (source.id === undefined && source.name === `group ${q.id}`)),
      );
    case 'PERMISSION':
      return held.some((q) => q.kind === 'permission' && q.permission === source.permission);
    case 'DOMAIN PERMISSION': {
      const domains: readonly string[] = source.domainId === undefined ? targetDomains : [source.domainId];
      return domains.every((d) =>
        held.some((q) => q.kind === 'domain-permission' && q.domainId === d && q.permission === source.permission),
      );
    }
    case 'ATTRIBUTE':
      return held.some((q) => q.kind === 'attribute' && q.name === source.key && q.value === source.value);
    case 'CATALOG PERMISSION':
      return false;
  }
}

export type Asking = { readonly answers: Answers; readonly beneficiary: Login; readonly isForOther: boolean };

const days = (period: Duration | null): number => {
  if (period === null) return Number.POSITIVE_INFINITY;
  const one = { HOURS: 1 / 24, DAYS: 1, WEEKS: 7, MONTHS: 30, YEARS: 365 };
  return period.amount * one[period.unit];
};

function valueOf(fact: string, path: string | undefined, { answers, beneficiary, isForOther }: Asking): unknown {
  if (fact === 'answers') return path === `$.${purposeField}` ? answers.purpose : undefined;
  if (fact === 'duration') return days(answers.period);
  if (fact === 'userGroups') return groupsOf(beneficiary);
  if (fact === 'userAttributes')
    return beneficiary.held.flatMap(({ quality }) => {
      const q = qualities[quality];
      return q?.kind === 'attribute' && `$.${q.name}` === path ? [q.value] : [];
    });
  return fact === 'onBehalf' ? isForOther : undefined;
}

function holds(condition: Condition, asking: Asking): boolean {
  if ('not' in condition) return !holds(condition.not, asking);
  if ('all' in condition) {
    for (const one of condition.all) if (!holds(one, asking)) return false;
    return true;
  }
  if ('any' in condition) {
    for (const one of condition.any) if (holds(one, asking)) return true;
    return false;
  }
  const { fact, path, operator, value } = condition;
  const got = valueOf(fact, path, asking);
  if (operator === 'equal' || operator === 'notEqual') return (got === value) === (operator === 'equal');
  if (operator === 'in' || operator === 'notIn')
    return (Array.isArray(value) && value.indexOf(got) >= 0) === (operator === 'in');
  if (operator === 'contains' || operator === 'doesNotContain')
    return (Array.isArray(got) && got.indexOf(value) >= 0) === (operator === 'contains');
  if (typeof got !== 'number' || typeof value !== 'number') return false;
  if (operator === 'lessThan') return got < value;
  if (operator === 'lessThanInclusive') return got <= value;
  return operator === 'greaterThan' ? got > value : got >= value;
}

export function eventOf(flow: Flow, asking: Asking): FlowEvent {
  for (const rule of flow.rules) if (holds(rule.conditions, asking)) return rule.event;
  return flow.defaultEvent;
}

export const stagesOf = (event: FlowEvent): readonly Stage[] => (event.type === 'review' ? event.params.stages : []);

export const sourcesOfFlow = (flow: Flow): readonly ReviewerSource[] =>
  [...flow.rules.map((r) => r.event), flow.defaultEvent]
    .flatMap(stagesOf)
    .flatMap((stage) => ('all' in stage ? stage.all : stage.any));
