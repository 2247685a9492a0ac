import { TextInput } from '@mantine/core';
import { type Connection, listConnections, readConnection, updateConnection } from '@stoa/contract/connection';
import { type FormEvent, useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { tagOf, useCommand } from '../../lib/api.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { Chips } from '../../ui/Chips.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { useAnnounce } from '../../ui/LiveRegion.tsx';
import { Section } from '../../ui/Section.tsx';
import styles from './Connections.module.css';

/** Names of the platform that strict members never takes out: each is saved when it is added or taken away. */
export function ProtectedPrincipals({ connection }: { connection: Connection }) {
  const t = useText();
  const announce = useAnnounce();
  const [draft, setDraft] = useState('');
  const [lack, setLack] = useState<string>();
  const names = [...new Set(connection.settings.protectedPrincipals)];
  const manage = connection.abilities?.manage ?? { allowed: false };
  const update = useCommand(updateConnection, {
    invalidates: [readConnection, listConnections],
    // The list is sent as a whole: with the tag of what was shown, nobody's name is lost to a list of before.
    ifMatch: () => tagOf(connection),
  });
  const save = (protectedPrincipals: string[], onSuccess: () => void) =>
    update.mutate(
      { params: { connectionKey: connection.connectionKey }, body: { settings: { protectedPrincipals } } },
      { onSuccess },
    );
  const add = (event: FormEvent) => {
    event.preventDefault();
    const name = draft.trim();
    if (name === '') return setLack(t('connections.settings.protectedEmpty'));
    if (names.includes(name)) return setLack(t('connections.settings.protectedThere', { name }));
    save([...names, name], () => {
      setDraft('');
      announce(t('connections.settings.protectedAdded', { name }));
    });
  };
  const remove = (name: string) => {
    if (update.isPending) return;
    save(
      names.filter((one) => one !== name),
      () => announce(t('connections.settings.protectedRemoved', { name })),
    );
  };
  const refused = update.error?.fields.find(({ path }) => path.startsWith('body.settings.protectedPrincipals'));
  const label = t('connections.settings.protected');
  return (
    <Section title={label} lead={t('connections.settings.protectedLead')}>
      <form noValidate className={`${styles.stack} form-column`} onSubmit={add}>
        {update.error !== null && refused === undefined && <ErrorNotice problem={update.error} isWrite />}
        {names.length === 0 ? (
          <p className="text-2">{t('connections.settings.protectedNone')}</p>
        ) : (
          <Chips
            label={label}
            items={names.map((name) => ({ key: name, text: name }))}
            onRemove={manage.allowed ? remove : undefined}
          />
        )}
        <TextInput
          label={t('connections.settings.protectedField')}
          description={t('connections.settings.protectedHint')}
          value={draft}
          maxLength={63}
          autoComplete="off"
          spellCheck={false}
          error={lack ?? refused?.message}
          onChange={(event) => {
            setDraft(event.currentTarget.value);
            setLack(undefined);
            if (refused !== undefined) update.reset();
          }}
        />
        <div className={styles.buttons}>
          <ActionButton
            type="submit"
            label={t('connections.settings.protectedAdd')}
            ability={manage}
            isBusy={update.isPending}
            onClick={() => undefined}
          />
        </div>
      </form>
    </Section>
  );
}
