import { type Connection, listConnections, readConnection, updateConnection } from '@stoa/contract/connection';
import { type FormEvent, useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { useCommand } from '../../lib/api.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { useAnnounce } from '../../ui/LiveRegion.tsx';
import { Section } from '../../ui/Section.tsx';
import { isCaBad, type TlsChoice, tlsConfigOf } from './connection-draft.ts';
import styles from './Connections.module.css';
import { TlsFields } from './TlsFields.tsx';

/** How the platform is reached; the new way is tried before it replaces the old one. */
export function EncryptionSettings({ connection }: { connection: Connection }) {
  const t = useText();
  const announce = useAnnounce();
  const before: TlsChoice = { tls: connection.config.tls, ca: connection.config.ca ?? '' };
  const [draft, setDraft] = useState<Partial<TlsChoice>>({});
  const update = useCommand(updateConnection, {
    invalidates: [readConnection, listConnections],
    onSuccess: () => {
      announce(t('connections.settings.saved'));
      setDraft({});
    },
  });
  const choice = { ...before, ...draft };
  const isChanged = JSON.stringify(tlsConfigOf(choice)) !== JSON.stringify(tlsConfigOf(before));
  const manage = connection.abilities?.manage ?? { allowed: false };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!isChanged || isCaBad(choice)) return;
    update.mutate({ params: { connectionKey: connection.connectionKey }, body: { config: tlsConfigOf(choice) } });
  };
  return (
    <Section title={t('connections.field.tls')} lead={t('connections.settings.tlsLead')}>
      <form noValidate className={`${styles.stack} form-column`} onSubmit={submit}>
        {update.error !== null && <ErrorNotice problem={update.error} isWrite />}
        <TlsFields
          choice={choice}
          change={(part) => setDraft((now) => ({ ...now, ...part }))}
          error={isCaBad(choice) ? t('connections.field.caBad') : undefined}
        />
        <div className={styles.buttons}>
          <ActionButton
            type="submit"
            label={t('connections.settings.testAndSave')}
            ability={
              manage.allowed && !isChanged ? { allowed: false, reason: t('connections.settings.unchanged') } : manage
            }
            isBusy={update.isPending}
            onClick={() => undefined}
          />
        </div>
      </form>
    </Section>
  );
}
