import { TextInput } from '@mantine/core';
import { getWebhook, listWebhookDeliveries, replayWebhookDeliveries, type Webhook } from '@stoa/contract/webhook';
import { useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { useCommand } from '../../lib/api.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx';
import { useAnnounce } from '../../ui/LiveRegion.tsx';
import styles from './webhooks.module.css';

/** The instant of a time on the reader's clock; undefined while there is none. */
const instantOf = (local: string): string | undefined =>
  local === '' || Number.isNaN(Date.parse(local)) ? undefined : new Date(local).toISOString();

/** Sends again what was not delivered: all of it, or of a time. */
export function ReplayDialog({ hook }: { hook: Webhook }) {
  const t = useText();
  const announce = useAnnounce();
  const [isAsking, setIsAsking] = useState(false);
  const [from, setFrom] = useState('');
  const [to, setTo] = useState('');
  const count = hook.health?.dead ?? 0;
  const replay = useCommand(replayWebhookDeliveries, {
    invalidates: [listWebhookDeliveries, getWebhook],
    onSuccess: (answer) => {
      setIsAsking(false);
      announce(t('webhooks.replayedAll', { count: answer.count }));
    },
  });
  if (count === 0) return null;
  const isOff = hook.enabled === false || hook.suppressed === true;
  const range = { from: instantOf(from), to: instantOf(to) };
  const isBackwards = range.from !== undefined && range.to !== undefined && range.from > range.to;
  const close = () => {
    replay.reset();
    setIsAsking(false);
  };
  return (
    <div className={styles.buttons}>
      <ActionButton
        label={t('webhooks.replayAll', { count })}
        ability={isOff ? { allowed: false, reason: t('webhooks.turnOnFirst') } : { allowed: true }}
        onClick={() => setIsAsking(true)}
      />
      <ConfirmDialog
        isOpen={isAsking}
        tone="primary"
        title={t('webhooks.replayTitle')}
        confirmLabel={t('webhooks.replay')}
        ability={isBackwards ? { allowed: false, reason: t('webhooks.replayBackwards') } : { allowed: true }}
        isBusy={replay.isPending}
        problem={replay.error}
        onConfirm={() => replay.mutate({ params: { id: hook.id }, body: range })}
        onClose={close}
      >
        <div className={styles.stack}>
          <p>{t('webhooks.replayAllText', { count })}</p>
          <div className={styles.buttons}>
            <TextInput
              type="datetime-local"
              label={t('webhooks.replayFrom')}
              value={from}
              onChange={(event) => setFrom(event.currentTarget.value)}
            />
            <TextInput
              type="datetime-local"
              label={t('webhooks.replayTo')}
              value={to}
              error={isBackwards ? t('webhooks.replayBackwards') : undefined}
              onChange={(event) => setTo(event.currentTarget.value)}
            />
          </div>
          <p className="text-2">{t('webhooks.replayRangeHint')}</p>
        </div>
      </ConfirmDialog>
    </div>
  );
}
