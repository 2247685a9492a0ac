import type { RequestStatus } from '@stoa/contract/enums';
import { daysOf } from '../duration/duration.ts';
import { abilitiesOnAccessRequest } from '../permissions/abilities.ts';
import type { Answer } from '../permissions/answer.ts';
import { may } from '../permissions/may.ts';
import type { AccessRequestObject, Actor } from '../permissions/objects.ts';
import type { Instant, Quality } from '../person.ts';
import { cancelRequest, revokeRequest } from '../review/close.ts';
import { determine } from '../review/determine.ts';
import type { DecidedEvent, Flow, ReviewerSource } from '../review/flow.ts';
import { isReviewable } from '../review/open-slots.ts';
import type { ApprovalRecord, ReviewedRequest } from '../review/record.ts';
import { requestStatusOf } from '../review/request-status.ts';
import { reroute } from '../review/reroute.ts';
import { eventFor, type FlowsOfTarget, stewardsOf } from '../review/resolve-flow.ts';
import { checkNewRequest, submitUnder } from '../review/submit.ts';
import type { Duration } from '../duration/duration.ts';
import { groupsOf, type Login, type People } from './people.fixture.ts';
import type { RequestView } from './reference.fixture.ts';
import { groupName, purposeField, qualities, type Start, type Step, targetDomains } from './world.fixture.ts';

type Stored = {
  request: ReviewedRequest;
  event: DecidedEvent;
  asked: Duration | null;
  expiration: Instant | null;
  records: readonly ApprovalRecord[];
  canceledAt: Instant | null;
  revokedAt: Instant | null;
};
const domains = targetDomains.map((id) => ({ id, name: id }));

/** Core, driven as the server drives it: load, lock, check, act, store; and a sweep that marks what has ended. */
export class Driver {
  readonly stored: Stored[] = [];
  readonly people: People;
  readonly settings: { readonly fourEyes: boolean; readonly distinctReviewers: boolean };
  form: Flow;
  target: Flow | null;
  isSuspended = false;
  private nextId = 0;
  private reviewers: readonly ReviewerSource[];
  private readonly actors = new Map<number, { held: Login['held']; isActive: boolean; actor: Actor }>();

  constructor(start: Start, people: People) {
    this.people = people;
    this.settings = { fourEyes: start.fourEyes, distinctReviewers: start.distinctReviewers };
    this.form = start.form;
    this.target = start.target;
    this.reviewers = stewardsOf(this.flows());
  }

  act(step: Step, now: Instant): string | null {
    this.sweep(now);
    switch (step.kind) {
      case 'submit':
        return this.submit(step, now);
      case 'decide':
        return this.decide(step, now);
      case 'cancel':
        return this.cancel(step, now);
      case 'revoke':
        return this.revoke(step, now);
      case 'reroute':
        return this.reroute(step);
      case 'version':
        this.form = step.form;
        this.reviewers = stewardsOf(this.flows());
        return null;
      case 'own-flow':
        this.target = step.target;
        this.reviewers = stewardsOf(this.flows());
        return null;
      case 'suspend':
      case 'resume':
        this.isSuspended = step.kind === 'suspend';
        return null;
      default:
        return null;
    }
  }

  view(at: number): RequestView {
    const { request, expiration, records } = this.at(at);
    return {
      status: request.status,
      expiration,
      records: records.map((r) => ({ status: r.status, by: r.actionBy?.globalUserId ?? null })),
    };
  }

  /** Invariant I5: the status recomputed from the pinned event, the records and the time. */
  recomputed(at: number, now: Instant): { status: RequestStatus; expiration: Instant | null } {
    const { event, records, request, asked, canceledAt, revokedAt } = this.at(at);
    const history = { submittedAt: request.submittedAt, requestedDuration: asked, canceledAt, revokedAt };
    return requestStatusOf({ event, records, history }, now);
  }

  mayDecide(login: number, at: number): boolean {
    return abilitiesOnAccessRequest(this.actor(login), this.object(at)).determine.allowed;
  }

  isReviewable(at: number): boolean {
    const { request, records } = this.at(at);
    return isReviewable({ request, records, people: this.everybody(), settings: this.settings });
  }

  private at(at: number): Stored {
    const stored = this.stored[at];
    if (stored === undefined) throw new Error(`no request ${at}`);
    return { ...stored, request: { ...stored.request, target: this.targetNow() } };
  }

