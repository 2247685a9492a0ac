import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { type Duration, endOf, shortest } from '../duration/duration.ts';
import { checkAnswers, type GivenAnswers } from '../review/check-answers.ts';
import { formProblems } from '../review/check-form.ts';
import { compareForms } from '../review/compare-forms.ts';
import { conditionHolds } from '../review/evaluate-flow.ts';
import type { FlowDraft } from '../review/flow.ts';
import type { Agreement, FormField } from '../review/form.ts';
import { newlyNamed } from '../review/newly-named.ts';
import { parseCondition } from '../review/parse-condition.ts';
import { defaultReviewSettings, type ReviewSettings } from '../review/record.ts';
import type { RequestFacts } from '../review/request-facts.ts';
import { checkAcceptance } from '../review/acceptance.ts';
import { type AccessAt, stateAt } from '../provisioning/state-at.ts';
import { type ChatFacts, decideInChat } from '../review/decide-in-chat.ts';
import { checkExtension } from '../review/extend.ts';
import { checkNewRequest, type EarlierRequest } from '../review/submit.ts';
import { validateFlow } from '../review/validate-flow.ts';
import { afterAttempt } from '../webhook/attempt.ts';
import { type Act, courseOf, play, recordsFor, request, type StageText, stage } from './world.ts';

type Case<Given> = { readonly name: string; readonly given: Given; readonly want: unknown; readonly reason: string };

const folder = new URL('.', import.meta.url);
const iso = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());

/** Runs every case of `cases/<rule>/*.yaml`: what the rule answers must match what the case wants. */
const cases = <Given>(rule: string, answer: (given: Given) => unknown): void => {
  describe(rule, () => {
    for (const file of readdirSync(new URL(`${rule}/`, folder)).sort()) {
      const read: readonly Case<Given>[] = parse(readFileSync(new URL(`${rule}/${file}`, folder), 'utf8'));
      for (const { name, given, want, reason } of read) {
        test(name, () => {
          const got = answer(given);
          if (typeof want === 'object' && want !== null) expect(got, reason).toMatchObject(want);
          else expect(got, reason).toBe(want);
        });
      }
    }
  });
};

