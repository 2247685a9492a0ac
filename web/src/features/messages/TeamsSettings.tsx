import { TextInput } from '@mantine/core';
import {
  deleteTeamsConfiguration,
  getTeamsConfiguration,
  getTenantProviderConfigs,
  type TeamsConfiguration,
  testTeamsConfiguration,
  updateTeamsConfiguration,
} from '@stoa/contract/notification-channel';
import { type FormEvent, useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { useCommand } from '../../lib/api.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { useAnnounce } from '../../ui/LiveRegion.tsx';
import styles from '../inbox/inbox.module.css';
import { ChannelActs } from './ChannelActs.tsx';
import { TestOutcome } from './TestOutcome.tsx';

/** The workflow that posts to a Teams channel. */
export function TeamsSettings({ kept }: { kept: TeamsConfiguration }) {
  const t = useText();
  const announce = useAnnounce();
  const [url, setUrl] = useState('');
  const [isTried, setIsTried] = useState(false);
  const done = () => {
    announce(t('messages.saved'));
    setUrl('');
    setIsTried(false);
  };
  const changes = { invalidates: [getTeamsConfiguration, getTenantProviderConfigs], onSuccess: done };
  const save = useCommand(updateTeamsConfiguration, changes);
  const remove = useCommand(deleteTeamsConfiguration, changes);
  const test = useCommand(testTeamsConfiguration);
  const typed = url.trim();
  const isAddress = URL.canParse(typed) && /^https?:$/.test(new URL(typed).protocol);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setIsTried(true);
    if (isAddress) save.mutate({ body: { url: typed } });
  };
  const tryIt = () => {
    setIsTried(true);
    if (isAddress) test.mutate({ body: { url: typed } });
    else if (kept.connected && typed === '') test.mutate({ body: {} });
  };
  const isMissing = isTried && !isAddress && !(kept.connected && typed === '');
  const problem = save.error ?? test.error;
  return (
    <form className={styles.stack} onSubmit={submit}>
      {problem !== null && <ErrorNotice problem={problem} isWrite />}
      <TestOutcome outcome={test.data} />
      <TextInput
        label={t('messages.teams.url')}
        description={kept.connected ? t('messages.teams.kept', { host: kept.host ?? '' }) : undefined}
        autoComplete="off"
        value={url}
        error={isMissing ? t('messages.teams.wrong') : undefined}
        onChange={(event) => setUrl(event.currentTarget.value)}
      />
      <ChannelActs
        channel="teams"
        isKept={kept.connected}
        isSaving={save.isPending}
        isTesting={test.isPending}
        onTest={tryIt}
        removing={{ isBusy: remove.isPending, problem: remove.error }}
        onRemove={(close) => remove.mutate({}, { onSuccess: close })}
      />
    </form>
  );
}
