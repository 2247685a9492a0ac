import { previewReconcile, type ReconcilePlan } from '@stoa/contract/reconcile-plan';
import { Say, useText } from '../../app/messages/use-text.tsx';
import { useOperation } from '../../lib/api.ts';
import { type Ability, ActionButton } from '../../ui/ActionButton.tsx';
import { Banner } from '../../ui/Banner.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Identifier } from '../../ui/Identifier.tsx';
import { SkeletonText } from '../../ui/Skeletons.tsx';
import { StatementBlock } from '../../ui/StatementBlock.tsx';
import { TimeStamp } from '../../ui/TimeStamp.tsx';
import { useReasonText } from '../access-requests/reason-text.ts';
import styles from './DryRun.module.css';

const openUpTo = 50;
const effects = ['takes', 'masks', 'gives'] as const;

function Statements({ plan }: { plan: ReconcilePlan }) {
  const t = useText();
  const { statements, statementCount } = plan;
  if (statementCount === 0)
    return <p>{t(plan.waits === undefined && plan.blockedCount === 0 ? 'dryRun.nothing' : 'dryRun.nothingNow')}</p>;
  const counts = effects.map((effect) => ({ effect, count: statements.filter((one) => one.effect === effect).length }));
  return (
    <>
      <ul className={styles.counts}>
        {counts.map(({ effect, count }) => count > 0 && <li key={effect}>{t(`dryRun.${effect}`, { count })}</li>)}
      </ul>
      {statements.length < statementCount && (
        <p>{t('dryRun.first', { shown: statements.length, count: statementCount })}</p>
      )}
      <StatementBlock
        statements={statements.map(({ sql }) => sql)}
        connection={plan.connectionKey}
        isOpenAtFirst={statements.length <= openUpTo}
      />
    </>
  );
}

function InTheWay({ plan }: { plan: ReconcilePlan }) {
  const t = useText();
  const reasonText = useReasonText();
  if (plan.blockedCount === 0) return null;
  return (
    <section>
      <h3 className="group-label">{t('dryRun.blocked')}</h3>
      <ul className={styles.blocked}>
        {plan.blocked.map((one) => (
          <li key={`${one.object} ${one.reason}`}>
            <Identifier value={one.object} isCopyable={false} /> {reasonText(one.reason)}
          </li>
        ))}
      </ul>
      {plan.blocked.length < plan.blockedCount && (
        <p className="text-2">{t('dryRun.blockedMore', { count: plan.blockedCount - plan.blocked.length })}</p>
      )}
    </section>
  );
}

type Props = {
  readonly connectionKey: string;
  readonly reconcile: { readonly ability: Ability; readonly run: () => void };
  readonly onClose: () => void;
};

function Plan({ connectionKey, reconcile, onClose }: Props) {
  const t = useText();
  const plan = useOperation(previewReconcile, { params: { connectionKey } });
  return (
    <div className={styles.body}>
      <p className="text-2">{t('dryRun.lead')}</p>
      {plan.error !== null && <ErrorNotice problem={plan.error} />}
      {plan.isPending && <SkeletonText lines={6} />}
      {plan.data !== undefined && (
        <>
          {plan.data.waits !== undefined && <Banner tone="warning">{t(`dryRun.waits.${plan.data.waits}`)}</Banner>}
          <Statements plan={plan.data} />
          <InTheWay plan={plan.data} />
          <p className="small text-2">
            <Say
              id="dryRun.observed"
              values={{ when: <TimeStamp key="when" value={plan.data.observedAt} style="relative" /> }}
            />
          </p>
        </>
      )}
      <div className={styles.actions}>
        <ActionButton label={t('dryRun.again')} isBusy={plan.isFetching} onClick={() => void plan.refetch()} />
        {plan.data !== undefined && plan.data.statementCount > 0 && plan.data.waits !== 'paused' && (
          <ActionButton
            tone="primary"
            label={t('connections.reconcileNow')}
            ability={reconcile.ability}
            onClick={() => {
              reconcile.run();
              onClose();
            }}
          />
        )}
      </div>
    </div>
  );
}

/** What a reconcile of a connection would run, in a dialog over the page. */
export function DryRun(props: Props) {
  const t = useText();
  return (
    <Dialog
      opened
      onClose={props.onClose}
      title={t('dryRun.title', { connection: props.connectionKey })}
      size="xl"
      closeButtonProps={{ 'aria-label': t('ui.dialog.close') }}
    >
      <Plan {...props} />
    </Dialog>
  );
}
