import { useNetwork } from '@mantine/hooks';
import { Banner } from '../ui/Banner.tsx';
import { useLiveEvents } from './live-events.tsx';
import { useText } from './messages/use-text.tsx';

/** What the reader must know about the line to the server. */
export function ShellBanners() {
  const t = useText();
  const { online } = useNetwork();
  const mode = useLiveEvents();
  if (!online) return <Banner tone="warning">{t('shell.offline')}</Banner>;
  return mode === 'polling' ? <Banner>{t('shell.polling')}</Banner> : null;
}
