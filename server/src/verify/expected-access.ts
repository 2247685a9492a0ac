import { actsOn, type Masking, maskingOf } from './acting-policy.ts';
import { isCondition, judgeCondition } from './condition.ts';
import type { ApprovalFact, ConnectionFact, PersonFact, PolicyFact, SourceFact } from './facts.ts';
import { groupBy } from './group-by.ts';
import type { World } from './load-world.ts';
import type { Pace } from './pace.ts';

/** Why somebody should read a source: a request, or a policy. */
export type CauseFact = {
  readonly kind: 'request' | 'policy';
  readonly id: string;
  readonly label: string;
  readonly since: Date | null;
};

/** One person and one source: what the facts say. */
export type Expected = {
  readonly person: PersonFact;
  readonly source: SourceFact;
  /** `must`: it has to be there. `may`: it stays when it is there, and is not made when it is not. `no`: nothing may be there. */
  readonly verdict: 'must' | 'may' | 'no';
  readonly causes: readonly CauseFact[];
  /** The guardrail that keeps the person out, if one does. */
  readonly guardrail: string | null;
};

type Approved = { readonly approval: ApprovalFact; readonly label: string; readonly isOutside: boolean };

/** The policies that act on a source. */
type Governed = {
  readonly grants: readonly PolicyFact[];
  readonly guardrails: readonly PolicyFact[];
  /** What data policies keep back. */
  readonly masking: Masking;
};

/**
 * E(t): who should read what on one connection at the moment of the facts. Each person is judged for each source, one after
 * the other, by what is stored about the two; nothing that was computed before is looked at.
 */
export class ExpectedAccess {
  readonly #world: World;
  readonly sources: readonly SourceFact[];
  readonly #governed = new Map<number, Governed>();
  /** What policies give to some people. */
  readonly #given: SourceFact[] = [];
  /** Approvals that hold, by person, and by source of them. */
  readonly #approved = new Map<string, Map<SourceFact, Approved[]>>();
  /** Approvals that ended or ran out, by person. */
  readonly #ended: ReadonlyMap<string, readonly ApprovalFact[]>;

  private constructor(world: World, connection: Pick<ConnectionFact, 'id'>) {
    this.#world = world;
    this.sources = world.sources.filter(({ connectionId }) => connectionId === connection.id);
    const over = world.approvals.filter((approval) => !isLive(approval, world.now));
    this.#ended = groupBy(over, ({ beneficiary }) => beneficiary);
  }

  /** Reads the facts once through; what is asked afterwards is looked up. */
  static async of(world: World, connection: Pick<ConnectionFact, 'id'>, pace: Pace): Promise<ExpectedAccess> {
    const expected = new ExpectedAccess(world, connection);
    for (const source of expected.sources) {
      const turn = pace.look();
      if (turn !== undefined) await turn;
      expected.#govern(source);
    }
    const here = new Map(expected.sources.map((source) => [source.id, source]));
    for (const approval of world.approvals) {
      const turn = pace.look();
      if (turn !== undefined) await turn;
      if (isLive(approval, world.now)) expected.#approve(approval, here);
    }
    return expected;
  }

  #govern(source: SourceFact): void {
    const governed = governedBy(this.#world.policies, source);
    this.#governed.set(source.id, governed);
    if (governed.grants.length > 0) this.#given.push(source);
  }

