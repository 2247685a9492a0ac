import { NativeSelect, PasswordInput, Textarea, TextInput } from '@mantine/core';
import { type EmailConfiguration, mailSecurity } from '@stoa/contract/email';
import { useText } from '../../app/messages/use-text.tsx';
import { wordOf } from '../../lib/members.ts';
import styles from '../inbox/inbox.module.css';
import { type EmailDraft, isPort, logins } from './email-draft.ts';

type Props = {
  readonly draft: EmailDraft;
  readonly kept: EmailConfiguration;
  readonly onChange: (part: Partial<EmailDraft>) => void;
};

function TokenFields({ draft, kept, onChange }: Props) {
  const t = useText();
  const hint = kept.oauth === undefined ? {} : { description: t('messages.email.tokenKept') };
  return (
    <>
      <TextInput
        type="url"
        label={t('messages.email.tokenUrl')}
        description={t('messages.email.tokenUrlHint')}
        placeholder="https://"
        value={draft.tokenUrl}
        onChange={(event) => onChange({ tokenUrl: event.currentTarget.value })}
      />
      <TextInput
        label={t('messages.email.clientId')}
        autoComplete="off"
        value={draft.clientId}
        onChange={(event) => onChange({ clientId: event.currentTarget.value })}
      />
      <PasswordInput
        label={t('messages.email.clientSecret')}
        {...hint}
        autoComplete="new-password"
        value={draft.clientSecret}
        onChange={(event) => onChange({ clientSecret: event.currentTarget.value })}
      />
      <PasswordInput
        label={t('messages.email.refreshToken')}
        {...hint}
        autoComplete="new-password"
        value={draft.refreshToken}
        onChange={(event) => onChange({ refreshToken: event.currentTarget.value })}
      />
      <TextInput
        label={t('messages.email.scope')}
        description={t('messages.email.scopeHint')}
        value={draft.scope}
        onChange={(event) => onChange({ scope: event.currentTarget.value })}
      />
    </>
  );
}

function ServerFields({ draft, onChange }: Props) {
  const t = useText();
  return (
    <>
      <TextInput
        label={t('messages.email.host')}
        placeholder="smtp.example.com"
        value={draft.host}
        onChange={(event) => onChange({ host: event.currentTarget.value })}
      />
      <TextInput
        label={t('messages.email.port')}
        inputMode="numeric"
        value={draft.port}
        error={isPort(draft.port) ? undefined : t('messages.email.portWrong')}
        onChange={(event) => onChange({ port: event.currentTarget.value })}
      />
      <NativeSelect
        label={t('messages.email.security')}
        value={draft.security}
        onChange={(event) => onChange({ security: event.currentTarget.value })}
        data={mailSecurity.options.map((value) => ({ value, label: t(`messages.email.security.${value}`) }))}
      />
      {draft.security !== 'none' && (
        <Textarea
          label={t('messages.email.ca')}
          description={t('messages.email.caHint')}
          placeholder="-----BEGIN CERTIFICATE-----"
          classNames={{ input: 'mono' }}
          spellCheck={false}
          autosize
          minRows={2}
          maxRows={8}
          value={draft.ca}
          onChange={(event) => onChange({ ca: event.currentTarget.value })}
        />
      )}
    </>
  );
}

/** The mail server, how Stoa proves who it is, and whom receivers see. */
export function EmailFields(props: Props) {
  const t = useText();
  const { draft, kept, onChange } = props;
  return (
    <>
      <ServerFields {...props} />
      <NativeSelect
        label={t('messages.email.login')}
        value={draft.login}
        onChange={(event) => onChange({ login: wordOf(logins, event.currentTarget.value) ?? 'password' })}
        data={logins.map((value) => ({ value, label: t(`messages.email.login.${value}`) }))}
      />
      {draft.login !== 'none' && (
        <TextInput
          label={t('messages.email.username')}
          autoComplete="off"
          value={draft.username}
          onChange={(event) => onChange({ username: event.currentTarget.value })}
        />
      )}
      {draft.login === 'password' && (
        <PasswordInput
          label={t('messages.email.password')}
          description={kept.hasPassword === true ? t('messages.email.passwordKept') : undefined}
          autoComplete="new-password"
          value={draft.password}
          onChange={(event) => onChange({ password: event.currentTarget.value })}
        />
      )}
      {draft.login === 'oauth' && <TokenFields {...props} />}
      <TextInput
        label={t('messages.email.fromName')}
        description={t('messages.email.fromNameHint')}
        value={draft.fromName}
        onChange={(event) => onChange({ fromName: event.currentTarget.value })}
      />
      <TextInput
        type="email"
        label={t('messages.email.fromAddress')}
        placeholder="stoa@example.com"
        value={draft.fromAddress}
        onChange={(event) => onChange({ fromAddress: event.currentTarget.value })}
      />
      <div className={styles.bar}>
        <TextInput
          type="color"
          label={t('messages.email.primaryColor')}
          value={draft.primaryColor}
          onChange={(event) => onChange({ primaryColor: event.currentTarget.value })}
        />
        <TextInput
          type="color"
          label={t('messages.email.accentColor')}
          value={draft.accentColor}
          onChange={(event) => onChange({ accentColor: event.currentTarget.value })}
        />
      </div>
    </>
  );
}
