import {
  createPolicy,
  listPolicyVersions,
  type Policy,
  type PolicyDraft,
  readPolicy,
  searchPolicies,
  setPolicyState,
  updatePolicy,
} from '@stoa/contract/policy-resource';
import { useNavigate } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { useCommand } from '../../lib/api.ts';
import { useAnnounce } from '../../ui/LiveRegion.tsx';
import { draftOf, isSameDraft } from './policy-draft.ts';
import { problemsOf } from './placed-problems.ts';

const shownBy = [searchPolicies, readPolicy, listPolicyVersions] as const;

/** The policy as it is being written, over the version that it was read at. */
export function usePolicyEditor(policy: Policy | undefined, first: PolicyDraft) {
  const t = useText();
  const announce = useAnnounce();
  const navigate = useNavigate();
  const saved = policy === undefined ? first : draftOf(policy);
  const [edited, setEdited] = useState<{ draft: PolicyDraft; version: number }>();
  const draft = edited?.draft ?? saved;
  const version = edited?.version ?? policy?.version ?? 0;
  const [asksAgain, setAsksAgain] = useState(false);
  const mayAskAgain = policy?.certification !== undefined && draft.certification !== undefined;
  const reCertify = mayAskAgain && asksAgain;
  const isChanged = reCertify || (edited !== undefined && !isSameDraft(draft, saved));
  const isLeaving = useRef(false);
  const create = useCommand(createPolicy, {
    invalidates: shownBy,
    onSuccess: (made) => {
      isLeaving.current = true;
      announce(t('policies.saved', { name: made.name }));
      void navigate({ to: '/govern/policies/$id', params: { id: made.id }, search: {} });
    },
  });
  const update = useCommand(updatePolicy, {
    invalidates: shownBy,
    onSuccess: (made) => {
      setEdited(undefined);
      setAsksAgain(false);
      announce(t('policies.saved', { name: made.name }));
    },
  });
  const setState = useCommand(setPolicyState, {
    invalidates: shownBy,
    onSuccess: (made) =>
      announce(t('policies.stateSet', { name: made.name, state: t(`policies.state.${made.state}`) })),
  });
  const problem = create.error ?? update.error ?? setState.error;
  return {
    draft,
    version,
    isChanged,
    /** Left because it was saved or deleted: nothing is lost. */
    isLeaving,
    /** Owners who have signed are asked to sign again; undefined where nothing is signed. */
    reCertify: mayAskAgain ? reCertify : undefined,
    setReCertify: setAsksAgain,
    /** Somebody saved another version since this one was begun. */
    hasMoved: policy !== undefined && isChanged && version < policy.version,
    change: (next: PolicyDraft) => {
      create.reset();
      update.reset();
      setEdited({ draft: next, version });
    },
    discard: () => {
      setEdited(undefined);
      setAsksAgain(false);
    },
    goOn: () => setEdited({ draft, version: policy?.version ?? 0 }),
    create,
    update,
    setState,
    isBusy: create.isPending || update.isPending || setState.isPending,
    problem,
    problems: problemsOf(problem),
  };
}
export type PolicyEditor = ReturnType<typeof usePolicyEditor>;