  #approve(approval: ApprovalFact, here: ReadonlyMap<number, SourceFact>): void {
    const target = this.#world.targets.get(approval.targetId);
    if (target === undefined || target.isClosed) return;
    const { beneficiary } = approval;
    const own = this.#approved.get(beneficiary) ?? new Map<SourceFact, Approved[]>();
    this.#approved.set(beneficiary, own);
    for (const [sourceId, { isOutside }] of target.sources) {
      const source = here.get(sourceId);
      if (source === undefined) continue;
      const known = own.get(source);
      const one = { approval, label: target.label, isOutside };
      if (known) known.push(one);
      else own.set(source, [one]);
    }
  }

  maskingOf(source: SourceFact): Masking {
    return this.#governed.get(source.id)?.masking ?? nothing.masking;
  }

  /** Columns or rows are kept back by some policy, so that nobody may read the table at its own name. */
  isMasked(source: SourceFact): boolean {
    const { columns, hasRows } = this.maskingOf(source);
    return columns.length > 0 || hasRows;
  }

  /** Who may read at least one thing by policy or approval, judged for a source. */
  judge(person: PersonFact, source: SourceFact): Expected {
    const { grants, guardrails } = this.#governed.get(source.id) ?? nothing;
    const approved = this.#approved.get(person.id)?.get(source) ?? [];
    const given = grants.filter((policy) => isFor(policy, person, source));
    const guardrail = guardrails.find((policy) => !isFor(policy, person, source))?.name ?? null;
    const causes = [
      ...approved.map(({ approval, label }) => ({
        kind: 'request' as const,
        id: approval.id,
        label,
        since: approval.decidedAt,
      })),
      ...given.map(({ id, name }) => ({ kind: 'policy' as const, id, label: name, since: null })),
    ];
    const isFirm = given.length > 0 || approved.some(({ isOutside }) => !isOutside);
    const isGiven = person.isActive && source.isOpen && guardrail === null && causes.length > 0;
    return { person, source, verdict: isGiven ? (isFirm ? 'must' : 'may') : 'no', causes, guardrail };
  }

  /** Whether some policy gives a source, to whomever. */
  isGivenByPolicy(source: SourceFact): boolean {
    return (this.#governed.get(source.id)?.grants.length ?? 0) > 0;
  }

  /** The sources that a person could have something of: what they were approved for, and what policies give to some people. */
  candidates(person: PersonFact): SourceFact[] {
    const approved = this.#approved.get(person.id)?.keys() ?? [];
    return [...new Set([...this.#given, ...approved])];
  }

  /** How many guardrails act here, counted by source. */
  get guardrails(): number {
    return [...this.#governed.values()].reduce((sum, { guardrails }) => sum + guardrails.length, 0);
  }

  /** Requests that ended or ran out, of which a person had a source. */
  endedCauses(person: PersonFact, source: SourceFact): ApprovalFact[] {
    const own = this.#ended.get(person.id) ?? [];
    return own.filter(({ targetId }) => this.#world.targets.get(targetId)?.sources.has(source.id) === true);
  }

  /** How many requests of a person were ended. */
  endedCount(person: PersonFact): number {
    return (this.#ended.get(person.id) ?? []).filter(({ status }) => status !== 'APPROVED').length;
  }
}

const nothing: Governed = {
  grants: [],
  guardrails: [],
  masking: { columns: [], hasRows: false, isUnsure: false },
};

/** Half-open: at the instant of its end it is over. */
export const isLive = (approval: ApprovalFact, now: Date): boolean =>
  approval.status === 'APPROVED' &&
  !approval.awaitsAcceptance &&
  (approval.notAfter === null || now.getTime() < approval.notAfter.getTime());

function governedBy(policies: readonly PolicyFact[], source: SourceFact): Governed {
  const acting = policies.filter(
    ({ kind, body }) => (kind === 'grant' || kind === 'guardrail') && (body.accessType ?? 'read') === 'read',
  );
  const onIt = acting.filter((policy) => actsOn(policy, source));
  const grants = onIt.filter(({ kind }) => kind === 'grant');
  // Two that ask for no condition contradict each other: neither gives anything until one is gone.
  const unconditional = grants.filter(({ body }) => body.level !== 'entitlements');
  return {
    grants: unconditional.length > 1 ? grants.filter((one) => !unconditional.includes(one)) : grants,
    guardrails: onIt.filter(({ kind }) => kind === 'guardrail'),
    masking: maskingOf(policies, source),
  };
}

/** Whether a person is among those whom a policy is for. A guardrail always asks for a condition. */
function isFor({ kind, body }: PolicyFact, person: PersonFact, source: SourceFact): boolean {
  const level = kind === 'guardrail' ? 'entitlements' : body.level;
  if (level === 'anyone') return true;
  if (level === 'manual') return body.users?.includes(person.id) === true;
  const text = body.condition ?? '';
  return isCondition(text) && judgeCondition(text, person, source);
}
