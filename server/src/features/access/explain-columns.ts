import type { ExemptBy as ToldExemption, ExplainedColumn as ToldColumn, ExplainedRow } from '@stoa/contract/access';
import {
  type ExemptBy,
  type ExplainedColumn,
  type ExplainedMasks,
  explainMasks,
} from '@stoa/core/masking/explain-masks';
import { whyNot } from '@stoa/core/access/explain';
import type { ExplainedFacts, ExplainedSource, PersonOfQuestion } from './load-explained.ts';
import { holdersOf, type NextStep, nobody, type ReviewersOf } from './next-step.ts';

/** What one person is shown of the source, by the functions that write the view and what it looks up about them. */
export function masksFor(facts: ExplainedFacts, globalUserId: string): ExplainedMasks | undefined {
  const person = facts.people.get(globalUserId);
  return facts.masks === undefined || person === undefined ? undefined : masksOf(facts, facts.masks, person);
}

type Masks = NonNullable<ExplainedFacts['masks']>;

function masksOf(facts: ExplainedFacts, masks: Masks, { raw, facts: person }: PersonOfQuestion): ExplainedMasks {
  const principalId = facts.identities.get(raw.globalUserId)?.principalId ?? raw.globalUserId;
  return explainMasks({
    source: masks.source,
    verdict: masks.verdict,
    reader: { principalId, person, raw },
    exceptions: masks.exceptions.get(raw.globalUserId) ?? [],
    now: facts.access.now,
  });
}

export const tellExemption = (by: ExemptBy): ToldExemption =>
  by.kind === 'exception'
    ? {
        kind: by.kind,
        requestId: by.requestId,
        until: by.notAfter === null ? null : new Date(by.notAfter).toISOString(),
      }
    : { kind: by.kind, condition: by.condition };

type Place = { readonly nativeType: string; readonly isHeld: boolean };

export function tellColumn(column: ExplainedColumn, { nativeType, isHeld }: Place): ToldColumn {
  const { mask, exemptBy } = column;
  return {
    name: column.name,
    nativeType,
    shown: column.shown,
    maskingType: mask?.chosen ?? null,
    shownAs: column.shownAs,
    policyId: mask?.policyId ?? null,
    policyKey: mask?.policyKey ?? null,
    policyName: mask?.policyName ?? null,
    matchedTag: mask?.matchedTag ?? null,
    outranked: [...(mask?.outranked ?? [])],
    exempt: exemptBy !== null,
    exemptBy: exemptBy === null ? null : tellExemption(exemptBy),
    degradedTo: mask?.degradedTo ?? null,
    degradedWhy: mask?.degradedWhy ?? null,
    where: column.where,
    isLiftable: mask?.isLiftable ?? false,
    isHeld,
    truth: [...column.truth],
    next: null,
  };
}

export const tellRow = ({ truth, ...row }: ExplainedMasks['rows'][number]): ExplainedRow => ({
  ...row,
  truth: [...truth],
});

/** What shows a column that is not shown in clear: an exception, whoever looks at new columns, or the policy's author. */
export function nextForColumn(
  column: ExplainedColumn,
  source: ExplainedSource,
  reviewers: ReviewersOf,
): NextStep | null {
  const { name, mask, truth } = column;
  if (column.shown === 'clear') return null;
  if (mask === null) {
    const text = 'Nobody has looked at this column since it was found. Ask a governor to look at it.';
    return { step: { kind: 'ask', name, holds: false, text }, helpers: holdersOf('GOVERNANCE') };
  }
  if (!mask.isLiftable) {
    const why = whyNot(truth);
    const text = `The mask of ${mask.policyName} is for some people, and no exception lifts it${why === '' ? '' : ` (${why})`}. Ask a governor about the policy.`;
    return { step: { kind: 'ask', name: mask.policyName, holds: false, text }, helpers: holdersOf('GOVERNANCE') };
  }
  const product = source.products.find((candidate) => !candidate.suspended);
  if (product === undefined) {
    const text =
      'An exception could show it, and no open data product holds the source to ask for one. Ask a governor.';
    return { step: { kind: 'ask', name, holds: false, text }, helpers: holdersOf('GOVERNANCE') };
  }
  const text = `Ask to see ${name} in clear: a masking exception of ${product.name}.`;
  return {
    step: { kind: 'request', name: product.name, holds: false, text, dataProductId: product.id },
    helpers: reviewers.get(product.id) ?? nobody,
  };
}
