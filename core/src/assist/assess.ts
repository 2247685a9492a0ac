import type { RiskAssessment } from '@stoa/contract/assist';
import type { Instant } from '../person.ts';
import { type Cohort, findCohort, weigh, type Weighed } from './cohort.ts';
import { explain, nothingInCommon } from './explain.ts';
import { literalsOf, type PlacedLiteral } from './literal.ts';
import { chooseHistory, type History, type PastDetermination } from './past-determination.ts';
import type { Candidate } from './request-traits.ts';
import { wilsonLowerBound } from './wilson.ts';

type Computed = Extract<RiskAssessment, { recommendation: unknown }>;
type Level = 'LOW' | 'MODERATE' | 'HIGH';

const dayMs = 86_400_000;
const halfLifeDays = 180;
const mostReasons = 5;
const mostSimilar = 20;

/**
 * What earlier determinations suggest for a request (product.md 8.2). Advice only: deterministic, from no text that
 * anybody typed, and the same whatever the order of the history.
 * @param history final determinations that people made, at most the newest 200 of each kind are looked at
 * @param candidate who would get access, and the answers
 * @param now milliseconds; older determinations weigh half as much every 180 days
 */
export function assess(history: History, candidate: Candidate, now: Instant): RiskAssessment {
  const chosen = chooseHistory(history);
  if (chosen === null) return { approvalRisk: 'INDETERMINATE' };
  const past = chosen.past.map((one) => ({ ...one, weight: weightOf(one, now) }));
  const cohort = findCohort(past, literalsOf(candidate, past));
  if (cohort === null) return nothingInCommon(chosen.basis);
  return judge(cohort, (parts) => explain({ ...parts, basis: chosen.basis }), chosen.basis === 'target');
}

/** What an assessment recommends; null when nothing could be computed. */
export const recommendationOf = (assessment: RiskAssessment): Computed['recommendation'] | null =>
  'recommendation' in assessment ? assessment.recommendation : null;

const weightOf = ({ at }: PastDetermination, now: Instant): number =>
  0.5 ** (Math.max(0, now - at) / dayMs / halfLifeDays);

type Explain = (parts: Omit<Parameters<typeof explain>[0], 'basis'>) => string;

function judge({ literals, members }: Cohort, say: Explain, isOnTarget: boolean): Computed {
  const { approved, denied } = weigh(members);
  const total = approved + denied;
  const riskValue = 1 - wilsonLowerBound(approved, total);
  const conflictDetected = total > 0 && approved / total > 0.2 && denied / total > 0.2;
  const approvalRisk = levelOf(riskValue, conflictDetected);
  const recommendation = recommend(approvalRisk, wilsonLowerBound(denied, total));
  const medianDays = medianPeriodOf(members);
  const approvals = members.filter((one) => one.outcome === 'APPROVED');
  const denials = members.filter((one) => one.outcome === 'DENIED');
  const counts = { nAllowed: approvals.length, nDenied: denials.length };
  return {
    conflictDetected,
    approvalRisk,
    recommendation,
    ...counts,
    riskValue,
    cohort: { literals: literals.map((one) => present(one, members, isOnTarget)) },
    medianApprovalTimeWindowInDays: medianDays,
    explanation: say({ literals, ...counts, conflictDetected, recommendation, medianDays }),
    approvalReasons: reasonsOf(approvals),
    denialReasons: reasonsOf(denials),
  };
}

function levelOf(riskValue: number, conflict: boolean): Level {
  if (riskValue <= 0.25) return 'LOW';
  return riskValue <= 0.6 || conflict ? 'MODERATE' : 'HIGH';
}

function recommend(level: Level, denialBound: number): 'APPROVED' | 'DENIED' | 'NONE' {
  if (level === 'LOW') return 'APPROVED';
  return denialBound >= 0.75 ? 'DENIED' : 'NONE';
}

/** The median period of the temporary approvals, in days, when they outweigh those without end; else null. */
function medianPeriodOf(members: readonly Weighed[]): number | null {
  const approvals = members.filter((one) => one.outcome === 'APPROVED');
  const temporary = approvals.flatMap(({ days, weight }) => (days === null ? [] : [{ days, weight }]));
  const weight = (ones: readonly { weight: number }[]) => ones.reduce((sum, one) => sum + one.weight, 0);
  if (weight(temporary) * 2 <= weight(approvals)) return null;
  const days = temporary.map((one) => one.days).sort((a, b) => a - b);
  const middle = Math.floor(days.length / 2);
  const [low = 0, high = 0] = [days[days.length % 2 === 0 ? middle - 1 : middle], days[middle]];
  return (low + high) / 2;
}

/** The newest reasons, each once; `members` come with the newest first. */
function reasonsOf(members: readonly Weighed[]): string[] {
  const distinct = new Map<string, string>();
  for (const { reason } of members) {
    const text = reason?.trim() ?? '';
    const sameAs = text.replaceAll(/\s+/g, ' ').toLowerCase();
    if (text !== '' && !distinct.has(sameAs)) distinct.set(sameAs, text);
  }
  return [...distinct.values()].slice(0, mostReasons);
}

type Shown = Computed['cohort']['literals'][number];

/** As the wire shows a literal; a chosen option names requests that chose it too, where the reader may open them. */
function present(literal: PlacedLiteral, members: readonly Weighed[], isOnTarget: boolean): Shown {
  const { kind, name, value, negation } = literal;
  const negated = negation ? { negation } : {};
  if (kind === 'group') return { name, ...negated };
  if (kind === 'attribute') return { name, value, ...negated };
  const similar = negation || !isOnTarget ? [] : members.slice(0, mostSimilar);
  return {
    label: `${name}: ${value}`,
    ...(similar.length === 0 ? {} : { similarRequests: Object.fromEntries(similar.map((m) => [m.requestId, value])) }),
    ...negated,
  };
}
