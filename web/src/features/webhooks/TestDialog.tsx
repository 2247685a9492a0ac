import { NativeSelect, Textarea } from '@mantine/core';
import { type EventType, eventTypes } from '@stoa/contract/event-type';
import { getWebhook, getWebhookSample, listWebhookDeliveries, testWebhook, type Webhook } from '@stoa/contract/webhook';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { useCommand, useOperation } from '../../lib/api.ts';
import { wordOf } from '../../lib/members.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { SkeletonText } from '../../ui/Skeletons.tsx';
import { eventGroups, wordsOf } from './event-groups.ts';
import { TestOutcome } from './TestOutcome.tsx';
import styles from './webhooks.module.css';

/** What was typed as the data of a message; undefined when it is none. */
function dataOf(text: string): Record<string, unknown> | undefined {
  try {
    const data: unknown = JSON.parse(text);
    return typeof data === 'object' && data !== null && !Array.isArray(data) ? { ...data } : undefined;
  } catch {
    return undefined;
  }
}

function useChoices() {
  const t = useText();
  const choice = (type: EventType) => ({ value: type, label: `${t(`webhooks.event.${wordsOf(type)}`)} (${type})` });
  return [
    choice('stoa.ping'),
    ...eventGroups.map(({ key, types }) => ({ group: t(`webhooks.group.${key}`), items: types.map(choice) })),
  ];
}

type SampleProps = { readonly hook: Webhook; readonly eventType: EventType; readonly data: Record<string, unknown> } & {
  readonly onOpen: (deliveryId: string | undefined) => void;
};

/** The data of one type of event, to be changed and sent. */
function Sample({ hook, eventType, data: sample, onOpen }: SampleProps) {
  const t = useText();
  const first = JSON.stringify(sample, null, 2);
  const [text, setText] = useState(first);
  const test = useCommand(testWebhook, { invalidates: [listWebhookDeliveries, getWebhook] });
  const data = dataOf(text);
  const send = () => {
    if (data === undefined) return;
    test.mutate({ params: { id: hook.id }, body: { eventType, ...(text === first ? {} : { data }) } });
  };
  const ability = data === undefined ? { allowed: false, reason: t('webhooks.sampleWrong') } : { allowed: true };
  return (
    <>
      <Textarea
        label={t('webhooks.sampleData')}
        description={t('webhooks.sampleHint')}
        classNames={{ input: 'mono' }}
        spellCheck={false}
        rows={12}
        value={text}
        error={data === undefined ? t('webhooks.sampleWrong') : undefined}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      {test.error !== null && <ErrorNotice problem={test.error} isWrite />}
      {test.data !== undefined && !test.isPending && (
        <div className={styles.stack}>
          <TestOutcome result={test.data} />
          {test.data.deliveryId !== undefined && (
            <div className={styles.buttons}>
              <ActionButton label={t('webhooks.testOpen')} onClick={() => onOpen(test.data.deliveryId)} />
            </div>
          )}
        </div>
      )}
      <div className={styles.buttons}>
        <ActionButton
          tone="primary"
          label={t('webhooks.testSend')}
          ability={ability}
          isBusy={test.isPending}
          onClick={send}
        />
        {text !== first && (
          <ActionButton tone="quiet" label={t('webhooks.sampleReset')} onClick={() => setText(first)} />
        )}
      </div>
    </>
  );
}

type Props = { readonly hook: Webhook; readonly isOpen: boolean; readonly onClose: () => void };

/** A test of any type of event, with a sample that can be changed; it is sent once, whatever the filter says. */
export function TestDialog({ hook, isOpen, onClose }: Props) {
  const t = useText();
  const [eventType, setEventType] = useState<EventType>('stoa.ping');
  const sample = useOperation(getWebhookSample, { query: { eventType } }, { enabled: isOpen });
  const choices = useChoices();
  const navigate = useNavigate();
  const open = (row: string | undefined) => {
    onClose();
    void navigate({ to: '.', search: { row }, resetScroll: false });
  };
  return (
    <Dialog
      opened={isOpen}
      onClose={onClose}
      size="lg"
      title={t('webhooks.test')}
      closeButtonProps={{ 'aria-label': t('ui.dialog.close') }}
    >
      <div className={styles.stack}>
        <NativeSelect
          label={t('webhooks.column.event')}
          data={choices}
          value={eventType}
          onChange={(event) => setEventType(wordOf(eventTypes, event.currentTarget.value) ?? 'stoa.ping')}
        />
        {sample.data !== undefined && <Sample key={eventType} hook={hook} onOpen={open} {...sample.data} />}
        {sample.data === undefined && sample.error === null && <SkeletonText lines={8} />}
        {sample.data === undefined && sample.error !== null && <ErrorNotice problem={sample.error} />}
      </div>
    </Dialog>
  );
}
