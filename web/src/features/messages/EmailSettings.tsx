import {
  deleteEmailConfiguration,
  type EmailConfiguration,
  getEmailConfiguration,
  testEmailConfiguration,
  updateEmailConfiguration,
} from '@stoa/contract/email';
import { getTenantProviderConfigs } from '@stoa/contract/notification-channel';
import { type FormEvent, useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { useCommand } from '../../lib/api.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { useAnnounce } from '../../ui/LiveRegion.tsx';
import styles from '../inbox/inbox.module.css';
import { ChannelActs } from './ChannelActs.tsx';
import { bodyOf, draftOf } from './email-draft.ts';
import { EmailFields } from './EmailFields.tsx';
import { TestOutcome } from './TestOutcome.tsx';

function useActs() {
  const t = useText();
  const announce = useAnnounce();
  const invalidates = [getEmailConfiguration, getTenantProviderConfigs];
  const onSuccess = () => announce(t('messages.saved'));
  return {
    save: useCommand(updateEmailConfiguration, { invalidates, onSuccess }),
    test: useCommand(testEmailConfiguration),
    remove: useCommand(deleteEmailConfiguration, { invalidates, onSuccess }),
  };
}

/** The mail server: tried with a real message before it is kept. */
export function EmailSettings({ kept }: { kept: EmailConfiguration }) {
  const t = useText();
  const [draft, setDraft] = useState(() => draftOf(kept));
  const [isTried, setIsTried] = useState(false);
  const { save, test, remove } = useActs();
  const body = bodyOf(draft);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setIsTried(true);
    if (body !== undefined) save.mutate({ body });
  };
  const problem = save.error ?? test.error;
  const tryIt = () => {
    setIsTried(true);
    if (body !== undefined) test.mutate({ body });
  };
  return (
    <form className={styles.stack} onSubmit={submit}>
      {problem !== null && <ErrorNotice problem={problem} isWrite />}
      <TestOutcome outcome={test.data} />
      <EmailFields draft={draft} kept={kept} onChange={(part) => setDraft({ ...draft, ...part })} />
      {isTried && body === undefined && <p role="alert">{t('messages.email.missing')}</p>}
      <ChannelActs
        channel="email"
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