cases('duration', (given: { start: string; durations: readonly (Duration | null)[] }) => {
  const start = Date.parse(given.start);
  const least = shortest(start, given.durations);
  return least === null ? null : iso(endOf(start, least));
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
cases('evaluate-flow', (given: { conditions: unknown; facts: Partial<RequestFacts> }) => {
  const condition = parseCondition(given.conditions);
  return condition !== null && conditionHolds(condition, { ...noFacts, ...given.facts });
});

cases('validate-flow', (given: { flow: FlowDraft; owner?: 'form' | 'target' }) => ({
  problems: validateFlow(given.flow, given.owner ?? 'form').map((p) => `${p.code} ${p.path}`),
}));

cases('form-problems', (given: { fields: readonly FormField[]; policy: FlowDraft }) => ({
  problems: formProblems(given).map((p) => `${p.code} ${p.path}`),
}));

cases('state-at', (given: Partial<AccessAt>) =>
  stateAt({ isHeld: true, awaitsAcceptance: false, recorded: null, isEnabled: true, ...given }),
);

type Agreed = { readonly before: readonly string[]; readonly after: readonly string[] };
type Attempted = { status: number; number: number; chance?: number; retryAfter?: number };
cases('webhook-attempt', ({ status, number, chance = 0.5, retryAfter }: Attempted) =>
  afterAttempt({ status, retryAfter: retryAfter ?? null }, { number, chance }),
);

type Named = {
  readonly people?: readonly string[];
  readonly groups?: readonly string[];
  readonly inRule?: readonly string[];
};
cases('newly-named', ({ before, after }: { before: readonly (Named | null)[]; after: readonly (Named | null)[] }) => {
  const asking = (ids: readonly string[], groups: readonly string[] = []) => ({
    type: 'review' as const,
    params: {
      stages: [
        {
          any: [
            ...ids.map((id) => ({ type: 'USER' as const, id })),
            ...groups.map((name) => ({ type: 'GROUP' as const, name })),
          ],
        },
      ],
    },
  });
  const flowOf = (named: Named | null) =>
    named && {
      rules: (named.inRule ?? []).map((id) => ({ conditions: {}, event: asking([id]) })),
      defaultEvent: asking(named.people ?? [], named.groups),
    };
  return newlyNamed(before.map(flowOf), after.map(flowOf));
});

cases('compare-forms', (given: { before: readonly FormField[]; after: readonly FormField[]; agreements?: Agreed }) => {
  const form = (when: 'before' | 'after') => ({
    name: 'Form',
    fields: given[when],
    policy: {},
    agreements: given.agreements?.[when] ?? [],
  });
  const { fields, agreements } = compareForms(form('before'), form('after'));
  return {
    fields: fields.map(({ id, before, after, placeBefore, placeAfter, moved }) => {
      if (before === undefined) return `added ${id} to ${placeAfter}`;
      if (after === undefined) return `removed ${id} from ${placeBefore}`;
      return `${moved ? 'moved' : 'changed'} ${id} from ${placeBefore} to ${placeAfter}`;
    }),
    agreements,
  };
});

cases('plan-records', (given: { stages: readonly StageText[] }) => ({
  records: recordsFor(given.stages.map(stage)).map(({ status, approvers, prerequisites }) => ({
    status,
    sources: approvers.length,
    prerequisites,
  })),
}));

type Course = {
  readonly stages: readonly StageText[];
  readonly acts: readonly (Omit<Act, 'at'> & { readonly at?: string })[];
  readonly settings?: Partial<ReviewSettings>;
  readonly request?: { readonly status?: 'CANCELED'; readonly suspended?: boolean; readonly registered?: boolean };
};
cases('determine', ({ stages, acts, settings, request: over = {} }: Course) => {
  const { target, status } = request();
  const start = courseOf(stages.map(stage), {
    status: over.status ?? status,
    target: {
      ...target,
      suspended: over.suspended ?? target.suspended,
      registered: over.registered ?? target.registered,
    },
  });
  const end = acts.reduce(
    (course, { at, ...act }) =>
      play(
        course,
        { reason: 'Fits the use case.', ...act, at: at === undefined ? undefined : Date.parse(at) },
        { ...defaultReviewSettings, ...settings },
      ),
    start,
  );
  return {
    outcomes: end.outcomes,
    status: end.request.status,
    expiration: iso(end.expiration),
    records: end.records.map((r) => r.status),
    met: end.records.map((r) => r.approverCriteriaMet.length),
    reasons: end.records.map((r) => r.reason),
  };
});

type Earlier = { readonly id: string; readonly status: EarlierRequest['status']; readonly expiration: string | null };
cases(
  'submit',
  (given: { earlier: readonly Earlier[]; now: string; targetSuspended?: boolean; beneficiaryActive?: boolean }) =>
    checkNewRequest({
      earlier: given.earlier.map((e) => ({
        ...e,
        expiration: e.expiration === null ? null : Date.parse(e.expiration),
      })),
      now: Date.parse(given.now),
      targetSuspended: given.targetSuspended ?? false,
      beneficiaryActive: given.beneficiaryActive ?? true,
    }),
);

const pinned = [
  { id: 'a', version: 2, sha256: 'x' },
  { id: 'b', version: 1, sha256: 'y' },
];
cases(
  'acceptance',
  (given: {
    status: EarlierRequest['status'];
    over?: boolean;
    awaits?: boolean;
    read: { id: string; version: number }[];
  }) =>
    checkAcceptance({
      status: given.status,
      isOver: given.over ?? false,
      awaitsAcceptance: given.awaits ?? true,
      pinned,
      read: given.read,
    }),
);

cases('extend', (given: { status: EarlierRequest['status']; expiration: string | null; now: string }) =>
  checkExtension({
    status: given.status,
    expiration: given.expiration === null ? null : Date.parse(given.expiration),
    now: Date.parse(given.now),
  }),
);

cases(
  'answers',
  (given: {
    fields: readonly FormField[];
    agreements?: readonly Agreement[];
    answers?: GivenAnswers['answers'];
    accepted?: GivenAnswers['agreements'];
  }) =>
    checkAnswers(
      { fields: given.fields, agreements: given.agreements ?? [] },
      { answers: given.answers ?? [], agreements: given.accepted ?? [] },
    ),
);

cases('decide-in-chat', (given: Pick<ChatFacts, 'mayDecide' | 'risk'> & Partial<ChatFacts>) =>
  decideInChat({ parties: ['human', 'human'], signals: [], ...given }),
);
