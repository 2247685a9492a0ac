import { useText } from '../../app/messages/use-text.tsx';
import { PageHeader } from '../../ui/PageHeader.tsx';

export function AuditPage() {
  const t = useText();
  return <PageHeader title={t('shell.nav.audit')} />;
}
