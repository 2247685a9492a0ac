import { lazy, useEffect, useState } from 'react';
import { onFreshLogin, type WhyAsked } from '../lib/fresh-login.ts';

const FreshLoginDialog = lazy(() =>
  import('./FreshLoginDialog.tsx').then((module) => ({ default: module.FreshLoginDialog })),
);

type Answer = (isConfirmed: boolean) => void;
type Asked = { readonly why: WhyAsked; readonly answer: Answer };

/** Asks for the password when a call needs a fresh login. The dialog is fetched when it is first asked. */
export function FreshLogin() {
  const [asked, setAsked] = useState<Asked>();
  useEffect(() => {
    onFreshLogin((why) => new Promise<boolean>((answer) => setAsked({ why, answer })));
    return () => onFreshLogin(undefined);
  }, []);
  if (asked === undefined) return null;
  const close: Answer = (isConfirmed) => {
    setAsked(undefined);
    asked.answer(isConfirmed);
  };
  return <FreshLoginDialog why={asked.why} onAnswer={close} />;
}
