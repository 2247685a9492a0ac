import { TextInput } from '@mantine/core';
import { signIn } from '@stoa/contract/auth';
import { confirmLogin } from '@stoa/contract/confirm-login';
import { useQueryClient } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { type FormEvent, type KeyboardEvent, useState } from 'react';
import type { ApiProblem } from '../lib/api-problem.ts';
import { call } from '../lib/api.ts';
import type { WhyAsked } from '../lib/fresh-login.ts';
import { ActionButton } from '../ui/ActionButton.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { ErrorNotice } from '../ui/ErrorNotice.tsx';
import { ConfirmAtProvider } from './ConfirmAtProvider.tsx';
import { useCurrentUser } from './current-user.ts';
import { useText } from './messages/use-text.tsx';

function useConfirmation(why: WhyAsked, onDone: () => void) {
  const client = useQueryClient();
  const username = useCurrentUser()?.username ?? '';
  const [problem, setProblem] = useState<ApiProblem>();
  const [isBusy, setIsBusy] = useState(false);
  const confirm = async (password: string) => {
    setIsBusy(true);
    try {
      if (why === 'ended') await call(signIn, { body: { username, password } });
      else await call(confirmLogin, { body: { password } });
      // What was under way with the former cookie found it dead.
      void client.invalidateQueries();
      onDone();
    } catch (cause) {
      // `call` throws nothing else.
      setProblem(cause as ApiProblem);
      setIsBusy(false);
    }
  };
  return { problem, isBusy, confirm };
}

/** Every open dialog hears Escape on the window, unless its target says otherwise: the one below, which waits, must stay. */
const markControls = (form: HTMLFormElement | null) => {
  const controls = form?.closest('[role="dialog"]')?.querySelectorAll('input, button');
  for (const control of controls ?? []) control.setAttribute('data-mantine-stop-propagation', 'true');
};

type Props = { readonly why: WhyAsked; readonly onAnswer: (isConfirmed: boolean) => void };

/** Who they are once more, where they signed in; Escape and Cancel leave the call undone. */
export function FreshLoginDialog({ why, onAnswer }: Props) {
  const t = useText();
  const provider = useCurrentUser()?.signedInBy;
  if (provider === undefined) return <PasswordDialog why={why} onAnswer={onAnswer} />;
  const isEnded = why === 'ended';
  return (
    <Dialog
      opened
      onClose={() => onAnswer(false)}
      title={isEnded ? t('freshLogin.ended.title') : t('freshLogin.title')}
      closeButtonProps={{ 'aria-label': t('ui.dialog.close') }}
    >
      <ConfirmAtProvider provider={provider} isEnded={isEnded} onAnswer={onAnswer} />
    </Dialog>
  );
}

function PasswordDialog({ why, onAnswer }: Props) {
  const t = useText();
  const name = useCurrentUser()?.displayName ?? '';
  const isEnded = why === 'ended';
  const router = useRouter();
  const [password, setPassword] = useState('');
  const [isTried, setIsTried] = useState(false);
  const { problem, isBusy, confirm } = useConfirmation(why, () => onAnswer(true));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    // The dialog may stand within the form of the act that waits.
    event.stopPropagation();
    setIsTried(true);
    if (password !== '') void confirm(password);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape' && !event.nativeEvent.isComposing) onAnswer(false);
  };
  const signInAgain = () => {
    onAnswer(false);
    void router.navigate({ to: '/login', search: { returnTo: router.state.location.href, again: true } });
  };
  return (
    <Dialog
      opened
      onClose={() => onAnswer(false)}
      title={isEnded ? t('freshLogin.ended.title') : t('freshLogin.title')}
      closeButtonProps={{ 'aria-label': t('ui.dialog.close'), onKeyDown }}
    >
      <form noValidate style={{ display: 'grid', gap: 16 }} onSubmit={submit} onKeyDown={onKeyDown} ref={markControls}>
        <p>{isEnded ? t('freshLogin.ended.text', { name }) : t('freshLogin.text')}</p>
        {problem !== undefined && <ErrorNotice problem={problem} isWrite />}
        <TextInput
          type="password"
          label={t('freshLogin.password')}
          autoComplete="current-password"
          data-autofocus
          value={password}
          error={isTried && password === '' ? t('freshLogin.missing') : undefined}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        <div style={{ display: 'flex', flexWrap: 'wrap', justifyContent: 'flex-end', gap: 8 }}>
          <ActionButton label={t('ui.dialog.cancel')} onClick={() => onAnswer(false)} />
          {problem?.code === 'auth.no_password' && (
            <ActionButton label={t('freshLogin.signIn')} onClick={signInAgain} />
          )}
          <ActionButton
            type="submit"
            tone="primary"
            label={isEnded ? t('freshLogin.ended.submit') : t('freshLogin.submit')}
            isBusy={isBusy}
            onClick={() => undefined}
          />
        </div>
      </form>
    </Dialog>
  );
}
