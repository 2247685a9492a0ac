import {
  listTakeBacks,
  readTakeBack,
  recheckTakeBack,
  type TakeBackDetail,
  type TakeBackState,
} from '@stoa/contract/existing-grant';
import { useIntl } from 'react-intl';
import { useText } from '../../app/messages/use-text.tsx';
import { useCommand, useOperation } from '../../lib/api.ts';
import { isGone } from '../../lib/api-problem.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { FactList } from '../../ui/FactList.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { useAnnounce } from '../../ui/LiveRegion.tsx';
import { Section } from '../../ui/Section.tsx';
import { SkeletonText } from '../../ui/Skeletons.tsx';
import { StatementBlock } from '../../ui/StatementBlock.tsx';
import { TimeStamp } from '../../ui/TimeStamp.tsx';
import styles from '../connections/Connections.module.css';
import { Deciding } from './Deciding.tsx';
import { Losing } from './Losing.tsx';
import { PlanState } from './PlanState.tsx';
import { StatementTable } from './StatementTable.tsx';

/** What runs moves by the second; what waits is decided by somebody else at some time. */
const askEveryMs: Partial<Record<TakeBackState, number>> = { RUNNING: 1_000, WAITING: 10_000 };
const decided: readonly TakeBackState[] = ['RUNNING', 'DONE', 'DECLINED'];

function Facts({ plan }: { plan: TakeBackDetail }) {
  const t = useText();
  const time = (label: string, value: string | undefined) =>
    value === undefined ? [] : [{ label, value: <TimeStamp value={value} style="dateTime" /> }];
  const { decidedBy, state } = plan;
  const how = state === 'RUNNING' || state === 'DONE' || state === 'DECLINED' ? state : undefined;
  return (
    <FactList
      facts={[
        { label: t('takeBack.mode'), value: t(`takeBack.mode.${plan.mode}`) },
        { label: t('takeBack.scope'), value: plan.path.length === 0 ? t('takeBack.scopeAll') : plan.path.join('.') },
        { label: t('takeBack.why'), value: plan.reason },
        { label: t('takeBack.filedBy'), value: plan.filedBy.name },
        ...(decided.includes(state) ? [] : time(t('takeBack.expiresAt'), plan.expiresAt)),
        ...(decidedBy === undefined || how === undefined
          ? []
          : [{ label: t(`takeBack.decidedBy.${how}`), value: decidedBy.name }]),
        ...(plan.decisionReason === undefined
          ? []
          : [{ label: t('takeBack.whyDeclined'), value: plan.decisionReason }]),
        ...time(t('takeBack.endedAt'), plan.endedAt),
        { label: t('takeBack.fact.losing'), value: plan.losingCount },
      ]}
    />
  );
}

/** What is left to an administrator, and the look whether it was done. */
function Script({ plan }: { plan: TakeBackDetail }) {
  const t = useText();
  const announce = useAnnounce();
  const recheck = useCommand(recheckTakeBack, {
    invalidates: [readTakeBack, listTakeBacks],
    onSuccess: ({ goneCount, statementCount }) =>
      announce(t('takeBack.rechecked', { gone: goneCount, count: statementCount })),
  });
  if (plan.abilities?.['recheck']?.allowed !== true && plan.script === undefined) return null;
  return (
    <Section title={t('takeBack.script')} lead={t('takeBack.scriptLead')}>
      <div className={styles.stack}>
        {plan.script !== undefined && (
          <StatementBlock statements={[plan.script]} title={t('takeBack.scriptTitle')} isOpenAtFirst />
        )}
        {recheck.error !== null && <ErrorNotice problem={recheck.error} />}
        <div className={styles.buttons}>
          <ActionButton
            label={t('takeBack.recheck')}
            ability={plan.abilities?.['recheck']}
            isBusy={recheck.isPending}
            onClick={() => recheck.mutate({ params: { takeBackId: plan.id } })}
          />
        </div>
      </div>
    </Section>
  );
}

/** One filed plan: how it stands, its decision, and what has become of each statement. */
export function FiledPlan({ connectionKey, id }: { connectionKey: string; id: string }) {
  const t = useText();
  const intl = useIntl();
  const input = { params: { takeBackId: id } };
  const known = useOperation(readTakeBack, input).data;
  const refetchIntervalMs = known === undefined ? undefined : askEveryMs[known.state];
  const plan = useOperation(readTakeBack, input, refetchIntervalMs === undefined ? {} : { refetchIntervalMs });
  const back = (
    <LinkTo to="/admin/connections/$key" params={{ key: connectionKey }} search={{ tab: 'drift', view: 'filed' }}>
      {t('takeBack.back')}
    </LinkTo>
  );
  if (plan.data === undefined || isGone(plan.error)) {
    if (plan.error === null) return <SkeletonText lines={8} />;
    return (
      <>
        <p>{back}</p>
        <ErrorNotice problem={plan.error} wasShown={plan.data !== undefined} onRetry={() => void plan.refetch()} />
      </>
    );
  }
  const when = intl.formatDate(plan.data.filedAt, { dateStyle: 'medium', timeStyle: 'short' });
  return (
    <>
      <p>{back}</p>
      <Section title={t('takeBack.plan', { when })} lead={<PlanState plan={plan.data} />}>
        <Facts plan={plan.data} />
      </Section>
      {plan.data.state === 'WAITING' && <Deciding plan={plan.data} />}
      <Script plan={plan.data} />
      <Losing plan={plan.data} />
      <StatementTable plan={plan.data} hasStates />
    </>
  );
}
