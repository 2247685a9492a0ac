import { Radio } from '@mantine/core';
import { type Connection, listConnections, readConnection, updateConnection } from '@stoa/contract/connection';
import { type FormEvent, useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { useCommand } from '../../lib/api.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { useAnnounce } from '../../ui/LiveRegion.tsx';
import { Section } from '../../ui/Section.tsx';
import styles from './Connections.module.css';

const choices = ['whenNeeded', 'always', 'never'] as const;

/** Whether a person's open sessions on the platform end with an access. */
export function SessionSettings({ connection }: { connection: Connection }) {
  const t = useText();
  const announce = useAnnounce();
  const before = connection.settings.endSessionsOnRevoke ?? 'whenNeeded';
  const [choice, setChoice] = useState(before);
  const update = useCommand(updateConnection, {
    invalidates: [readConnection, listConnections],
    onSuccess: () => announce(t('connections.settings.saved')),
  });
  const manage = connection.abilities?.manage ?? { allowed: false };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (choice === before) return;
    update.mutate({
      params: { connectionKey: connection.connectionKey },
      body: { settings: { endSessionsOnRevoke: choice } },
    });
  };
  return (
    <Section title={t('connections.settings.sessions')} lead={t('connections.settings.sessionsLead')}>
      <form noValidate className={`${styles.stack} form-column`} onSubmit={submit}>
        {update.error !== null && <ErrorNotice problem={update.error} isWrite />}
        <Radio.Group
          label={t('connections.settings.sessionsLabel')}
          value={choice}
          onChange={(value) => setChoice(choices.find((one) => one === value) ?? before)}
        >
          <div className={styles.stack}>
            {choices.map((value) => (
              <Radio
                key={value}
                value={value}
                label={t(`connections.settings.sessions.${value}`)}
                description={t(`connections.settings.sessions.${value}.hint`)}
              />
            ))}
          </div>
        </Radio.Group>
        <div className={styles.buttons}>
          <ActionButton
            type="submit"
            label={t('connections.settings.save')}
            ability={
              manage.allowed && choice === before
                ? { allowed: false, reason: t('connections.settings.unchanged') }
                : manage
            }
            isBusy={update.isPending}
            onClick={() => undefined}
          />
          {update.isSuccess && choice === before && <span role="status">{t('connections.settings.saved')}</span>}
        </div>
      </form>
    </Section>
  );
}
