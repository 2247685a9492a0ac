import type { DomainPermission, DurationUnit, GlobalPermission } from '@stoa/contract/enums';
import type { Instant, SelfGrant } from '../person.ts';
import type { Actor, DomainRef } from '../permissions/objects.ts';
import type { Refused } from '../refusal.ts';
import { determine } from '../review/determine.ts';
import type { ReviewerSource, Stage } from '../review/flow.ts';
import { planRecords } from '../review/plan-records.ts';
import {
  type ApprovalRecord,
  defaultReviewSettings,
  type ReviewedRequest,
  type ReviewSettings,
} from '../review/record.ts';

/** A small company that the cases and properties play in. */
export const claims: DomainRef = { id: 'd-claims', name: 'Claims' };
export const sales: DomainRef = { id: 'd-sales', name: 'Sales' };
const groupIds: Readonly<Record<string, number>> = { HR: 1, Risk: 2, Legal: 3 };

type Traits = {
  readonly permissions?: readonly GlobalPermission[];
  readonly groups?: readonly string[];
  readonly attributes?: readonly { readonly name: string; readonly value: string }[];
  readonly domain?: readonly (readonly [DomainRef, DomainPermission])[];
  readonly personId?: string;
  readonly status?: 'active' | 'disabled';
  readonly selfGrants?: readonly SelfGrant[];
};

let lastUserId = 100;
/** Makes a login; without a `personId` it is a human of its own. */
export const person = (username: string, traits: Traits = {}): Actor => ({
  globalUserId: `u-${username}`,
  personId: traits.personId ?? `p-${username}`,
  userId: ++lastUserId,
  username,
  status: traits.status ?? 'active',
  permissions: traits.permissions ?? [],
  groups: (traits.groups ?? []).map((name) => ({ id: groupIds[name] ?? 99, name })),
  attributes: traits.attributes ?? [],
  domainPermissions: (traits.domain ?? []).map(([{ id }, permission]) => ({ domainId: id, permission })),
  selfGrants: traits.selfGrants,
});

/** 1 March 2026, noon: every request of the cases was made then. */
export const submittedAt: Instant = Date.UTC(2026, 2, 1, 12);

const everybody: readonly Actor[] = [
  person('consumer'),
  person('consumer2'),
  person('consumer-second-login', { personId: 'p-consumer', permissions: ['GOVERNANCE'] }),
  person('governor', { permissions: ['GOVERNANCE'] }),
  person('governor2', { permissions: ['GOVERNANCE'] }),
  person('hr', { groups: ['HR'] }),
  person('hr2', { groups: ['HR'] }),
  person('risk', { groups: ['Risk'] }),
  person('governor-and-hr', { permissions: ['GOVERNANCE'], groups: ['HR'] }),
  person('manager', { domain: [[claims, 'Manage Data Products']] }),
  person('sales-manager', { domain: [[sales, 'Manage Data Products']] }),
  person('manager-of-both', {
    domain: [
      [claims, 'Manage Data Products'],
      [sales, 'Manage Data Products'],
    ],
  }),
  person('privacy-lead', { attributes: [{ name: 'Duty', value: 'Privacy' }] }),
  person('auditor', { permissions: ['AUDIT'] }),
  person('claims-auditor', { domain: [[claims, 'Audit Activity']] }),
  person('useradmin', { permissions: ['USER_ADMIN'] }),
  person('appadmin', { permissions: ['APPLICATION_ADMIN'] }),
  person('disabled-governor', { permissions: ['GOVERNANCE'], status: 'disabled' }),
  person('self-made-hr', { groups: ['HR'], selfGrants: [{ kind: 'group', id: 1, at: submittedAt + 1 }] }),
  person('self-made-hr-before', { groups: ['HR'], selfGrants: [{ kind: 'group', id: 1, at: submittedAt - 1 }] }),
];

