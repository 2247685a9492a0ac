import { searchAccessRequestMaskingExceptionColumns } from '@stoa/contract/assist';
import type { ProductColumn } from '@stoa/contract/data-product';
import { useText } from '../../app/messages/use-text.tsx';
import { useOperation } from '../../lib/api.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { RedactionHatch } from '../../ui/RedactionHatch.tsx';
import { Section } from '../../ui/Section.tsx';
import { SkeletonRows } from '../../ui/Skeletons.tsx';
import { byTable, keyOfColumn, maskOf, mostColumns } from './column-choice.ts';
import styles from './column-picker.module.css';

function Row({ column }: { column: ProductColumn }) {
  const t = useText();
  const mask = maskOf(column);
  // A column has a type as long as the platform has the column.
  const note = column.type === undefined ? t('requests.columns.gone') : t('requests.columns.noMask');
  return (
    <li className={styles.row}>
      <span className={`mono ${styles.name ?? ''}`}>{column.name}</span>
      {mask === undefined ? <span className="text-2">{note}</span> : <RedactionHatch mask={mask} />}
    </li>
  );
}

/** The columns that a request asks to see in clear, table by table, with what masks them now. */
export function RequestColumns({ requestId }: { requestId: string }) {
  const t = useText();
  const found = useOperation(searchAccessRequestMaskingExceptionColumns, {
    params: { id: requestId },
    query: { limit: mostColumns },
  });
  const total = found.data?.meta.totalCount ?? 0;
  return (
    <Section
      title={t('requests.columns.title')}
      {...(total === 0 ? {} : { lead: t('requests.columns.count', { count: total }) })}
    >
      {found.error !== null && <ErrorNotice problem={found.error} onRetry={() => void found.refetch()} />}
      {found.isPending && <SkeletonRows rows={3} />}
      {byTable(found.data?.data ?? []).map(({ sourceId, name, columns }) => (
        <div key={sourceId} className={styles.table}>
          <h3 className={styles.tableName}>{name === '' ? t('requests.columns.noTable') : name}</h3>
          <ul className={styles.rows}>
            {columns.map((column) => (
              <Row key={keyOfColumn(column)} column={column} />
            ))}
          </ul>
        </div>
      ))}
    </Section>
  );
}
