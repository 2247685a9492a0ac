import {
  getWebhook,
  listWebhookDeliveries,
  readWebhookDelivery,
  replayWebhookDelivery,
  type Webhook,
  type WebhookDeliveryDetail,
} from '@stoa/contract/webhook';
import { useText } from '../../app/messages/use-text.tsx';
import { useCommand, useOperation } from '../../lib/api.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { SideDialog } from '../../ui/Dialog.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { FactList } from '../../ui/FactList.tsx';
import { Identifier } from '../../ui/Identifier.tsx';
import { useAnnounce } from '../../ui/LiveRegion.tsx';
import { SkeletonText } from '../../ui/Skeletons.tsx';
import { StatementBlock } from '../../ui/StatementBlock.tsx';
import { TimeStamp } from '../../ui/TimeStamp.tsx';
import { EventName } from './EventName.tsx';
import { AttemptMark, DeliveryMark } from './marks.tsx';
import styles from './webhooks.module.css';

const refreshMs = 3_000;

function readable(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}

const headerLines = (headers: Readonly<Record<string, string>>): string[] =>
  Object.entries(headers).map(([name, value]) => `${name}: ${value}`);

function Attempt({ attempt }: { attempt: WebhookDeliveryDetail['history'][number] }) {
  const t = useText();
  const { responseHeaders, responseBody } = attempt;
  return (
    <li className={styles.stack}>
      <div className={styles.buttons}>
        <strong>{t('webhooks.attempt', { number: attempt.number })}</strong>
        <span className="text-2">
          <TimeStamp value={attempt.createdAt} style="dateTime" /> · {t('webhooks.took', { ms: attempt.milliseconds })}
        </span>
      </div>
      <AttemptMark isSuccess={attempt.status === 'SUCCESS'} message={attempt.message} />
      <StatementBlock title={t('webhooks.requestHeaders')} statements={headerLines(attempt.requestHeaders)} />
      {responseHeaders !== null && (
        <StatementBlock title={t('webhooks.responseHeaders')} statements={headerLines(responseHeaders)} />
      )}
      {responseBody !== null && responseBody !== '' && (
        <StatementBlock title={t('webhooks.responseBody')} statements={[responseBody]} isOpenAtFirst />
      )}
    </li>
  );
}

function Detail({ hook, delivery }: { hook: Webhook; delivery: WebhookDeliveryDetail }) {
  const t = useText();
  const announce = useAnnounce();
  const replay = useCommand(replayWebhookDelivery, {
    invalidates: [listWebhookDeliveries, readWebhookDelivery, getWebhook],
    onSuccess: () => announce(t('webhooks.replayed')),
  });
  const isOff = hook.enabled === false || hook.suppressed === true;
  const isWaiting = delivery.state === 'PENDING' || delivery.state === 'RETRYING';
  const facts = [
    { label: t('webhooks.column.state'), value: <DeliveryMark state={delivery.state} /> },
    { label: t('webhooks.column.event'), value: <EventName type={delivery.eventType} /> },
    { label: t('webhooks.messageId'), value: <Identifier value={delivery.messageId} maxLength={40} /> },
    ...(delivery.sequence === null ? [] : [{ label: t('webhooks.sequence'), value: delivery.sequence }]),
    ...(delivery.subject === null
      ? []
      : [{ label: t('webhooks.subject'), value: <Identifier value={delivery.subject} maxLength={40} /> }]),
    ...(delivery.nextAttemptAt === null
      ? []
      : [
          {
            label: t('webhooks.next'),
            value: <TimeStamp value={delivery.nextAttemptAt} style="dateTime" withRelative isFocusable />,
          },
        ]),
    ...(delivery.deadReason === null ? [] : [{ label: t('webhooks.deadReason'), value: delivery.deadReason }]),
  ];
  return (
    <div className={styles.stack}>
      <FactList facts={facts} />
      {replay.error !== null && <ErrorNotice problem={replay.error} isWrite />}
      <div className={styles.buttons}>
        <ActionButton
          tone="primary"
          label={t(isWaiting ? 'webhooks.sendNow' : 'webhooks.replay')}
          ability={isOff ? { allowed: false, reason: t('webhooks.turnOnFirst') } : { allowed: true }}
          isBusy={replay.isPending}
          onClick={() => replay.mutate({ params: { id: hook.id, deliveryId: delivery.deliveryId } })}
        />
      </div>
      <StatementBlock title={t('webhooks.payload')} statements={[readable(delivery.body)]} isOpenAtFirst />
      <div className={styles.stack}>
        <h3>{t('webhooks.attempts')}</h3>
        {delivery.history.length === 0 ? (
          <p className="text-2">{t('webhooks.noAttempt')}</p>
        ) : (
          <ol className={`${styles.attempts} ${styles.stack}`}>
            {delivery.history.map((attempt) => (
              <Attempt key={attempt.number} attempt={attempt} />
            ))}
          </ol>
        )}
      </div>
    </div>
  );
}

type Props = { readonly hook: Webhook; readonly deliveryId: string | undefined; readonly onClose: () => void };

/** One delivery whole: what was sent, what came back each time, and the button to send it again. */
export function DeliveryDrawer({ hook, deliveryId, onClose }: Props) {
  const t = useText();
  const delivery = useOperation(
    readWebhookDelivery,
    { params: { id: hook.id, deliveryId: deliveryId ?? '' } },
    { enabled: deliveryId !== undefined, refetchIntervalMs: refreshMs },
  );
  return (
    <SideDialog
      opened={deliveryId !== undefined}
      onClose={onClose}
      size={640}
      title={t('webhooks.delivery')}
      closeButtonProps={{ 'aria-label': t('ui.dialog.close') }}
    >
      {delivery.data !== undefined && <Detail hook={hook} delivery={delivery.data} />}
      {delivery.data === undefined && delivery.error === null && <SkeletonText lines={8} />}
      {delivery.data === undefined && delivery.error !== null && <ErrorNotice problem={delivery.error} />}
    </SideDialog>
  );
}