/** The person of that username. */
export const who = (username: string): Actor => {
  const found = everybody.find((p) => p.username === username);
  if (found === undefined) throw new Error(`Nobody is called ${username}.`);
  return found;
};
export const usernames: readonly string[] = everybody.map((p) => p.username);

/** Reads `GOVERNANCE`, `group HR`, `user governor`, `Manage Data Products`, `Duty=Privacy`. */
export const source = (text: string): ReviewerSource => {
  const [key, value] = text.split('=');
  if (text === 'GOVERNANCE' || text === 'AUDIT' || text === 'USER_ADMIN')
    return { type: 'PERMISSION', permission: text };
  if (text === 'Manage Data Products') return { type: 'DOMAIN PERMISSION', permission: text };
  if (text.startsWith('group ')) return { type: 'GROUP', name: text.slice('group '.length) };
  if (text.startsWith('user ')) return { type: 'USER', id: who(text.slice('user '.length)).globalUserId };
  if (key !== undefined && value !== undefined) return { type: 'ATTRIBUTE', key, value };
  throw new Error(`No source reads ${text}.`);
};

export type StageText = { readonly any: readonly string[] } | { readonly all: readonly string[] };
export const stage = (text: StageText): Stage =>
  'all' in text ? { all: text.all.map(source) } : { any: text.any.map(source) };

/** The records of a review, with ids r0, r1, .. in the order of the plan. */
export const recordsFor = (stages: readonly Stage[]): readonly ApprovalRecord[] =>
  planRecords({ type: 'review', params: { stages } }).map((planned, i) => ({
    id: `r${i}`,
    approvers: planned.approvers,
    prerequisites: planned.prerequisites.map((index) => `r${index}`),
    status: planned.status,
    actionBy: null,
    reason: null,
    duration: null,
    durationUnit: null,
    approverCriteriaMet: [],
    decidedAt: null,
  }));

export const request = (over: Partial<ReviewedRequest> = {}): ReviewedRequest => ({
  id: 'q',
  status: 'PENDING',
  submittedAt,
  requestingUser: who('consumer'),
  beneficiary: who('consumer2'),
  target: { type: 'DATA_PRODUCT', domainIds: [claims.id], suspended: false, registered: true },
  ...over,
});

export type Act = {
  readonly by: string;
  readonly record?: string | undefined;
  readonly status: string;
  readonly reason?: string | undefined;
  readonly duration?: number | undefined;
  readonly durationUnit?: DurationUnit | undefined;
  readonly at?: Instant | undefined;
};
export type Course = {
  readonly request: ReviewedRequest;
  readonly records: readonly ApprovalRecord[];
  readonly expiration: Instant | null;
  /** Per act: the status of the request after it, or the code of the refusal. */
  readonly outcomes: readonly string[];
  readonly refusals: readonly Refused[];
};

/** Plays one act on a course, as the server does: load, determine, store. */
export const play = (course: Course, act: Act, settings: ReviewSettings = defaultReviewSettings): Course => {
  const answer = determine({
    actor: who(act.by),
    request: course.request,
    records: course.records,
    recordId: act.record ?? null,
    decision: { status: act.status, reason: act.reason, duration: act.duration, durationUnit: act.durationUnit },
    settings,
    now: act.at ?? submittedAt + 3_600_000,
  });
  if (!answer.ok)
    return { ...course, outcomes: [...course.outcomes, answer.code], refusals: [...course.refusals, answer] };
  return {
    ...course,
    request: { ...course.request, status: answer.requestStatus },
    records: course.records.map((r) => answer.recordUpdates.find((u) => u.id === r.id) ?? r),
    expiration: answer.expiration,
    outcomes: [...course.outcomes, answer.requestStatus],
  };
};

export const courseOf = (stages: readonly Stage[], over: Partial<ReviewedRequest> = {}): Course => ({
  request: request(over),
  records: recordsFor(stages),
  expiration: null,
  outcomes: [],
  refusals: [],
});
