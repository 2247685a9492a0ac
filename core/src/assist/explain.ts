import type { RiskAssessment } from '@stoa/contract/assist';
import type { Literal } from './literal.ts';
import type { Basis } from './past-determination.ts';

type Computed = Extract<RiskAssessment, { recommendation: unknown }>;

const where: Readonly<Record<Basis, string>> = {
  target: 'for this target',
  domain: 'in this domain',
  form: 'by this form',
};

type Explained = Pick<Computed, 'nAllowed' | 'nDenied' | 'conflictDetected' | 'recommendation'> & {
  readonly basis: Basis;
  readonly literals: readonly Literal[];
  readonly medianDays: number | null;
};

/** The assessment in sentences; nothing that a requester typed enters them. */
export function explain({ basis, literals, nAllowed, nDenied, conflictDetected, ...rest }: Explained): string {
  const alike = `Alike ${where[basis]}, ${literals.map(words).join(' and ')}:`;
  const counts = `${nAllowed} approved, ${nDenied} denied; recent decisions count more.`;
  const conflict = conflictDetected ? ' They contradict each other.' : '';
  return `${alike} ${counts}${conflict} ${suggestion(rest)}`;
}

function suggestion({ recommendation, medianDays }: Pick<Explained, 'recommendation' | 'medianDays'>): string {
  switch (recommendation) {
    case 'APPROVED':
      return medianDays === null
        ? 'They speak for it: approve.'
        : `They speak for it: temporarily approve, usually for ${daysText(medianDays)}.`;
    case 'DENIED':
      return 'They speak against it: deny.';
    default:
      return 'That is not clear enough to recommend anything.';
  }
}

const daysText = (days: number): string => {
  const rounded = days < 1 ? Math.max(1, Math.round(days * 24)) : Math.round(days);
  const unit = days < 1 ? 'hour' : 'day';
  return `${rounded} ${unit}${rounded === 1 ? '' : 's'}`;
};

function words({ kind, name, value, negation }: Literal): string {
  switch (kind) {
    case 'group':
      return `${negation ? 'not ' : ''}in group ${name}`;
    case 'attribute':
      return `${negation ? 'without' : 'with'} ${name} = ${value}`;
    case 'answer':
      return `${negation ? 'not ' : ''}answering ${value} to “${name}”`;
  }
}

/** What is said when no quality is shared with three earlier requests: the highest risk, and no advice. */
export const nothingInCommon = (basis: Basis): Computed => ({
  conflictDetected: false,
  approvalRisk: 'HIGH',
  recommendation: 'NONE',
  nAllowed: 0,
  nDenied: 0,
  riskValue: 1,
  cohort: { literals: [] },
  medianApprovalTimeWindowInDays: null,
  explanation: `There is nothing in common with earlier requests ${where[basis]}.`,
  approvalReasons: [],
  denialReasons: [],
});
