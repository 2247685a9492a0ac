import { TextInput } from '@mantine/core';
import type { Technology } from '@stoa/contract/enums';
import { useText } from '../../app/messages/use-text.tsx';
import { PlatformGlyph } from '../../ui/PlatformGlyph.tsx';
import type { ConnectionDraft, DraftField } from './connection-draft.ts';
import styles from './NewConnectionPage.module.css';
import { TlsFields } from './TlsFields.tsx';

const later: readonly Technology[] = ['MariaDB', 'MySQL', 'Trino', 'Snowflake'];

function Platforms() {
  const t = useText();
  return (
    <div role="group" aria-label={t('connections.field.technology')} className={styles.platforms}>
      <div className={styles.platform} data-chosen>
        <PlatformGlyph technology="PostgreSQL" />
        <div>
          <b>PostgreSQL</b>
          <p className="small">{t('connections.new.tested')}</p>
        </div>
      </div>
      {later.map((technology) => (
        <div key={technology} className={styles.platform} data-later>
          <PlatformGlyph technology={technology} />
          <div>
            {technology}
            <p className="small">{t('connections.new.later')}</p>
          </div>
        </div>
      ))}
    </div>
  );
}

type Props = {
  readonly draft: ConnectionDraft;
  readonly change: (part: Partial<ConnectionDraft>) => void;
  readonly errorOf: (field: DraftField) => string | undefined;
};

/** Which platform, and where it is. */
export function PlatformStep({ draft, change, errorOf }: Props) {
  const t = useText();
  return (
    <>
      <Platforms />
      <TextInput
        id="connection-key"
        required
        label={t('connections.field.key')}
        description={t('connections.field.keyHint')}
        value={draft.key}
        error={errorOf('key')}
        maxLength={63}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => change({ key: event.currentTarget.value })}
      />
      <div className={styles.pair}>
        <TextInput
          id="connection-host"
          required
          label={t('connections.field.host')}
          value={draft.host}
          error={errorOf('host')}
          maxLength={255}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => change({ host: event.currentTarget.value })}
        />
        <TextInput
          id="connection-port"
          required
          label={t('connections.field.port')}
          inputMode="numeric"
          value={draft.port}
          error={errorOf('port')}
          onChange={(event) => change({ port: event.currentTarget.value.trim() })}
        />
      </div>
      <TextInput
        id="connection-database"
        required
        label={t('connections.field.database')}
        value={draft.database}
        error={errorOf('database')}
        maxLength={63}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => change({ database: event.currentTarget.value })}
      />
      <TlsFields choice={draft} change={change} error={errorOf('ca')} />
    </>
  );
}