  private targetNow(): ReviewedRequest['target'] {
    return { type: 'DATA_PRODUCT', domainIds: targetDomains, suspended: this.isSuspended, registered: true };
  }

  private flows(): FlowsOfTarget {
    return { formFlow: this.form, targetFlow: this.target, targetType: 'DATA_PRODUCT' };
  }

  private object(at: number): AccessRequestObject {
    const { request, records } = this.at(at);
    return {
      ...request,
      kind: 'access-request',
      target: { type: 'DATA_PRODUCT', name: 'Claims', domains, suspended: this.isSuspended, registered: true },
      records,
      targetReviewers: this.reviewers,
      // What hangs on the clock or on an agreement is not asked of the model.
      awaitsAcceptance: false,
      expiration: null,
      now: request.submittedAt,
      ...this.settings,
    };
  }

  private actor(login: number): Actor {
    const one = this.people.of(login);
    const known = this.actors.get(login);
    if (known !== undefined && known.held === one.held && known.isActive === one.isActive) return known.actor;
    const actor = actorOf(one);
    this.actors.set(login, { held: one.held, isActive: one.isActive, actor });
    return actor;
  }

  private everybody(): readonly Actor[] {
    return this.people.all.map((one) => this.actor(one.login));
  }

  private sweep(now: Instant): void {
    for (const stored of this.stored)
      if (stored.request.status === 'APPROVED' && stored.expiration !== null && stored.expiration <= now)
        stored.request = { ...stored.request, status: 'EXPIRED' };
  }

  private submit(step: Extract<Step, { kind: 'submit' }>, now: Instant): string {
    const actor = this.actor(step.by);
    const beneficiary = this.actor(step.for);
    const answer = may(actor, 'access-request.create', {
      kind: 'new-request',
      beneficiary,
      targetDomains: domains,
      onBehalf: 'anyone',
    });
    if (!answer.allowed) return answer.code;
    const allowed = checkNewRequest({
      earlier: this.stored
        .filter(({ request }) => request.beneficiary.globalUserId === beneficiary.globalUserId)
        .map(({ request, expiration }) => ({ id: request.id, status: request.status, expiration })),
      targetSuspended: this.isSuspended,
      beneficiaryActive: beneficiary.status === 'active',
      now,
    });
    if (!allowed.ok) return allowed.code;
    const duty = beneficiary.attributes.filter((a) => a.name === 'duty').map((a) => a.value);
    const event = eventFor(this.flows(), {
      requestType: 'DATA_ACCESS',
      answers: { [purposeField]: step.answers.purpose },
      duration: daysOf(step.answers.period),
      userGroups: groupsOf(this.people.of(step.for)),
      userAttributes: { duty },
      targetTags: [],
      columnTags: [],
      columnCount: 0,
      onBehalf: step.by !== step.for,
      risk: 'INDETERMINATE',
    });
    const made = submitUnder(event, step.answers.period, now);
    const ids = made.records.map(() => `r${this.nextId++}`);
    this.stored.push({
      request: {
        id: `q${this.stored.length}`,
        status: made.status,
        submittedAt: now,
        requestingUser: actor,
        beneficiary,
        target: this.targetNow(),
      },
      event,
      asked: step.answers.period,
      expiration: made.expiration,
      records: made.records.map((planned, i) => ({
        ...emptyRecord(ids[i] ?? ''),
        approvers: planned.approvers,
        status: planned.status,
        prerequisites: planned.prerequisites.map((place) => ids[place] ?? ''),
      })),
      canceledAt: null,
      revokedAt: null,
    });
    return made.status;
  }

  private decide(step: Extract<Step, { kind: 'decide' }>, now: Instant): string {
    const actor = this.actor(step.by);
    const { request, records } = this.at(step.request);
    const object = this.object(step.request);
    if (!may(actor, 'access-request.read', object).allowed) return 'resource.not_found';
    const right = may(actor, 'access-request.determine', object);
    if (!right.allowed) return right.code;
    const answer = determine({
      actor,
      request,
      records,
      recordId: step.record === null ? null : (records[step.record]?.id ?? 'nothing'),
      decision: {
        status: step.status,
        reason: step.reason,
        duration: step.period.amount,
        durationUnit: step.period.unit,
      },
      settings: this.settings,
      now,
    });
    if (!answer.ok) return answer.code;
    const { requestStatus, expiration, recordUpdates } = answer;
    this.change(step.request, {
      request: { ...request, status: requestStatus },
      expiration,
      records: records.map((r) => recordUpdates.find((u) => u.id === r.id) ?? r),
    });
    return requestStatus;
  }

