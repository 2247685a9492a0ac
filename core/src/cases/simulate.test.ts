import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { Duration } from '../duration/duration.ts';
import type { Condition, Flow, FlowEvent } from '../review/flow.ts';
import { defaultReviewSettings, type ReviewSettings } from '../review/record.ts';
import type { RequestFacts } from '../review/request-facts.ts';
import { factsAskedBy } from '../review/resolve-flow.ts';
import { simulate } from '../review/simulate.ts';
import { claims, type StageText, stage, submittedAt, who } from './world.ts';

type EventText =
  | 'delegate'
  | { readonly approve: string; readonly days?: number }
  | { readonly deny: string }
  | { readonly review: readonly StageText[] };
type FlowText = {
  readonly rules: readonly { readonly when: Condition; readonly then: EventText }[];
  readonly otherwise: EventText;
};
type Given = {
  readonly form: FlowText;
  readonly target?: FlowText;
  readonly facts?: Partial<RequestFacts>;
  readonly people?: readonly string[];
  readonly asked?: Duration;
  readonly settings?: Partial<ReviewSettings>;
};
type Case = { readonly name: string; readonly given: Given; readonly want: object; readonly reason: string };

function event(text: EventText): FlowEvent {
  if (text === 'delegate') return { type: 'dataProductPolicy' };
  if ('deny' in text) return { type: 'deny', params: { comment: text.deny } };
  if ('review' in text) return { type: 'review', params: { stages: text.review.map(stage) } };
  const period = text.days === undefined ? {} : ({ duration: text.days, durationUnit: 'DAYS' } as const);
  return { type: 'approve', params: { comment: text.approve, ...period } };
}
const flow = ({ rules, otherwise }: FlowText): Flow => ({
  rules: rules.map(({ when, then }) => ({ conditions: { all: [when] }, event: event(then) })),
  defaultEvent: event(otherwise),
});

const noFacts: RequestFacts = {
  requestType: 'DATA_ACCESS',
  answers: {},
  duration: Number.POSITIVE_INFINITY,
  userGroups: [],
  userAttributes: {},
  targetTags: [],
  columnTags: [],
  columnCount: 0,
  onBehalf: false,
  risk: 'INDETERMINATE',
};

function answer({ form, target, facts, people = [], asked, settings }: Given): object {
  const found = simulate({
    flows: {
      formFlow: flow(form),
      targetFlow: target === undefined ? null : flow(target),
      targetType: 'DATA_PRODUCT',
    },
    facts: { ...noFacts, ...facts },
    requestingUser: who('consumer'),
    beneficiary: who('consumer2'),
    domainIds: [claims.id],
    requestedDuration: asked ?? null,
    people: people.map(who),
    settings: { ...defaultReviewSettings, ...settings },
    now: submittedAt,
  });
  return {
    ...found,
    event: found.event.type,
    end: found.end === null ? null : new Date(found.end).toISOString(),
    stages: found.stages.map(({ mode, slots }) => ({
      mode,
      slots: slots.map((slot) => ({
        people: slot.people.map((p) => p.globalUserId),
        barred: slot.barred.map(({ person, barrier }) => `${person.globalUserId} ${barrier}`),
      })),
    })),
  };
}

describe('simulate', () => {
  const cases: readonly Case[] = parse(readFileSync(new URL('simulate/flows.yaml', import.meta.url), 'utf8'));
  test.each(cases)('$name', ({ given, want, reason }) => {
    expect(answer(given), reason).toMatchObject(want);
  });
});

test('only the facts that an active flow asks about need to be known', () => {
  const asks = (fact: 'risk' | 'targetTags'): FlowText => ({
    rules: [{ when: { not: { any: [{ fact, operator: 'equal', value: 'x' }] } }, then: { deny: 'No.' } }],
    otherwise: 'delegate',
  });
  const formFlow = flow(asks('risk'));
  const targetFlow = flow({ ...asks('targetTags'), otherwise: { deny: 'No.' } });
  expect([...factsAskedBy({ formFlow, targetFlow, targetType: 'DATA_PRODUCT' })].sort()).toEqual([
    'risk',
    'targetTags',
  ]);
  const decides = flow({ ...asks('risk'), otherwise: { deny: 'No.' } });
  expect([...factsAskedBy({ formFlow: decides, targetFlow, targetType: 'DATA_PRODUCT' })]).toEqual(['risk']);
});
