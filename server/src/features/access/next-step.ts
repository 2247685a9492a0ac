import type { AccessStep } from '@stoa/contract/access';
import { sourceProblem } from '@stoa/core/access/compile';
import { type Explanation, whyNot } from '@stoa/core/access/explain';
import type { HeldReason } from '@stoa/core/access/model';
import type { ReviewerSource } from '@stoa/core/review/flow';
import type { ExplainedSource, IdentityRow } from './load-explained.ts';
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

/** The source that is asked about, and who the person is on its platform. */
export type Asked = { readonly source: ExplainedSource; readonly identity: IdentityRow | undefined };

/** One next step for a "no": what keeps everything closed, what holds an approval back, else the product to ask for. */
export function nextStep(asked: Asked, answer: Explanation, reviewers: ReviewersOf): NextStep {
  const { causes, policies, obstacle } = answer;
  const { source } = asked;
  if (obstacle?.startsWith('user.')) return ofDisabled;
  const problem = sourceProblem(source.object);
  if (problem !== null) return ofSource(source, problem);
  const unmet = policies.find(({ kind, result }) => kind === 'guardrail' && !result);
  if (unmet !== undefined) {
    const why = whyNot(unmet.truth);
    const text = `The guardrail ${unmet.name} is not passed${why === '' ? '' : `: ${why}`}. Ask a user admin about the group or attribute it asks for.`;
    return ask({ name: unmet.name, text, helpers: holdersOf('USER_ADMIN') });
  }
  const given = policies.find(({ kind, result }) => kind === 'grant' && result);
  if (given !== undefined && obstacle?.startsWith('identity.')) return ofIdentity(given.name, asked);
  const waiting = causes.find(
    ({ reason }) =>
      reason?.startsWith('identity.') || reason === 'target.suspended' || reason === 'approval.awaiting_acceptance',
  );
  if (waiting?.reason?.startsWith('identity.')) return ofIdentity(waiting.label, asked);
  if (waiting !== undefined) return held(waiting.label, waiting.reason === 'target.suspended');
  return settle(source, policies) ?? request(source, reviewers);
}

/** Whom to ask about the data: a governor stands in where nobody owns it. */
const ownersOf = ({ owners }: ExplainedSource): string =>
  owners.length === 0 ? 'a governor: the source has no Data Owner yet' : owners.join(', ');

/** A grant that stands still until an owner acts, where nobody can ask for a product instead. */
function settle(source: ExplainedSource, policies: Explanation['policies']): NextStep | null {
  if (source.products.some((candidate) => !candidate.suspended)) return null;
  const still = policies.find(({ isInConflict, idle }) => isInConflict || idle === 'waiting');
  if (still === undefined) return null;
  const text = `${whyIdle(still, source)} Ask ${ownersOf(source)}.`;
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

const ofDisabled = ask({
  name: 'user.disabled',
  text: 'The person is disabled and reads nothing, whatever is approved. Ask a user admin to enable them; what they were given comes back by itself.',
  helpers: holdersOf('USER_ADMIN'),
});

/** Nobody may read the source, so that no request would help. */
function ofSource(source: ExplainedSource, problem: HeldReason): NextStep {
  const name = source.object_path.join('.');
  const { connection_key: connection } = source;
  switch (problem) {
    case 'source.missing':
    case 'source.unknown': {
      const text = `It is no longer on ${connection}, so there is nothing to read. Ask an application admin; once it is there again, the next look at the platform finds it.`;
      return ask({ name, text, helpers: nobody });
    }
    case 'source.held': {
      const text = `Another object has taken its name on ${connection}, so nobody may read it until somebody confirms that it is the same data. Ask ${ownersOf(source)}.`;
      return ask({ name, text, helpers: holdersOf('GOVERNANCE') });
    }
    case 'source.disabled': {
      const text = 'The source is disabled, so nobody may read it. Ask an application admin to enable it.';
      return ask({ name, text, helpers: nobody });
    }
    case 'source.unprotected': {
      const text =
        'A data policy acts on the source and the platform does not hold it, so nobody may read it. Ask a governor; the page of the source says why.';
      return ask({ name, text, helpers: holdersOf('GOVERNANCE') });
    }
  }
}

/** Given, with nobody on the platform to give it to: there is no such account, or it is not known to be the person's. */
function ofIdentity(name: string, { source, identity }: Asked): NextStep {
  const { connection_key: connection } = source;
  const helpers = holdersOf('USER_ADMIN');
  if (identity === undefined) {
    const text = `Given, but there is no account on ${connection} to give it to. Ask a user admin to map one.`;
    return ask({ name, text, helpers });
  }
  const { externalName, state, reason } = identity;
  const why = reason === null ? '' : ` ${reason}`;
  const text =
    state === 'absent'
      ? `Given, but there is no account ${externalName} on ${connection} to give it to.${why} Ask a user admin to map another.`
      : `Given, but the account ${externalName} on ${connection} is not verified.${why} Ask a user admin to confirm it.`;
  return ask({ name, text, helpers });
}

function held(name: string, isSuspended: boolean): NextStep {
  const text = isSuspended
    ? 'The data product is suspended. Access returns when a manager resumes it.'
    : 'Approved; access starts once they have accepted the data use agreement of the request.';
  return ask({ name, text, helpers: isSuspended ? holdersOf('GOVERNANCE') : nobody });
}
