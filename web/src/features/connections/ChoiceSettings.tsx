import { Radio } from '@mantine/core';
import {
  type Connection,
  type ConnectionSettings,
  listConnections,
  readConnection,
  updateConnection,
} from '@stoa/contract/connection';
import { type FormEvent, useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { useCommand } from '../../lib/api.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { useAnnounce } from '../../ui/LiveRegion.tsx';
import { Section } from '../../ui/Section.tsx';
import styles from './Connections.module.css';
import { ProtectedPrincipals } from './ProtectedPrincipals.tsx';

type Choice<V extends string> = { readonly value: V; readonly label: string; readonly hint: string };
type Props<V extends string> = {
  readonly connection: Connection;
  readonly title: string;
  readonly lead: string;
  readonly label: string;
  readonly choices: readonly Choice<V>[];
  /** What the connection has. */
  readonly before: V;
  readonly toSettings: (value: V) => Partial<ConnectionSettings>;
  /** What this platform makes of it. */
  readonly note?: string | undefined;
};

/** One setting of a connection that is one of a few, saved by itself. */
function ChoiceSettings<V extends string>({ connection, choices, before, toSettings, ...words }: Props<V>) {
  const t = useText();
  const announce = useAnnounce();
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
      body: { settings: toSettings(choice) },
    });
  };
  return (
    <Section title={words.title} lead={words.lead}>
      <form noValidate className={`${styles.stack} form-column`} onSubmit={submit}>
        {update.error !== null && <ErrorNotice problem={update.error} isWrite />}
        <Radio.Group
          label={words.label}
          value={choice}
          onChange={(value) => setChoice(choices.find((one) => one.value === value)?.value ?? before)}
        >
          <div className={styles.stack}>
            {choices.map(({ value, label, hint }) => (
              <Radio key={value} value={value} label={label} description={hint} />
            ))}
          </div>
        </Radio.Group>
        {words.note !== undefined && <p className="caption text-2">{words.note}</p>}
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

const authorities = ['grant-option', 'owner-member'] as const;
const endings = ['whenNeeded', 'always', 'never'] as const;

/** Whether the account may act for owners, so that what they make later in a shared schema can be read at once. */
function AuthoritySettings({ connection }: { connection: Connection }) {
  const t = useText();
  return (
    <ChoiceSettings
      connection={connection}
      title={t('connections.settings.authority')}
      lead={t('connections.settings.authorityLead')}
      label={t('connections.settings.authorityLabel')}
      choices={authorities.map((value) => ({
        value,
        label: t(`connections.settings.authority.${value}`),
        hint: t(`connections.settings.authority.${value}.hint`),
      }))}
      before={connection.settings.grantAuthority ?? 'grant-option'}
      toSettings={(grantAuthority) => ({ grantAuthority })}
    />
  );
}

/** Whether a person's open sessions on the platform end with an access. */
function SessionSettings({ connection }: { connection: Connection }) {
  const t = useText();
  return (
    <ChoiceSettings
      connection={connection}
      title={t('connections.settings.sessions')}
      lead={t('connections.settings.sessionsLead')}
      label={t('connections.settings.sessionsLabel')}
      choices={endings.map((value) => ({
        value,
        label: t(`connections.settings.sessions.${value}`),
        hint: t(`connections.settings.sessions.${value}.hint`),
      }))}
      before={connection.settings.endSessionsOnRevoke ?? 'whenNeeded'}
      toSettings={(endSessionsOnRevoke) => ({ endSessionsOnRevoke })}
    />
  );
}

const strictness = ['report', 'remove'] as const;
/** The first version in which each grantor's membership stands by itself. */
const separateGrantors = 16;

/** What becomes of members of our roles that others put there. */
function MemberSettings({ connection }: { connection: Connection }) {
  const t = useText();
  const { serverVersion, settings } = connection;
  const isReportedOnly = serverVersion !== undefined && Number.parseInt(serverVersion, 10) >= separateGrantors;
  return (
    <ChoiceSettings
      connection={connection}
      title={t('connections.settings.members')}
      lead={t('connections.settings.membersLead')}
      label={t('connections.settings.membersLabel')}
      choices={strictness.map((value) => ({
        value,
        label: t(`connections.settings.members.${value}`),
        hint: t(`connections.settings.members.${value}.hint`),
      }))}
      before={settings.strictMembers === true ? 'remove' : 'report'}
      toSettings={(value) => ({ strictMembers: value === 'remove' })}
      note={isReportedOnly ? t('connections.settings.membersReportedHere', { version: serverVersion }) : undefined}
    />
  );
}

/** What the account passes on, what ends with an access, and who is taken out of our roles. */
export function ChoicesOfConnection({ connection }: { connection: Connection }) {
  const { grantAuthority = '', endSessionsOnRevoke = '', strictMembers = false } = connection.settings;
  return (
    <>
      <AuthoritySettings key={grantAuthority} connection={connection} />
      <SessionSettings key={`ends-${endSessionsOnRevoke}`} connection={connection} />
      <MemberSettings key={`strict-${String(strictMembers)}`} connection={connection} />
      <ProtectedPrincipals connection={connection} />
    </>
  );
}
