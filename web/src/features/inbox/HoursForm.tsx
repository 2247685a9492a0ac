import { Checkbox, NativeSelect, TextInput } from '@mantine/core';
import {
  emailDigest,
  getNotificationHours,
  type NotificationHours,
  updateNotificationHours,
} from '@stoa/contract/notification';
import { type FormEvent, useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { useCommand } from '../../lib/api.ts';
import { wordOf } from '../../lib/members.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { useAnnounce } from '../../ui/LiveRegion.tsx';
import styles from './inbox.module.css';
import { timeZonesWith } from './time-zones.ts';

const usual = { from: '20:00', to: '07:00' };

/** The reader's zone and hours of quiet. */
export function HoursForm({ hours }: { hours: NotificationHours }) {
  const t = useText();
  const announce = useAnnounce();
  const [zone, setZone] = useState(hours.timeZone ?? '');
  const [isQuiet, setIsQuiet] = useState(hours.quietHours !== null);
  const [quiet, setQuiet] = useState(hours.quietHours ?? usual);
  const save = useCommand(updateNotificationHours, {
    invalidates: [getNotificationHours],
    onSuccess: () => announce(t('inbox.preferences.saved')),
  });
  const [digest, setDigest] = useState(hours.emailDigest);
  const isSame = isQuiet && quiet.from === quiet.to;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isSame) return;
    save.mutate({
      body: { timeZone: zone === '' ? null : zone, quietHours: isQuiet ? quiet : null, emailDigest: digest },
    });
  };
  return (
    <form className={styles.stack} onSubmit={submit}>
      {save.error !== null && <ErrorNotice problem={save.error} isWrite />}
      <NativeSelect
        label={t('inbox.preferences.zone')}
        value={zone}
        onChange={(event) => setZone(event.currentTarget.value)}
        data={[
          { value: '', label: t('inbox.preferences.zoneDefault', { zone: hours.defaultTimeZone }) },
          ...timeZonesWith(hours.timeZone).map((value) => ({ value, label: value })),
        ]}
      />
      <NativeSelect
        label={t('inbox.preferences.digest')}
        description={t('inbox.preferences.digestHint')}
        value={digest}
        onChange={(event) => setDigest(wordOf(emailDigest.options, event.currentTarget.value) ?? 'off')}
        data={emailDigest.options.map((value) => ({ value, label: t(`inbox.preferences.digest.${value}`) }))}
      />
      <Checkbox
        label={t('inbox.preferences.quiet')}
        checked={isQuiet}
        onChange={(event) => setIsQuiet(event.currentTarget.checked)}
      />
      {isQuiet && (
        <div className={styles.bar}>
          <TextInput
            type="time"
            required
            label={t('inbox.preferences.from')}
            value={quiet.from}
            onChange={(event) => setQuiet({ ...quiet, from: event.currentTarget.value })}
          />
          <TextInput
            type="time"
            required
            label={t('inbox.preferences.to')}
            value={quiet.to}
            error={isSame ? t('inbox.preferences.sameTime') : undefined}
            onChange={(event) => setQuiet({ ...quiet, to: event.currentTarget.value })}
          />
        </div>
      )}
      <div>
        <ActionButton
          type="submit"
          tone="primary"
          label={t('inbox.preferences.save')}
          isBusy={save.isPending}
          onClick={() => undefined}
        />
      </div>
    </form>
  );
}
