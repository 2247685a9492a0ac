import { getAccessRequestPlan, type PlanPreview } from '@stoa/contract/plan';
import { getAccessRequestProvisioning, type ProvisioningStatus } from '@stoa/contract/provisioning';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import type { ApiProblem } from '../../lib/api-problem.ts';
import { call } from '../../lib/api.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { SkeletonText } from '../../ui/Skeletons.tsx';
import { StatementBlock } from '../../ui/StatementBlock.tsx';
import styles from './lists.module.css';

const askEveryMs = 1_000;

/** Where access that was just approved stands, by request: asked for each second until the platforms are done with it. */
export function useFollowed(ids: readonly string[]): ReadonlyMap<string, ProvisioningStatus> {
  const { data } = useQuery({
    queryKey: [getAccessRequestProvisioning.id, ids],
    queryFn: ({ signal }) =>
      Promise.all(ids.map((id) => call(getAccessRequestProvisioning, { params: { id } }, { signal }))),
    enabled: ids.length > 0,
    refetchInterval: ({ state }) =>
      state.data?.every((one) => one.state !== 'PROVISIONING') === true ? false : askEveryMs,
  });
  return new Map((data ?? []).map((one, at) => [ids[at] ?? '', one]));
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