  private change(at: number, changes: Partial<Stored>): void {
    this.stored[at] = { ...this.at(at), ...changes };
  }

  private denied(actor: Actor, at: number, ask: (object: AccessRequestObject) => Answer): string | null {
    const object = this.object(at);
    if (!may(actor, 'access-request.read', object).allowed) return 'resource.not_found';
    const answer = ask(object);
    return answer.allowed ? null : answer.code;
  }

  private cancel({ by, request: at }: Extract<Step, { kind: 'cancel' | 'revoke' }>, now: Instant): string {
    const actor = this.actor(by);
    const code = this.denied(actor, at, (object) => may(actor, 'access-request.cancel', object));
    if (code !== null) return code;
    const { request, records } = this.at(at);
    const outcome = cancelRequest(request.status, records);
    if (!outcome.ok) return outcome.code;
    this.change(at, {
      request: { ...request, status: 'CANCELED' },
      records: records.map((r) => (outcome.canceled.includes(r) ? { ...r, status: 'CANCELED' } : r)),
      canceledAt: now,
    });
    return 'CANCELED';
  }

  private revoke({ by, request: at }: Extract<Step, { kind: 'cancel' | 'revoke' }>, now: Instant): string {
    const actor = this.actor(by);
    const code = this.denied(actor, at, (object) => may(actor, 'access-request.revoke', object));
    if (code !== null) return code;
    const { request } = this.at(at);
    const outcome = revokeRequest(request.status);
    if (!outcome.ok) return outcome.code;
    this.change(at, { request: { ...request, status: 'REVOKED' }, revokedAt: now });
    return 'REVOKED';
  }

  private reroute({ by, request: at, stages }: Extract<Step, { kind: 'reroute' }>): string {
    const actor = this.actor(by);
    const code = this.denied(actor, at, (object) => may(actor, 'access-request.reroute', object));
    if (code !== null) return code;
    const { request, records } = this.at(at);
    const people = this.everybody();
    const answer = reroute({ actor, request, records, stages, people, settings: this.settings });
    if (!answer.ok) return answer.code;
    const ids = answer.slots.map((slot) => slot.keeps ?? `r${this.nextId++}`);
    this.change(at, {
      event: answer.event,
      records: answer.slots.map((slot, i) => ({
        ...(records.find((r) => r.id === slot.keeps) ?? emptyRecord(ids[i] ?? '')),
        approvers: slot.approvers,
        prerequisites: slot.prerequisites.map((place) => ids[place] ?? ''),
        status: slot.status,
        routedBy: slot.routedBy,
      })),
    });
    return request.status;
  }
}

const emptyRecord = (id: string): ApprovalRecord => ({
  id,
  approvers: [],
  prerequisites: [],
  status: 'PENDING',
  actionBy: null,
  reason: null,
  duration: null,
  durationUnit: null,
  approverCriteriaMet: [],
  decidedAt: null,
});

function actorOf({ login, id, person, isActive, held }: Login): Actor {
  const own = held.flatMap(({ quality, at, isOwnHand }) => {
    const one = qualities[quality];
    return one === undefined ? [] : [{ one, at, isOwnHand }];
  });
  const of = <K extends Quality['kind']>(kind: K) =>
    own.flatMap(({ one }) => (one.kind === kind ? [one as Extract<Quality, { kind: K }>] : []));
  return {
    globalUserId: id,
    personId: person,
    userId: 100 + login,
    username: id,
    status: isActive ? 'active' : 'disabled',
    permissions: of('permission').map((q) => q.permission),
    groups: of('group').map((q) => ({ id: q.id, name: groupName(q.id) })),
    attributes: of('attribute').map(({ name, value }) => ({ name, value })),
    domainPermissions: of('domain-permission').map(({ domainId, permission }) => ({ domainId, permission })),
    selfGrants: own.filter((q) => q.isOwnHand).map(({ one, at }) => ({ ...one, at })),
  };
}
