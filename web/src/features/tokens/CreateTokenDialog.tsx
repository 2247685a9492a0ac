import { Radio, TextInput } from '@mantine/core';
import { createToken, listTokens } from '@stoa/contract/auth';
import { useState } from 'react';
import { Dialog } from '../../ui/Dialog.tsx';
import { useText } from '../../app/messages/use-text.tsx';
import { useCommand } from '../../lib/api.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Identifier } from '../../ui/Identifier.tsx';
import { StatementBlock } from '../../ui/StatementBlock.tsx';
import styles from './TokensPage.module.css';

const lifetimesDays = ['30', '90', '365'] as const;
const dayMs = 86_400_000;

/** The secret, this once; the caller says when it is copied. */
function NewToken({ token, onDone }: { token: string; onDone: () => void }) {
  const t = useText();
  const curl = `curl -H 'Authorization: Bearer ${token}' ${window.location.origin}/api/auth/user`;
  return (
    <div className={styles.form}>
      <p>{t('tokens.createdText')}</p>
      <p className={styles.secret}>
        <Identifier value={token} maxLength={200} />
      </p>
      <StatementBlock statements={[curl]} title={t('tokens.curl')} isOpenAtFirst />
      <div className={styles.actions}>
        <ActionButton label={t('tokens.done')} tone="primary" onClick={onDone} />
      </div>
    </div>
  );
}

function CreateTokenForm({ onCreated }: { onCreated: (token: string) => void }) {
  const t = useText();
  const [description, setDescription] = useState('');
  const [days, setDays] = useState<string>('90');
  const [isTried, setIsTried] = useState(false);
  const command = useCommand(createToken, {
    invalidates: [listTokens],
    onSuccess: (answer) => onCreated(answer.token),
  });
  const isMissing = description.trim() === '';
  const submit = () => {
    setIsTried(true);
    if (isMissing) return;
    const expirationDate = new Date(Date.now() + Number(days) * dayMs).toISOString();
    command.mutate({ body: { description: description.trim(), expirationDate } });
  };
  return (
    <form
      noValidate
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      {command.error !== null && <ErrorNotice problem={command.error} isWrite />}
      <TextInput
        data-autofocus
        required
        label={t('tokens.description')}
        description={t('tokens.descriptionHint')}
        value={description}
        maxLength={255}
        error={isTried && isMissing ? t('tokens.descriptionMissing') : undefined}
        onChange={(event) => setDescription(event.currentTarget.value)}
      />
      <Radio.Group label={t('tokens.expiry')} value={days} onChange={setDays}>
        <div className={styles.name}>
          {lifetimesDays.map((n) => (
            <Radio key={n} value={n} label={t('tokens.expiry.days', { n: Number(n) })} />
          ))}
        </div>
      </Radio.Group>
      <div className={styles.actions}>
        <ActionButton
          type="submit"
          tone="primary"
          label={t('tokens.submit')}
          isBusy={command.isPending}
          onClick={() => undefined}
        />
      </div>
    </form>
  );
}

/** Makes a token and shows its secret once. Closing forgets it. */
export function CreateTokenDialog({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const t = useText();
  const [token, setToken] = useState<string>();
  const close = () => {
    setToken(undefined);
    onClose();
  };
  return (
    <Dialog
      opened={isOpen}
      onClose={close}
      title={t(token === undefined ? 'tokens.create' : 'tokens.created')}
      // A stray click beside the dialog would throw away a secret that is shown only once.
      closeOnClickOutside={token === undefined}
      closeButtonProps={{ 'aria-label': t('ui.dialog.close') }}
    >
      {token === undefined ? <CreateTokenForm onCreated={setToken} /> : <NewToken token={token} onDone={close} />}
    </Dialog>
  );
}
