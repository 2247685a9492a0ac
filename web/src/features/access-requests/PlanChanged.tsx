import { useText } from '../../app/messages/use-text.tsx';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { Banner } from '../../ui/Banner.tsx';
import { StatementBlock } from '../../ui/StatementBlock.tsx';
import type { useDecision } from './use-decision.ts';

type Change = NonNullable<ReturnType<typeof useDecision>['change']>;

/** Between reading and deciding, what the approval does has become something else. */
export function PlanChanged({ change, onAccept }: { change: Change; onAccept: () => void }) {
  const t = useText();
  return (
    <Banner tone="warning" action={<ActionButton label={t('reviews.plan.accept')} size="xs" onClick={onAccept} />}>
      <strong>{t('reviews.plan.changed')}</strong>
      {change.added.length > 0 && (
        <StatementBlock
          title={t('reviews.plan.added', { count: change.added.length })}
          statements={change.added}
          isOpenAtFirst
        />
      )}
      {change.removed.length > 0 && (
        <StatementBlock
          title={t('reviews.plan.removed', { count: change.removed.length })}
          statements={change.removed}
        />
      )}
    </Banner>
  );
}
