import { Radio, TextInput } from '@mantine/core';
import { type Connection, listConnections, readConnection, updateConnection } from '@stoa/contract/connection';
import { exposure } from '@stoa/contract/enums';
import { type FormEvent, useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { useCommand } from '../../lib/api.ts';
import { wordOf } from '../../lib/members.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { useAnnounce } from '../../ui/LiveRegion.tsx';
import { Section } from '../../ui/Section.tsx';
import styles from './Connections.module.css';

const lookups = ['scan', 'union'] as const;
const standard = 'shared_{schema}';

/** Where masked tables are read, and how their views are written. */
export function MaskSettings({ connection }: { connection: Connection }) {
  const t = useText();
  const announce = useAnnounce();
  const { settings } = connection;
  const before = {
    exposure: settings.exposure ?? 'auto',
    viewSchema: settings.viewSchema ?? standard,
    maskedLookup: settings.maskedLookup ?? 'scan',
  };
  const [chosen, setChosen] = useState(before);
  const update = useCommand(updateConnection, {
    invalidates: [readConnection, listConnections],
    onSuccess: () => announce(t('connections.settings.saved')),
  });
  const manage = connection.abilities?.manage ?? { allowed: false };
  const isSame = JSON.stringify(chosen) === JSON.stringify(before);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isSame || chosen.viewSchema.trim() === '') return;
    update.mutate({ params: { connectionKey: connection.connectionKey }, body: { settings: chosen } });
  };
  return (
    <Section title={t('connections.settings.masks')} lead={t('connections.settings.masksLead')}>
      <form noValidate className={`${styles.stack} form-column`} onSubmit={submit}>
        {update.error !== null && <ErrorNotice problem={update.error} isWrite />}
        <Radio.Group
          label={t('connections.settings.exposure')}
          value={chosen.exposure}
          onChange={(value) => setChosen({ ...chosen, exposure: wordOf(exposure.options, value) ?? 'auto' })}
        >
          <div className={styles.stack}>
            {exposure.options.map((value) => (
              <Radio
                key={value}
                value={value}
                label={t(`connections.settings.exposure.${value}`)}
                description={t(`connections.settings.exposure.${value}.hint`)}
              />
            ))}
          </div>
        </Radio.Group>
        <TextInput
          label={t('connections.settings.viewSchema')}
          description={t('connections.settings.viewSchemaHint')}
          value={chosen.viewSchema}
          maxLength={63}
          onChange={(event) => setChosen({ ...chosen, viewSchema: event.currentTarget.value })}
        />
        <Radio.Group
          label={t('connections.settings.lookup')}
          value={chosen.maskedLookup}
          onChange={(value) => setChosen({ ...chosen, maskedLookup: value === 'union' ? 'union' : 'scan' })}
        >
          <div className={styles.stack}>
            {lookups.map((value) => (
              <Radio
                key={value}
                value={value}
                label={t(`connections.settings.lookup.${value}`)}
                description={t(`connections.settings.lookup.${value}.hint`)}
              />
            ))}
          </div>
        </Radio.Group>
        <div className={styles.buttons}>
          <ActionButton
            type="submit"
            label={t('connections.settings.save')}
            ability={
              manage.allowed && isSame ? { allowed: false, reason: t('connections.settings.unchanged') } : manage
            }
            isBusy={update.isPending}
            onClick={() => undefined}
          />
          {update.isSuccess && isSame && <span role="status">{t('connections.settings.saved')}</span>}
        </div>
      </form>
    </Section>
  );
}
