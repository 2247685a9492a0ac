import { useDebouncedValue } from '@mantine/hooks';
import type { Policy, PolicyDraft } from '@stoa/contract/policy-resource';
import { type SimulatedChange, simulate } from '@stoa/contract/simulation';
import { useOperation } from '../../lib/api.ts';
import { isWhole } from './policy-draft.ts';

/** What the preview speaks about: a draft in force, or the policy put in force or taken out. */
export type PreviewOf = 'draft' | 'activate' | 'disable';

type Shown = { readonly policy: Policy | undefined; readonly draft: PolicyDraft; readonly isChanged: boolean };

const restMilliseconds = 400;

/** What the change that stands on the page would come to: asked again once typing rests, and never shown for an older text. */
export function usePreview({ policy, draft, isChanged }: Shown) {
  const of: PreviewOf =
    policy === undefined || isChanged ? 'draft' : policy.state === 'active' ? 'disable' : 'activate';
  const change: SimulatedChange =
    policy === undefined || isChanged
      ? // A name says nothing about access: one that is still missing must not hold the preview back.
        {
          change: 'policy',
          policy: { ...draft, name: draft.name.trim() === '' ? '…' : draft.name },
          state: 'active',
          ...(policy === undefined ? {} : { id: policy.id }),
        }
      : { change: 'policyState', id: policy.id, state: of === 'disable' ? 'disabled' : 'active' };
  const [asked] = useDebouncedValue(change, restMilliseconds);
  const isSettled = JSON.stringify(asked) === JSON.stringify(change);
  const body = { changes: [asked], statements: false };
  const isReady = policy !== undefined && !isChanged ? true : isWhole(draft);
  const found = useOperation(simulate, { body }, { enabled: isSettled && isReady });
  return {
    of,
    change,
    /** Its statements are those of views, which are planned when it is put in force. */
    isOfData: draft.type === 'data',
    /** Something is still to be chosen. */
    isReady,
    isCounting: isReady && (!isSettled || found.isPending || found.isFetching),
    simulation: isReady && isSettled && !found.isFetching && found.error === null ? found.data : undefined,
    problem: isReady && isSettled && !found.isFetching ? found.error : null,
    retry: () => void found.refetch(),
  };
}
export type Preview = ReturnType<typeof usePreview>;
