import type { DeterminationBody } from '@stoa/contract/approval-record';
import type { DurationUnit } from '@stoa/contract/enums';
import type { Evidence } from '@stoa/contract/evidence';
import type { PlanPreview } from '@stoa/contract/plan';
import type { Duration } from '../../ui/DurationPicker.tsx';

export const choices = ['approve', 'time', 'deny'] as const;
export type Choice = (typeof choices)[number];

/** What a steward has put together so far. No choice is made for them; the period is the requester's own. */
export type DecisionDraft = {
  readonly choice: Choice | undefined;
  readonly reason: string;
  readonly duration: Duration;
};

const usualPeriod: Duration = { duration: 90, durationUnit: 'DAYS' };

type Asked = { readonly amount: number; readonly unit: DurationUnit } | null;

/** The period that "for a time" begins with: what was asked for; a usual one where no end was asked for. */
export const startDuration = (asked: Asked): Duration =>
  asked === null ? usualPeriod : { duration: asked.amount, durationUnit: asked.unit };

/** The determination as it is sent, bound to the plan that was shown. */
export function determinationOf(draft: DecisionDraft, choice: Choice, planHash: string | undefined): DeterminationBody {
  const reason = draft.reason.trim();
  if (choice === 'deny') return { status: 'DENIED', reason };
  const bound = planHash === undefined ? {} : { planHash };
  return choice === 'time'
    ? { status: 'APPROVED', reason, ...draft.duration, ...bound }
    : { status: 'APPROVED', reason, ...bound };
}

export type Account = { readonly connectionKey: string; readonly name: string | undefined };
export type Gain = { readonly now: number; readonly later: number; readonly missing: readonly Account[] };

/** What an approval opens at once, and what only once the beneficiary has an account where it lies. */
export function gainOf({ sources, beneficiary }: Pick<Evidence, 'sources' | 'beneficiary'>): Gain {
  const gained = sources.filter((source) => source.effect === 'GAINS_ACCESS').map((source) => source.connectionKey);
  const identityOn = (key: string) => beneficiary.identities.find((one) => one.connectionKey === key);
  const isMissing = (key: string) => (identityOn(key)?.state ?? 'absent') === 'absent';
  const later = gained.filter(isMissing);
  const missing = [...new Set(later)].map((key) => ({ connectionKey: key, name: identityOn(key)?.externalName }));
  return { now: gained.length - later.length, later: later.length, missing };
}

export type PlanChange = { readonly added: readonly string[]; readonly removed: readonly string[] };

const linesOf = (plan: PlanPreview): string[] =>
  plan.connections.flatMap((connection) => connection.statements.map((one) => `${connection.connectionKey}: ${one}`));

/** What differs between the plan that was read and the plan that holds now; nothing when both are the same. */
export function planChange(read: PlanPreview | null, now: PlanPreview | null): PlanChange | undefined {
  if (read === null || now === null || read.planHash === now.planHash) return undefined;
  const before = linesOf(read);
  const after = linesOf(now);
  return {
    added: after.filter((line) => !before.includes(line)),
    removed: before.filter((line) => !after.includes(line)),
  };
}
