import { Radio } from '@mantine/core';
import {
  type Connection,
  deleteConnection,
  listConnections,
  readConnection,
  updateConnection,
} from '@stoa/contract/connection';
import { type FormEvent, lazy, Suspense, useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { useCommand } from '../../lib/api.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { useAnnounce } from '../../ui/LiveRegion.tsx';
import { Section } from '../../ui/Section.tsx';
import { CommentTagSettings } from './CommentTagSettings.tsx';
import { MaskSettings } from './MaskSettings.tsx';
import { badFields, emptyDraft } from './connection-draft.ts';
import styles from './Connections.module.css';
import { CredentialFields } from './credentials-step.tsx';
import { EncryptionSettings } from './EncryptionSettings.tsx';
import { IdentityFields } from './IdentityFields.tsx';

const ChoicesOfConnection = lazy(() =>
  import('./ChoiceSettings.tsx').then((part) => ({ default: part.ChoicesOfConnection })),
);

function useUpdate(done: string, onDone: () => void = () => undefined) {
  const announce = useAnnounce();
  return useCommand(updateConnection, {
    invalidates: [readConnection, listConnections],
    onSuccess: () => {
      announce(done);
      onDone();
    },
  });
}

function Credentials({ connection }: { connection: Connection }) {
  const t = useText();
  const [username, setUsername] = useState(connection.credentials.username);
  const [password, setPassword] = useState('');
  const [isTried, setIsTried] = useState(false);
  const update = useUpdate(t('connections.settings.rotated'), () => {
    setPassword('');
    setIsTried(false);
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setIsTried(true);
    if (username.trim() === '' || password === '') return;
    const credentials = { username: username.trim(), password };
    update.mutate({ params: { connectionKey: connection.connectionKey }, body: { credentials } });
  };
  return (
    <Section title={t('connections.settings.credentials')} lead={t('connections.settings.credentialsLead')}>
      <form noValidate className={`${styles.stack} form-column`} onSubmit={submit}>
        {update.error !== null && <ErrorNotice problem={update.error} isWrite />}
        {update.isSuccess && !isTried && <p role="status">{t('connections.settings.rotated')}</p>}
        <CredentialFields
          username={username}
          password={password}
          onUsername={setUsername}
          onPassword={setPassword}
          usernameError={isTried && username.trim() === '' ? t('connections.field.usernameBad') : undefined}
          passwordError={isTried && password === '' ? t('connections.field.passwordBad') : undefined}
        />
        <div className={styles.buttons}>
          <ActionButton
            type="submit"
            label={t('connections.settings.rotate')}
            ability={connection.abilities?.manage ?? { allowed: false }}
            isBusy={update.isPending}
            onClick={() => undefined}
          />
        </div>
      </form>
    </Section>
  );
}

function PeopleAndSchedule({ connection }: { connection: Connection }) {
  const t = useText();
  const [template, setTemplate] = useState(connection.settings.identityTemplate);
  const [interval, setInterval] = useState(String(connection.syncIntervalHours));
  const update = useUpdate(t('connections.settings.saved'));
  const isBad = badFields('identity', { ...emptyDraft, template }, '').length > 0;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isBad) return;
    update.mutate({
      params: { connectionKey: connection.connectionKey },
      body: {
        settings: { identityTemplate: template.trim() },
        syncIntervalHours: Math.max(1, Math.trunc(Number(interval)) || connection.syncIntervalHours),
      },
    });
  };
  return (
    <Section title={t('connections.settings.people')} lead={t('connections.settings.peopleLead')}>
      <form noValidate className={`${styles.stack} form-column`} onSubmit={submit}>
        {update.error !== null && <ErrorNotice problem={update.error} isWrite />}
        <IdentityFields
          template={template}
          interval={interval}
          onTemplate={setTemplate}
          onInterval={setInterval}
          error={isBad ? t('connections.field.templateBad') : undefined}
        />
        <div className={styles.buttons}>
          <ActionButton
            type="submit"
            label={t('connections.settings.save')}
            ability={connection.abilities?.manage ?? { allowed: false }}
            isBusy={update.isPending}
            onClick={() => undefined}
          />
          {update.isSuccess && <span role="status">{t('connections.settings.saved')}</span>}
        </div>
      </form>
    </Section>
  );
}

