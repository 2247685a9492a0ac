import { useText } from '../../app/messages/use-text.tsx';
import { PageHeader } from '../../ui/PageHeader.tsx';

export function ConnectionPage() {
  const t = useText();
  return <PageHeader title={t('shell.nav.connections')} />;
}
