import { lazy, useEffect, useState } from 'react';
import { onFreshLogin } from '../lib/fresh-login.ts';

const FreshLoginDialog = lazy(() =>
  import('./FreshLoginDialog.tsx').then((module) => ({ default: module.FreshLoginDialog })),
);

type Answer = (isConfirmed: boolean) => void;

/** Asks for the password when an act needs a fresh login. The dialog is fetched when it is first asked. */
export function FreshLogin() {
  const [answer, setAnswer] = useState<Answer>();
  useEffect(() => {
    onFreshLogin(() => new Promise<boolean>((resolve) => setAnswer(() => resolve)));
    return () => onFreshLogin(undefined);
  }, []);
  if (answer === undefined) return null;
  const close: Answer = (isConfirmed) => {
    setAnswer(undefined);
    answer(isConfirmed);
  };
  return <FreshLoginDialog onAnswer={close} />;
}
