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

const choices = ['grant-option', 'owner-member'] as const;

/** Whether the account may act for owners, so that what they make later in a shared schema can be read at once. */
export function AuthoritySettings({ connection }: { connection: Connection }) {
  const t = useText();
  const announce = useAnnounce();
  const before = connection.settings.grantAuthority ?? 'grant-option';
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
      body: { settings: { grantAuthority: choice } },
    });
  };
  return (
    <Section title={t('connections.settings.authority')} lead={t('connections.settings.authorityLead')}>
      <form noValidate className={`${styles.stack} form-column`} onSubmit={submit}>
        {update.error !== null && <ErrorNotice problem={update.error} isWrite />}
        <Radio.Group
          label={t('connections.settings.authorityLabel')}
          value={choice}
          onChange={(value) => setChoice(value === 'owner-member' ? 'owner-member' : 'grant-option')}
        >
          <div className={styles.stack}>
            {choices.map((value) => (
              <Radio
                key={value}
                value={value}
                label={t(`connections.settings.authority.${value}`)}
                description={t(`connections.settings.authority.${value}.hint`)}
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