function Pause({ connection }: { connection: Connection }) {
  const t = useText();
  const [isAsking, setIsAsking] = useState(false);
  const update = useUpdate(t('connections.settings.saved'), () => setIsAsking(false));
  const isPaused = connection.state === 'paused';
  const set = (state: 'active' | 'paused') =>
    update.mutate({ params: { connectionKey: connection.connectionKey }, body: { state } });
  return (
    <Section title={t('connections.settings.pause')} lead={t('connections.settings.pauseLead')}>
      {update.error !== null && !isAsking && <ErrorNotice problem={update.error} isWrite />}
      <ActionButton
        label={t(isPaused ? 'connections.resume' : 'connections.settings.pause')}
        ability={connection.abilities?.manage ?? { allowed: false }}
        isBusy={update.isPending}
        onClick={() => (isPaused ? set('active') : setIsAsking(true))}
      />
      <ConfirmDialog
        isOpen={isAsking}
        title={t('connections.settings.pauseTitle', { key: connection.connectionKey })}
        confirmLabel={t('connections.settings.pauseConfirm')}
        isBusy={update.isPending}
        problem={update.error}
        onConfirm={() => set('paused')}
        onClose={() => setIsAsking(false)}
      >
        <p>{t('connections.settings.pauseText')}</p>
      </ConfirmDialog>
    </Section>
  );
}

function Delete({ connection, onTask }: { connection: Connection; onTask: (taskId: string) => void }) {
  const t = useText();
  const [isAsking, setIsAsking] = useState(false);
  const [native, setNative] = useState<'revoke' | 'leave'>('revoke');
  const command = useCommand(deleteConnection, {
    invalidates: [readConnection, listConnections],
    onSuccess: (answer) => {
      setIsAsking(false);
      onTask(answer.taskId);
    },
  });
  const key = connection.connectionKey;
  return (
    <Section title={t('connections.settings.delete')} lead={t('connections.settings.deleteLead')}>
      <ActionButton
        tone="danger"
        label={t('connections.settings.deleteConfirm')}
        ability={connection.abilities?.manage ?? { allowed: false }}
        onClick={() => setIsAsking(true)}
      />
      <ConfirmDialog
        isOpen={isAsking}
        title={t('connections.settings.deleteTitle', { key })}
        confirmLabel={t('connections.settings.deleteConfirm')}
        mustType={key}
        isBusy={command.isPending}
        problem={command.error}
        onConfirm={() => command.mutate({ params: { connectionKey: key }, query: { native } })}
        onClose={() => setIsAsking(false)}
      >
        <p>
          {t('connections.settings.deleteText', {
            objects: connection.objectCount ?? 0,
            sources: connection.dataSourceCount ?? 0,
          })}
        </p>
        <Radio.Group
          label={t('connections.settings.native')}
          value={native}
          onChange={(value) => setNative(value === 'leave' ? 'leave' : 'revoke')}
        >
          <div className={styles.stack}>
            <Radio value="revoke" label={t('connections.settings.native.revoke')} />
            <Radio value="leave" label={t('connections.settings.native.leave')} />
          </div>
        </Radio.Group>
      </ConfirmDialog>
    </Section>
  );
}

/** Another person's change of these is shown; what is changed beside them leaves a half-written form alone. */
const scheduleOf = ({ settings, syncIntervalHours }: Connection): string =>
  `${settings.identityTemplate} ${syncIntervalHours}`;

const maskingOf = ({ settings: { exposure, viewSchema, maskedLookup } }: Connection): string =>
  JSON.stringify([exposure, viewSchema, maskedLookup]);

/** Credentials, encryption, people, pause and the end of a connection. */
export function ConnectionSettings(props: { connection: Connection; onDelete: (taskId: string) => void }) {
  return (
    <div className={styles.two}>
      <div>
        <Credentials connection={props.connection} />
        <EncryptionSettings connection={props.connection} />
        <PeopleAndSchedule key={scheduleOf(props.connection)} connection={props.connection} />
      </div>
      <div>
        <Suspense fallback={null}>
          <ChoicesOfConnection connection={props.connection} />
        </Suspense>
        <CommentTagSettings connection={props.connection} />
        <MaskSettings key={maskingOf(props.connection)} connection={props.connection} />
        <Pause connection={props.connection} />
        <Delete connection={props.connection} onTask={props.onDelete} />
      </div>
    </div>
  );
}
