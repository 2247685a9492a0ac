import type { AccessStep } from '@stoa/contract/access';
import { type Explanation, whyNot } from '@stoa/core/access/explain';
import type { ReviewerSource } from '@stoa/core/review/flow';
import type { ExplainedSource } from './load-explained.ts';
import { whyIdle } from './tell-causes.ts';

/** Whom a step needs: whoever reviews, or whoever holds a permission. */
export type Helpers = { readonly sources: readonly ReviewerSource[]; readonly domainIds: readonly string[] };
export type NextStep = { readonly step: AccessStep; readonly helpers: Helpers };

/** Who decides requests: by target. */
export type ReviewersOf = ReadonlyMap<string, Helpers>;

export const holdersOf = (permission: 'USER_ADMIN' | 'GOVERNANCE'): Helpers => ({
  sources: [{ type: 'PERMISSION', permission }],
  domainIds: [],
});
export const nobody: Helpers = { sources: [], domainIds: [] };

type Ask = { readonly name: string; readonly text: string; readonly helpers: Helpers };

const ask = ({ name, text, helpers }: Ask): NextStep => ({ step: { kind: 'ask', name, holds: false, text }, helpers });

/** One next step for a "no": what holds an approval back, else the product to ask for. */
export function nextStep(
  source: ExplainedSource,
  { causes, policies, path }: Explanation,
  reviewers: ReviewersOf,
): NextStep {
  const unmet = policies.find(({ kind, result }) => kind === 'guardrail' && !result);
  if (unmet !== undefined) {
    const why = whyNot(unmet.truth);
    const text = `The guardrail ${unmet.name} is not passed${why === '' ? '' : `: ${why}`}. Ask a user admin about the group or attribute it asks for.`;
    return ask({ name: unmet.name, text, helpers: holdersOf('USER_ADMIN') });
  }
  const given = policies.find(({ kind, result }) => kind === 'grant' && result);
  if (given !== undefined && path.some(({ kind, holds }) => kind === 'identity' && !holds))
    return held(given.name, 'identity.none', source);
  const waiting = causes.find(
    (cause) =>
      cause.reason?.startsWith('identity.') ||
      cause.reason?.startsWith('source.') ||
      cause.reason === 'target.suspended' ||
      cause.reason === 'approval.awaiting_acceptance',
  );
  if (waiting !== undefined) return held(waiting.label, waiting.reason ?? '', source);
  return settle(source, policies) ?? request(source, reviewers);
}

/** A grant that stands still until an owner acts, where nobody can ask for a product instead. */
function settle(source: ExplainedSource, policies: Explanation['policies']): NextStep | null {
  if (source.products.some((candidate) => !candidate.suspended)) return null;
  const still = policies.find(({ isInConflict, idle }) => isInConflict || idle === 'waiting');
  if (still === undefined) return null;
  const whom = source.owners.length === 0 ? 'a governor: the source has no Data Owner yet' : source.owners.join(', ');
  const text = `${whyIdle(still, source)} Ask ${whom}.`;
  return ask({ name: still.name, text, helpers: holdersOf('GOVERNANCE') });
}

function request(source: ExplainedSource, reviewers: ReviewersOf): NextStep {
  const product = source.products.find((candidate) => !candidate.suspended);
  if (product !== undefined) {
    const text = `Request access to ${product.name}.`;
    return {
      step: { kind: 'request', name: product.name, holds: false, text, dataProductId: product.id },
      helpers: reviewers.get(product.id) ?? nobody,
    };
  }
  const asset = source.assets[0];
  const text = `No open data product holds this source. Request access to ${asset?.name ?? source.name} itself.`;
  return {
    step: { kind: 'request', name: source.name, holds: false, text, ...(asset ? { assetId: asset.id } : {}) },
    helpers: (asset && reviewers.get(asset.id)) ?? nobody,
  };
}

function held(name: string, reason: string, { connection_key }: ExplainedSource): NextStep {
  if (reason.startsWith('identity.')) {
    const text = `Given, but there is no account on ${connection_key} to give it to. Ask a user admin to map one.`;
    return ask({ name, text, helpers: holdersOf('USER_ADMIN') });
  }
  if (reason === 'approval.awaiting_acceptance') {
    const text = 'Approved; access starts once they have accepted the data use agreement of the request.';
    return ask({ name, text, helpers: nobody });
  }
  if (reason === 'target.suspended') {
    const text = 'The data product is suspended. Access returns when a manager resumes it.';
    return ask({ name, text, helpers: holdersOf('GOVERNANCE') });
  }
  if (reason === 'source.unprotected') {
    const text =
      'A data policy acts on the source and the platform does not hold it, so nobody may read it. Ask a governor; the page of the source says why.';
    return ask({ name, text, helpers: holdersOf('GOVERNANCE') });
  }
  const text = 'The source is not available on the platform now. Ask its data product manager.';
  return ask({ name, text, helpers: holdersOf('GOVERNANCE') });
}
