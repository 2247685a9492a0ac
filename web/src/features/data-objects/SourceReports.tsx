import type { DataSource } from '@stoa/contract/data-source';
import { useMay } from '../../app/current-user.ts';
import { useText } from '../../app/messages/use-text.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import styles from './Objects.module.css';

/** Where it stands who reads a data source, what goes past its policies and what happened to it, for those who may know. */
export function SourceReports({ source }: { source: DataSource }) {
  const t = useText();
  const may = useMay();
  if (!may('report.read') && !may('audit.read')) return null;
  return (
    <div className={styles.acts}>
      {may('report.read') && (
        <>
          <LinkTo to="/reports" search={{ tab: 'who-has-access', of: String(source.id) }}>
            {t('objects.readers')}
          </LinkTo>
          <LinkTo to="/reports" search={{ tab: 'drift', searchText: source.objectPath.join('.') }}>
            {t('objects.findings', { count: source.health?.openFindings ?? 0 })}
          </LinkTo>
        </>
      )}
      {may('audit.read') && (
        <LinkTo to="/audit" search={{ target: source.dataObjectId }}>
          {t('objects.audit')}
        </LinkTo>
      )}
    </div>
  );
}
