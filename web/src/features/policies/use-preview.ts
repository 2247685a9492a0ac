import type { Policy, PolicyDraft } from '@stoa/contract/policy-resource';
import type { SimulatedChangeIn } from '@stoa/contract/simulation';
import { useChangePreview } from '../preview/use-change-preview.ts';
import { isWhole } from './policy-lacks.ts';

/** What the preview speaks about: a draft in force, or the policy put in force or taken out. */
export type PreviewOf = 'draft' | 'activate' | 'disable';

type Shown = {
  readonly policy: Policy | undefined;
  readonly draft: PolicyDraft;
  readonly isChanged: boolean;
  readonly reCertify: boolean;
  /** What cannot be changed has nothing to be shown before. */
  readonly isAllowed: boolean;
};

/** What the change of the policy that stands on the page would come to. */
export function usePreview({ policy, draft, isChanged, reCertify, isAllowed }: Shown) {
  const of: PreviewOf =
    policy === undefined || isChanged ? 'draft' : policy.state === 'active' ? 'disable' : 'activate';
  const change: SimulatedChangeIn =
    policy === undefined || isChanged
      ? // A name says nothing about access: one that is still missing must not hold the preview back.
        {
          change: 'policy',
          policy: { ...draft, name: draft.name.trim() === '' ? '…' : draft.name },
          state: 'active',
          ...(policy === undefined ? {} : { id: policy.id }),
          ...(reCertify ? { reCertify } : {}),
        }
      : { change: 'policyState', id: policy.id, state: of === 'disable' ? 'disabled' : 'active' };
  const isReady = isAllowed && ((policy !== undefined && !isChanged) || isWhole(draft));
  return { of, ...useChangePreview([change], isReady) };
}
export type Preview = ReturnType<typeof usePreview>;
