import { getAccessRequestPlan, type PlanPreview } from '@stoa/contract/plan';
import { getAccessRequestProvisioning, type ProvisioningStatus } from '@stoa/contract/provisioning';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import type { ApiProblem } from '../../lib/api-problem.ts';
import { call } from '../../lib/api.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { SkeletonText } from '../../ui/Skeletons.tsx';
import { StatementBlock } from '../../ui/StatementBlock.tsx';
import styles from './lists.module.css';

/** First each second; a platform that has not come by then is not asked about that often by everybody who waits. */
const askEveryMs = 1_000;
const askLaterMs = 5_000;
const oftenAtFirst = 15;

export type Followed = {
  readonly states: ReadonlyMap<string, ProvisioningStatus>;
  readonly error: ApiProblem | null;
  readonly retry: () => void;
};

const isMoving = ({ state }: ProvisioningStatus): boolean => state === 'PROVISIONING';

/** Where access that was just approved stands, by request: asked for until the platforms are done with it. */
export function useFollowed(ids: readonly string[]): Followed {
  const client = useQueryClient();
  const queryKey = [getAccessRequestProvisioning.id, ids];
  const { data, error, refetch } = useQuery<ProvisioningStatus[], ApiProblem>({
    queryKey,
    queryFn: ({ signal }) => {
      const known = client.getQueryData<ProvisioningStatus[]>(queryKey);
      return Promise.all(
        ids.map(async (id, at) => {
          const before = known?.[at];
          if (before !== undefined && !isMoving(before)) return before;
          return call(getAccessRequestProvisioning, { params: { id } }, { signal });
        }),
      );
    },
    enabled: ids.length > 0,
    refetchInterval: ({ state }) => {
      if (state.data?.some(isMoving) === false) return false;
      return state.status === 'error' || state.dataUpdateCount > oftenAtFirst ? askLaterMs : askEveryMs;
    },
  });
  return {
    states: new Map((data ?? []).map((one, at) => [ids[at] ?? '', one])),
    error,
    retry: () => void refetch(),
  };
}

export type Plans = {
  readonly isShown: boolean;
  readonly show: () => void;
  readonly shown: readonly { readonly id: string; readonly plan: PlanPreview }[];
  readonly isPending: boolean;
  readonly error: ApiProblem | null;
  /** The plan of this request that was shown, for a decision that is bound to it. */
  readonly hashOf: (id: string) => string | undefined;
};

/** The plans of several requests, read once somebody wants to see them. */
export function usePlans(ids: readonly string[]): Plans {
  const [isShown, setIsShown] = useState(false);
  const answer = useQuery<PlanPreview[], ApiProblem>({
    queryKey: [getAccessRequestPlan.id, ids],
    queryFn: ({ signal }) => Promise.all(ids.map((id) => call(getAccessRequestPlan, { params: { id } }, { signal }))),
    enabled: isShown,
  });
  const shown = (answer.data ?? []).map((plan, at) => ({ id: ids[at] ?? '', plan }));
  return {
    isShown,
    show: () => setIsShown(true),
    shown,
    isPending: answer.isPending,
    error: answer.error,
    hashOf: (id) => shown.find((one) => one.id === id)?.plan.planHash,
  };
}

/** What each of the approvals would run, platform by platform, and for whom nothing would. */
export function Statements({ plans: { isShown, show, shown, isPending, error }, nameOf }: StatementsProps) {
  const t = useText();
  if (!isShown) return <ActionButton size="xs" tone="quiet" label={t('bulkDecision.plan.show')} onClick={show} />;
  if (isPending) return <SkeletonText lines={2} />;
  const byPlatform = new Map<string, string[]>();
  for (const { connectionKey, statements } of shown.flatMap(({ plan }) => plan.connections)) {
    const known = byPlatform.get(connectionKey) ?? [];
    byPlatform.set(connectionKey, [...new Set([...known, ...statements])]);
  }
  const without = shown.filter(({ plan }) => plan.empty).map(({ id }) => nameOf(id));
  return (
    <section aria-label={t('bulkDecision.plan.title')} className={styles.stack}>
      {error !== null && <ErrorNotice problem={error} />}
      {[...byPlatform]
        .filter(([, statements]) => statements.length > 0)
        .map(([connection, statements]) => (
          <StatementBlock key={connection} connection={connection} statements={statements} isOpenAtFirst />
        ))}
      {without.length > 0 && (
        <p className="text-2">{t('bulkDecision.plan.nothing', { count: without.length, who: without.join(', ') })}</p>
      )}
      <p className="small text-2">{t('bulkDecision.plan.bound')}</p>
    </section>
  );
}

type StatementsProps = { readonly plans: Plans; readonly nameOf: (id: string) => string };
