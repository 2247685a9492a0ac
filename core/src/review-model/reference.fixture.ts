import type { DecidedEvent, Flow, ReviewerSource, Stage } from '../review/flow.ts';
import type { Duration } from '../duration/duration.ts';
import type { Login, People } from './people.fixture.ts';
import {
  type Asking,
  earliest,
  eventOf,
  fills,
  nameOf,
  sameSources,
  sourcesOfFlow,
  stagesOf,
} from './reference-rules.fixture.ts';
import type { Start, Step } from './world.fixture.ts';

/**
 * What product.md 7 means, written a second time: slow, obvious, sharing nothing with core but types. It keeps only what
 * people did, and derives every status from that whenever it is asked.
 */

type Verdict = {
  readonly isApproval: boolean;
  readonly by: Login;
  readonly at: number;
  readonly period: Duration | null;
  readonly met: readonly ReviewerSource[];
};
type Slot = {
  readonly stage: number;
  readonly sources: readonly ReviewerSource[];
  readonly verdict: Verdict | null;
  readonly assignedBy: Login | null;
};
type Request = {
  readonly by: Login;
  readonly beneficiary: Login;
  readonly at: number;
  readonly asked: Duration | null;
  event: DecidedEvent;
  slots: readonly Slot[];
  canceledAt: number | null;
  revokedAt: number | null;
};
export type RequestView = {
  readonly status: string;
  readonly expiration: number | null;
  readonly records: readonly { readonly status: string; readonly by: string | null }[];
};

const usualStages: readonly Stage[] = [
  {
    any: [
      { type: 'PERMISSION', permission: 'GOVERNANCE' },
      { type: 'DOMAIN PERMISSION', permission: 'Manage Data Products' },
    ],
  },
];

const slotsOf = (stages: readonly Stage[]): Slot[] =>
  stages.flatMap((stage, at) => {
    const lists = 'all' in stage ? stage.all.map((one) => [one]) : [stage.any];
    return lists.map((list): Slot => ({ stage: at, sources: list, verdict: null, assignedBy: null }));
  });

export class Reference {
  readonly requests: Request[] = [];
  readonly people: People;
  readonly fourEyes: boolean;
  readonly distinct: boolean;
  form: Flow;
  target: Flow | null;
  isSuspended = false;

  constructor(start: Start, people: People) {
    this.people = people;
    this.fourEyes = start.fourEyes;
    this.distinct = start.distinctReviewers;
    this.form = start.form;
    this.target = start.target;
  }

