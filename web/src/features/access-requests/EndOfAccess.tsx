import { useText } from '../../app/messages/use-text.tsx';

/** What an end of access means for what is open on the platform, and for what was read. */
export function EndOfAccess() {
  const t = useText();
  return <p className="text-2">{t('reasonCode.end.meaning')}</p>;
}
