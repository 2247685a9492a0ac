import { getAccessRequestPlan, type PlanPreview } from '@stoa/contract/plan';
import { getAccessRequestProvisioning, type ProvisioningStatus } from '@stoa/contract/provisioning';
import { useQueries } from '@tanstack/react-query';
import { useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import type { ApiProblem } from '../../lib/api-problem.ts';
import { queryOf } from '../../lib/api.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { SkeletonText } from '../../ui/Skeletons.tsx';
import { StatementBlock } from '../../ui/StatementBlock.tsx';
import styles from './lists.module.css';

const askEveryMs = 1_000;

/** Where access that was just approved stands, by request: asked for each second until the platforms are done with it. */
export function useFollowed(ids: readonly string[]): ReadonlyMap<string, ProvisioningStatus> {
  const answers = useQueries({
    queries: ids.map((id) => ({
      ...queryOf(getAccessRequestProvisioning, { params: { id } }),
      refetchInterval: ({ state }: { state: { data?: ProvisioningStatus | undefined } }) =>
        state.data === undefined || state.data.state === 'PROVISIONING' ? askEveryMs : false,
    })),
  });
  return new Map(answers.flatMap(({ data }, at) => (data === undefined ? [] : [[ids[at] ?? '', data]])));
}

type Plan = { readonly id: string; readonly plan: PlanPreview | undefined };

export type Plans = {
  readonly isShown: boolean;
  readonly show: () => void;
  readonly plans: readonly Plan[];
  readonly isPending: boolean;
  readonly error: ApiProblem | null;
  /** The plan of this request that was shown, for a decision that is bound to it. */
  readonly hashOf: (id: string) => string | undefined;
};

/** The plans of several requests, read once somebody wants to see them. */
export function usePlans(ids: readonly string[]): Plans {
  const [isShown, setIsShown] = useState(false);
  const answers = useQueries({
    queries: ids.map((id) => ({
      ...queryOf(getAccessRequestPlan, { params: { id } }),
      enabled: isShown,
      staleTime: 0,
    })),
  });
  const plans = ids.map((id, at) => ({ id, plan: answers[at]?.data }));
  return {
    isShown,
    show: () => setIsShown(true),
    plans,
    isPending: isShown && answers.some((one) => one.isPending),
    error: (answers.find((one) => one.error !== null)?.error as ApiProblem | undefined) ?? null,
    hashOf: (id) => plans.find((one) => one.id === id)?.plan?.planHash,
  };
}

/** What each of the approvals would run, platform by platform, and for whom nothing would. */
export function Statements({ plans: { isShown, show, plans, isPending, error }, nameOf }: StatementsProps) {
  const t = useText();
  if (!isShown) return <ActionButton size="xs" tone="quiet" label={t('bulkDecision.plan.show')} onClick={show} />;
  if (isPending) return <SkeletonText lines={2} />;
  const byPlatform = new Map<string, string[]>();
  for (const { connectionKey, statements } of plans.flatMap(({ plan }) => plan?.connections ?? [])) {
    const known = byPlatform.get(connectionKey) ?? [];
    byPlatform.set(connectionKey, [...new Set([...known, ...statements])]);
  }
  const without = plans.filter(({ plan }) => plan?.empty === true).map(({ id }) => nameOf(id));
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