  /** What comes of a step: the status of the request after it, or the code of the refusal; null where nobody is told. */
  act(step: Step, now: number): string | null {
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
        return this.reroute(step, now);
      case 'version':
        this.form = step.form;
        return null;
      case 'own-flow':
        this.target = step.target;
        return null;
      case 'suspend':
      case 'resume':
        this.isSuspended = step.kind === 'suspend';
        return null;
      default:
        return null;
    }
  }

  view(at: number, now: number): RequestView {
    const request = this.request(at);
    const { status, expiration } = this.stateOf(request, now);
    return {
      status,
      expiration,
      records: request.slots.map((slot) => ({
        status: this.slotStatus(request, slot, now),
        by: slot.verdict?.by.id ?? null,
      })),
    };
  }

  statusOf(at: number, now: number): string {
    return this.stateOf(this.request(at), now).status;
  }

  private request(at: number): Request {
    const request = this.requests[at];
    if (request === undefined) throw new Error(`no request ${at}`);
    return request;
  }

  private stateOf(request: Request, now: number): { status: string; expiration: number | null } {
    const none = { expiration: null };
    const { event, slots } = request;
    if (event.type === 'deny') return { status: 'DENIED', ...none };
    let approvedAt = request.at;
    let end: number | null;
    if (event.type === 'approve') {
      const { duration: amount, durationUnit: unit } = event.params;
      end = earliest(request.at, [amount === undefined || unit === undefined ? null : { amount, unit }, request.asked]);
    } else {
      if (slots.some((s) => s.verdict?.isApproval === false)) return { status: 'DENIED', ...none };
      if (request.canceledAt !== null) return { status: 'CANCELED', ...none };
      if (slots.some((s) => s.verdict === null)) return { status: 'PENDING', ...none };
      for (const { verdict } of slots) if (verdict !== null && verdict.at > approvedAt) approvedAt = verdict.at;
      end = earliest(
        approvedAt,
        slots.map((s) => s.verdict?.period ?? null),
      );
    }
    if (request.revokedAt !== null) return { status: 'REVOKED', expiration: end };
    return { status: end !== null && end <= now ? 'EXPIRED' : 'APPROVED', expiration: end };
  }

  private slotStatus(request: Request, slot: Slot, now: number): string {
    if (slot.verdict !== null) return slot.verdict.isApproval ? 'APPROVED' : 'DENIED';
    const { status } = this.stateOf(request, now);
    if (status === 'DENIED' || status === 'CANCELED') return 'CANCELED';
    const isWaiting = request.slots.some((other) => other.stage < slot.stage && other.verdict === null);
    return isWaiting ? 'BLOCKED' : 'PENDING';
  }

  private isParty(login: Login, request: Request): boolean {
    return login.person === request.by.person || login.person === request.beneficiary.person;
  }

  /** The sources of the slot that the login may decide it by. */
  private sourcesFor(login: Login, request: Request, slot: Slot): readonly ReviewerSource[] {
    if (this.fourEyes && this.isParty(login, request)) return [];
    if (this.fourEyes && slot.assignedBy !== null && slot.assignedBy.person === login.person) return [];
    return slot.sources.filter((s) => fills(login, s, this.fourEyes ? request.at : null));
  }

  private isSteward(login: Login, request: Request, slot: Slot): boolean {
    return this.sourcesFor(login, request, slot).length > 0;
  }

  /** Why somebody who is no steward of these slots is turned away. */
  private refusal(login: Login, request: Request, slots: readonly Slot[]): string {
    const wouldBe = slots.some((slot) => slot.sources.some((s) => fills(login, s, null)));
    return this.fourEyes && (this.isParty(login, request) || wouldBe)
      ? 'approval_record.four_eyes'
      : 'permission.denied';
  }

  private flowsNow(): readonly Flow[] {
    const delegates = [...this.form.rules.map((r) => r.event), this.form.defaultEvent].some(
      (e) => e.type === 'dataProductPolicy',
    );
    const usual: Flow = { rules: [], defaultEvent: { type: 'review', params: { stages: usualStages } } };
    return delegates ? [this.form, this.target ?? usual] : [this.form];
  }

  /** Governor, manager of the domains, or steward: of the request, or of the target as its flows stand now. */
  private isReviewer(login: Login, request: Request): boolean {
    const all: readonly ReviewerSource[] = [
      { type: 'PERMISSION', permission: 'GOVERNANCE' },
      { type: 'DOMAIN PERMISSION', permission: 'Manage Data Products' },
      ...this.flowsNow().flatMap(sourcesOfFlow),
      ...request.slots.flatMap((slot) => slot.sources),
    ];
    return all.some((source) => fills(login, source, null));
  }

  private mayRead(login: Login, request: Request): boolean {
    if (!login.isActive) return false;
    if (this.isParty(login, request) || this.isReviewer(login, request)) return true;
    return fills(login, { type: 'PERMISSION', permission: 'AUDIT' }, null);
  }

  mayDecide(login: Login, at: number, now: number): boolean {
    const request = this.request(at);
    if (this.stateOf(request, now).status !== 'PENDING' || this.isSuspended) return false;
    if (!this.mayRead(login, request)) return false;
    if (this.distinct && this.hasApproved(login, request)) return false;
    return request.slots.some(
      (slot) => this.slotStatus(request, slot, now) === 'PENDING' && this.isSteward(login, request, slot),
    );
  }

  private hasApproved(login: Login, request: Request): boolean {
    return request.slots.some((s) => s.verdict?.isApproval === true && s.verdict.by.person === login.person);
  }

  isReviewable(at: number): boolean {
    const request = this.request(at);
    return this.canBeStaffed(request, request.slots);
  }

  private canBeStaffed(request: Request, slots: readonly Slot[]): boolean {
    const whole = { ...request, slots };
    const open = slots.filter((slot) => slot.verdict === null);
    const able = open.map((slot) => [
      ...new Set(
        this.people.all
          .filter((login) => this.isSteward(login, whole, slot))
          .filter((login) => !this.distinct || !this.hasApproved(login, whole))
          .map((login) => login.person),
      ),
    ]);
    if (!this.distinct) return able.every((people) => people.length > 0);
    const assign = (from: number, taken: readonly string[]): boolean =>
      from === able.length ||
      (able[from] ?? []).some((person) => !taken.includes(person) && assign(from + 1, [...taken, person]));
    return assign(0, []);
  }

  private submit(step: Extract<Step, { kind: 'submit' }>, now: number): string {
    const by = this.people.of(step.by);
    const beneficiary = this.people.of(step.for);
    if (!by.isActive) return 'permission.denied';
    if (this.isSuspended) return 'data_product.suspended';
    if (!beneficiary.isActive) return 'access_request.beneficiary_disabled';
    for (const earlier of this.requests) {
      if (earlier.beneficiary !== beneficiary) continue;
      const { status, expiration } = this.stateOf(earlier, now);
      if (status === 'PENDING' || (status === 'APPROVED' && expiration === null)) return 'access_request.duplicate';
    }
    const asking = { answers: step.answers, beneficiary, isForOther: by !== beneficiary };
    const event = this.eventFor(asking);
    this.requests.push({
      by,
      beneficiary,
      at: now,
      asked: step.answers.period,
      event,
      slots: slotsOf(stagesOf(event)),
      canceledAt: null,
      revokedAt: null,
    });
    return this.view(this.requests.length - 1, now).status;
  }

  private eventFor(asking: Asking): DecidedEvent {
    const own = eventOf(this.form, asking);
    if (own.type !== 'dataProductPolicy') return own;
    const usual: DecidedEvent = { type: 'review', params: { stages: usualStages } };
    const delegated = this.target === null ? usual : eventOf(this.target, asking);
    if (delegated.type === 'dataProductPolicy') throw new Error('a target delegates');
    return delegated;
  }

  private decide(step: Extract<Step, { kind: 'decide' }>, now: number): string {
    const login = this.people.of(step.by);
    const request = this.request(step.request);
    const { slots } = request;
    if (!this.mayRead(login, request)) return 'resource.not_found';
    if (!slots.some((slot) => this.isSteward(login, request, slot))) return this.refusal(login, request, slots);
    const named = step.record === null ? null : slots[step.record];
    if (named === undefined) return 'resource.not_found';
    const asked = named === null ? slots : [named];
    if (!asked.some((slot) => this.isSteward(login, request, slot))) return this.refusal(login, request, asked);
    const { amount, unit } = step.period;
    const isTimed = amount !== undefined || unit !== undefined;
    if (step.status !== 'APPROVED' && step.status !== 'DENIED') return 'approval_record.status_not_settable';
    if (step.reason.trim() === '') return 'approval_record.reason_required';
    if (isTimed && step.status === 'DENIED') return 'approval_record.duration_invalid';
    if (isTimed && (amount === undefined || unit === undefined || amount !== Math.floor(amount)))
      return 'approval_record.duration_invalid';
    const { status } = this.stateOf(request, now);
    if (named !== null && named.verdict !== null) return 'approval_record.already_decided';
    if (status !== 'PENDING')
      return status === 'CANCELED' ? 'access_request.not_pending' : 'approval_record.already_decided';
    if (this.isSuspended) return 'data_product.suspended';
    const mine = asked.filter((slot) => this.isSteward(login, request, slot));
    const open = mine.filter((slot) => this.slotStatus(request, slot, now) === 'PENDING');
    if (open.length === 0)
      return mine.some((slot) => slot.verdict === null) ? 'approval_record.blocked' : 'approval_record.already_decided';
    if (this.distinct && this.hasApproved(login, request)) return 'approval_record.distinct_reviewers';
    const isApproval = step.status === 'APPROVED';
    const filled =
      isApproval && !this.distinct
        ? slots.filter((s) => this.slotStatus(request, s, now) === 'PENDING' && this.isSteward(login, request, s))
        : open.slice(0, 1);
    const period = amount === undefined || unit === undefined ? null : { amount, unit };
    request.slots = slots.map((slot) =>
      filled.includes(slot)
        ? {
            ...slot,
            verdict: { isApproval, by: login, at: now, period, met: this.sourcesFor(login, request, slot) },
          }
        : slot,
    );
    return this.stateOf(request, now).status;
  }

  private cancel({ by, request: at }: Extract<Step, { kind: 'cancel' | 'revoke' }>, now: number): string {
    const login = this.people.of(by);
    const request = this.request(at);
    if (!this.mayRead(login, request)) return 'resource.not_found';
    if (!this.isParty(login, request)) return 'permission.denied';
    if (this.stateOf(request, now).status !== 'PENDING') return 'access_request.not_pending';
    request.canceledAt = now;
    return 'CANCELED';
  }

  private revoke({ by, request: at }: Extract<Step, { kind: 'cancel' | 'revoke' }>, now: number): string {
    const login = this.people.of(by);
    const request = this.request(at);
    if (!this.mayRead(login, request)) return 'resource.not_found';
    const isTheirs = login.person === request.beneficiary.person;
    if (!isTheirs && !this.isReviewer(login, request)) return 'permission.denied';
    if (this.stateOf(request, now).status !== 'APPROVED') return 'access_request.not_approved';
    request.revokedAt = now;
    return 'REVOKED';
  }

  private reroute(step: Extract<Step, { kind: 'reroute' }>, now: number): string {
    const login = this.people.of(step.by);
    const request = this.request(step.request);
    if (!this.mayRead(login, request)) return 'resource.not_found';
    if (!fills(login, { type: 'PERMISSION', permission: 'GOVERNANCE' }, null)) return 'permission.denied';
    if (this.fourEyes && this.isParty(login, request)) return 'approval_record.four_eyes';
    if (this.stateOf(request, now).status !== 'PENDING') return 'access_request.not_pending';
    if (this.isSuspended) return 'data_product.suspended';
    const slots = this.routed(login, request, slotsOf(step.stages));
    if (slots.every((slot) => slot.verdict !== null)) return 'access_request.nothing_to_decide';
    if (!this.canBeStaffed(request, slots)) return 'access_request.nobody_to_decide';
    request.slots = slots;
    return 'PENDING';
  }

  private routed(login: Login, request: Request, wanted: readonly Slot[]): readonly Slot[] {
    const spare = request.slots.filter((slot) => slot.verdict !== null);
    const take = (fits: (old: Slot) => boolean): Verdict | null => {
      const at = spare.findIndex(fits);
      return at < 0 ? null : (spare.splice(at, 1)[0]?.verdict ?? null);
    };
    const first = wanted.map((slot) => ({ slot, verdict: take((old) => sameSources(old.sources, slot.sources)) }));
    return first.map(({ slot, verdict: same }) => {
      const names = slot.sources.map(nameOf);
      const verdict = same ?? take((old) => (old.verdict?.met ?? []).some((source) => names.includes(nameOf(source))));
      if (verdict !== null) return { ...slot, verdict };
      const own = request.slots.find(
        (old) => sameSources(old.sources, slot.sources) && this.isSteward(login, request, old),
      );
      return { ...slot, assignedBy: own === undefined ? login : own.assignedBy };
    });
  }
}
