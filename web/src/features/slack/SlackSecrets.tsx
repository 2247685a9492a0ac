import { PasswordInput, TextInput } from '@mantine/core';
import { getSlackApp, getSlackConfiguration, setSlackApp, type SlackApp } from '@stoa/contract/slack';
import { type FormEvent, useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { useCommand } from '../../lib/api.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { useAnnounce } from '../../ui/LiveRegion.tsx';
import { Section } from '../../ui/Section.tsx';
import styles from './Slack.module.css';

const secrets = ['clientSecret', 'signingSecret'] as const;
/** As Slack gives them out: 123456789012.345678901234. */
const clientIdForm = /^\d+\.\d+$/;
const empty = { clientSecret: '', signingSecret: '' };

/** Client id and secrets of the app. What is stored is never shown; an empty field keeps it. */
export function SlackSecrets({ app }: { app: SlackApp }) {
  const t = useText();
  const announce = useAnnounce();
  const [clientId, setClientId] = useState(app.clientId ?? '');
  const [typed, setTyped] = useState(empty);
  const [isTried, setIsTried] = useState(false);
  const store = useCommand(setSlackApp, {
    invalidates: [getSlackApp, getSlackConfiguration],
    onSuccess: () => {
      setTyped(empty);
      setIsTried(false);
      announce(t('slack.saved'));
    },
  });
  const isOther = app.clientId !== null && clientId.trim() !== app.clientId;
  const isKept = app.hasSecrets && !isOther;
  const isIdGood = clientIdForm.test(clientId.trim());
  const isGood = (secret: string) => (isKept && secret === '') || secret.trim().length >= 8;
  const isChanged = clientId.trim() !== (app.clientId ?? '') || secrets.some((name) => typed[name] !== '');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setIsTried(true);
    if (!isChanged || !isIdGood || !secrets.every((name) => isGood(typed[name]))) return;
    const given = secrets.flatMap((name) => (typed[name] === '' ? [] : [[name, typed[name].trim()] as const]));
    store.mutate({ body: { clientId: clientId.trim(), ...Object.fromEntries(given) } });
  };
  return (
    <Section title={t('slack.step2')} lead={t('slack.step2Lead')}>
      <form noValidate className={`${styles.stack} form-column`} onSubmit={submit}>
        {store.error !== null && <ErrorNotice problem={store.error} isWrite />}
        <TextInput
          required
          label={t('slack.clientId')}
          description={isOther ? t('slack.otherApp') : undefined}
          value={clientId}
          maxLength={64}
          autoComplete="off"
          spellCheck={false}
          error={isTried && !isIdGood ? t('slack.clientIdBad') : undefined}
          onChange={(event) => setClientId(event.currentTarget.value)}
        />
        {secrets.map((name) => (
          <PasswordInput
            key={name}
            required={!isKept}
            label={t(`slack.${name}`)}
            description={isKept ? t('slack.secretKept') : undefined}
            value={typed[name]}
            maxLength={255}
            autoComplete="new-password"
            error={isTried && !isGood(typed[name]) ? t('slack.secretBad') : undefined}
            onChange={(event) => {
              const { value } = event.currentTarget;
              setTyped((before) => ({ ...before, [name]: value }));
            }}
          />
        ))}
        <div className={styles.buttons}>
          <ActionButton
            type="submit"
            label={t('slack.save')}
            tone={app.hasSecrets ? 'default' : 'primary'}
            isBusy={store.isPending}
            onClick={() => undefined}
          />
        </div>
      </form>
    </Section>
  );
}
