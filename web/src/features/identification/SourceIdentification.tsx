import { useMay } from '../../app/current-user.ts';
import { useText } from '../../app/messages/use-text.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import styles from './identification.module.css';
import { StartButton } from './StartButton.tsx';

/** A run over one data source, and what the last one saw; nothing for those who may do neither. */
export function SourceIdentification({ dataSourceId }: { dataSourceId: number }) {
  const t = useText();
  const may = useMay();
  if (!may('identification.read')) return null;
  return (
    <div className={styles.acts}>
      {may('identification.run') && <StartButton size="xs" body={{ dataSourceId }} />}
      <LinkTo to="/govern/identification" search={{ tab: 'found', dataSourceId: String(dataSourceId), show: 'all' }}>
        {t('identification.result')}
      </LinkTo>
    </div>
  );
}
