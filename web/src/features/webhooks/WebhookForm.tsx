import { Checkbox, Radio, TextInput } from '@mantine/core';
import type { EventType } from '@stoa/contract/event-type';
import {
  createWebhook,
  getWebhook,
  getWebhooks,
  testWebhookConfig,
  updateWebhook,
  type Webhook,
  type WebhookFormat,
} from '@stoa/contract/webhook';
import { useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { useCommand } from '../../lib/api.ts';
import { useFollowingDraft } from '../../lib/following-draft.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { Banner } from '../../ui/Banner.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { useAnnounce } from '../../ui/LiveRegion.tsx';
import { eventGroups, wordsOf } from './event-groups.ts';
import { EventName } from './EventName.tsx';
import { TestOutcome } from './TestOutcome.tsx';
import styles from './webhooks.module.css';

type Draft = {
  url: string;
  description: string;
  verifyTls: boolean;
  eventTypes: EventType[];
  format: WebhookFormat;
  includeAnswers: boolean;
};

const draftOf = (hook: Webhook | undefined): Draft => ({
  url: hook?.url ?? '',
  description: hook?.description ?? '',
  verifyTls: hook?.verifyTls ?? true,
  eventTypes: hook?.eventTypes ?? [],
  format: hook?.format ?? 'standard',
  includeAnswers: hook?.includeAnswers ?? false,
});

type Choosing = { draft: Draft; change: (next: Partial<Draft>) => void };

function EventGroup({ draft, change, group }: Choosing & { group: (typeof eventGroups)[number] }) {
  const t = useText();
  const types: readonly EventType[] = group.types;
  const chosen = types.filter((type) => draft.eventTypes.includes(type));
  const others = draft.eventTypes.filter((one) => !types.includes(one));
  return (
    <fieldset className={styles.types}>
      <legend className="sr-only">{t(`webhooks.group.${group.key}`)}</legend>
      <Checkbox
        label={t(`webhooks.group.${group.key}`)}
        description={t('webhooks.groupChosen', { count: chosen.length, total: types.length })}
        checked={chosen.length === types.length}
        indeterminate={chosen.length > 0 && chosen.length < types.length}
        onChange={(event) => change({ eventTypes: event.currentTarget.checked ? [...others, ...types] : others })}
      />
      <div className={styles.columns}>
        {types.map((type) => (
          <Checkbox
            key={type}
            label={t(`webhooks.event.${wordsOf(type)}`)}
            description={<EventName type={type} />}
            checked={draft.eventTypes.includes(type)}
            onChange={(event) =>
              change({
                eventTypes: event.currentTarget.checked
                  ? [...draft.eventTypes, type]
                  : draft.eventTypes.filter((one) => one !== type),
              })
            }
          />
        ))}
      </div>
    </fieldset>
  );
}

function EventTypes({ draft, change }: Choosing) {
  const t = useText();
  const hasChosen = draft.eventTypes.length > 0;
  const [wasAsked, setWasAsked] = useState(hasChosen);
  // What is chosen may also come from elsewhere.
  const isChoosing = wasAsked || hasChosen;
  const choose = (value: string) => {
    setWasAsked(value === 'some');
    if (value === 'all') change({ eventTypes: [] });
  };
  return (
    <div>
      <Radio.Group label={t('webhooks.events')} value={isChoosing ? 'some' : 'all'} onChange={choose}>
        <div className={styles.buttons}>
          <Radio value="all" label={t('webhooks.eventsAll')} />
          <Radio value="some" label={t('webhooks.eventsSome')} />
        </div>
      </Radio.Group>
      {isChoosing &&
        eventGroups.map((group) => <EventGroup key={group.key} draft={draft} change={change} group={group} />)}
    </div>
  );
}

/** Makes or changes a webhook; the address can be tried before anything is saved. */
export function WebhookForm({
  hook,
  onCreated,
}: {
  hook?: Webhook;
  onCreated?: (id: string, secret?: string) => void;
}) {
  const t = useText();
  const announce = useAnnounce();
  const create = useCommand(createWebhook, {
    invalidates: [getWebhooks],
    onSuccess: ({ id, secret }) => onCreated?.(id, secret),
  });
  const update = useCommand(updateWebhook, {
    invalidates: [getWebhooks, getWebhook],
    onSuccess: () => announce(t('webhooks.saved')),
  });
  const test = useCommand(testWebhookConfig, {});
  const saved = draftOf(hook);
  const { draft, setDraft, setSent, hasMoved, takeTheirs } = useFollowingDraft(saved, update.isSuccess);
  const change = (next: Partial<Draft>) => setDraft({ ...draft, ...next });
  const problem = create.error ?? update.error ?? test.error;
  const isMissing = draft.url.trim() === '';
  const body = { ...draft, url: draft.url.trim() };
  const save = () => {
    if (isMissing) return;
    if (hook === undefined) return create.mutate({ body });
    setSent(draft);
    update.mutate({ params: { id: hook.id }, body });
  };
  const ability = isMissing ? { allowed: false, reason: t('webhooks.urlMissing') } : { allowed: true };
  return (
    <form
      noValidate
      className={`${styles.stack} form-column`}
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      {hasMoved && (
        <Banner
          tone="warning"
          action={<ActionButton size="xs" label={t('webhooks.takeTheirs')} onClick={takeTheirs} />}
        >
          {t('webhooks.moved')}
        </Banner>
      )}
      {problem !== null && <ErrorNotice problem={problem} isWrite />}
      <TextInput
        required
        type="url"
        label={t('webhooks.url')}
        description={t('webhooks.urlHint')}
        placeholder="https://"
        value={draft.url}
        maxLength={2_000}
        onChange={(event) => change({ url: event.currentTarget.value })}
      />
      <TextInput
        label={t('webhooks.description')}
        value={draft.description}
        maxLength={255}
        onChange={(event) => change({ description: event.currentTarget.value })}
      />
      <EventTypes key={String(saved.eventTypes.length > 0)} draft={draft} change={change} />
      <Radio.Group
        label={t('webhooks.format')}
        value={draft.format}
        onChange={(value) => change({ format: value === 'cloudevents' ? 'cloudevents' : 'standard' })}
      >
        <div className={styles.buttons}>
          <Radio value="standard" label={t('webhooks.format.standard')} />
          <Radio value="cloudevents" label={t('webhooks.format.cloudevents')} />
        </div>
      </Radio.Group>
      <Checkbox
        label={t('webhooks.answers')}
        description={t('webhooks.answersHint')}
        checked={draft.includeAnswers}
        onChange={(event) => change({ includeAnswers: event.currentTarget.checked })}
      />
      <Checkbox
        label={t('webhooks.verifyTls')}
        description={t('webhooks.verifyTlsHint')}
        checked={draft.verifyTls}
        onChange={(event) => change({ verifyTls: event.currentTarget.checked })}
      />
      {!draft.verifyTls && <Banner tone="warning">{t('webhooks.tlsOff')}</Banner>}
      {test.data !== undefined && <TestOutcome result={test.data} />}
      <div className={styles.buttons}>
        <ActionButton
          type="submit"
          tone="primary"
          label={t(hook === undefined ? 'webhooks.create' : 'webhooks.save')}
          ability={ability}
          isBusy={create.isPending || update.isPending}
          onClick={() => undefined}
        />
        <ActionButton
          label={t('webhooks.testUnsaved')}
          ability={ability}
          isBusy={test.isPending}
          onClick={() => test.mutate({ body })}
        />
      </div>
    </form>
  );
}
