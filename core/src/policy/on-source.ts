/** How a policy that is meant for a data source stands there; `idle`: nothing that it asks for is there. */
export type OnSourceStanding = 'acting' | 'idle' | 'conflict' | 'waiting' | 'off' | 'offered';

/** A policy as the owner of a source sees it there. */
export type PolicyOnSource = {
  readonly policyId: string;
  readonly kind: 'grant' | 'guardrail' | 'mask' | 'reveal' | 'row';
  /** A grant that asks for no condition: of several on one source none acts. */
  readonly isUnconditional: boolean;
  readonly standing: OnSourceStanding;
  /** Columns on which a mask is the one that holds, and on which another holds instead. */
  readonly wins: readonly string[];
  readonly loses: readonly string[];
};

const byAuthors = 'Only those who write the policy take it back, for all its sources at once.';

/**
 * Why an owner may not switch a policy off on the source; null when they may (governance.md 8 and 10): of grants that
 * contradict each other all but one, and a mask that holds on no column there. Nothing that protects the data.
 */
export function whyNotOff(one: PolicyOnSource, all: readonly PolicyOnSource[]): string | null {
  if (one.standing === 'off') return 'It is switched off here already.';
  if (one.standing === 'offered') return 'It is not picked for this source.';
  if (one.isUnconditional) {
    const rivals = all.filter((other) => other.isUnconditional && isOn(other));
    return isOn(one) && rivals.length > 1 ? null : byAuthors;
  }
  if (one.kind !== 'mask' || one.standing !== 'acting') return byAuthors;
  return one.wins.length === 0 && one.loses.length > 0 ? null : byAuthors;
}

const isOn = ({ standing }: PolicyOnSource): boolean => standing === 'acting' || standing === 'conflict';

/** Why it cannot be switched on again; null when it can. */
export const whyNotOn = ({ standing }: PolicyOnSource): string | null =>
  standing === 'off' ? null : 'It is not switched off here.';
