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
import { codeFaultOf } from '../features/second-factor/code-fault.ts';
import { CodeField } from '../features/second-factor/CodeField.tsx';
import { useCurrentUser } from './current-user.ts';
import { useText } from './messages/use-text.tsx';

function useConfirmation(why: WhyAsked, { onDone, onAskedMore }: { onDone: () => void; onAskedMore: () => void }) {
  const client = useQueryClient();
  const user = useCurrentUser();
  const [problem, setProblem] = useState<ApiProblem>();
  const [isBusy, setIsBusy] = useState(false);
  const [isCodeWanted, setIsCodeWanted] = useState(user?.secondFactor === 'on');
  const confirm = async (password: string, code: string) => {
    setIsBusy(true);
    const typed = isCodeWanted ? { password, code } : { password };
    try {
      if (why === 'ended') await call(signIn, { body: { username: user?.username ?? '', ...typed } });
      else await call(confirmLogin, { body: typed });
      // What was under way with the former cookie found it dead.
      void client.invalidateQueries();
      onDone();
    } catch (cause) {
      // `call` throws nothing else.
      const refused = cause as ApiProblem;
      // It was set up elsewhere meanwhile: the field for it is what is asked.
      const isNews = refused.code === 'auth.code_wanted' && !isCodeWanted;
      if (isNews) {
        setIsCodeWanted(true);
        onAskedMore();
      }
      setProblem(isNews ? undefined : refused);
      setIsBusy(false);
    }
  };
  return { problem, isBusy, isCodeWanted, confirm };
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
  const [code, setCode] = useState('');
  const [isTried, setIsTried] = useState(false);
  const { problem, isBusy, isCodeWanted, confirm } = useConfirmation(why, {
    onDone: () => onAnswer(true),
    onAskedMore: () => setIsTried(false),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    // The dialog may stand within the form of the act that waits.
    event.stopPropagation();
    setIsTried(true);
    if (password !== '' && (!isCodeWanted || code.trim() !== '')) void confirm(password, code.trim());
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
      <form
        noValidate
        style={{ display: 'grid', gap: 16 }}
        onSubmit={submit}
        onKeyDown={onKeyDown}
        ref={(form) => markControls(form)}
      >
        <p>{isEnded ? t('freshLogin.ended.text', { name }) : t('freshLogin.text')}</p>
        {problem !== undefined && codeFaultOf(problem) === undefined && <ErrorNotice problem={problem} isWrite />}
        <TextInput
          type="password"
          label={t('freshLogin.password')}
          autoComplete="current-password"
          data-autofocus
          value={password}
          error={isTried && password === '' ? t('freshLogin.missing') : undefined}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        {isCodeWanted && (
          <CodeField
            value={code}
            hasFocus={password !== ''}
            error={isTried && code.trim() === '' ? t('secondFactor.missing') : codeFaultOf(problem)}
            onChange={setCode}
          />
        )}
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
