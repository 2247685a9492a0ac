import { ActionIcon } from '@mantine/core';
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react';
import { useText } from '../app/messages/use-text.tsx';
import { ActionButton } from './ActionButton.tsx';
import styles from './DataTable.module.css';

export type Paging =
  | {
      readonly kind: 'offset';
      readonly offset: number;
      readonly limit: number;
      readonly total: number;
      readonly onChange: (offset: number) => void;
    }
  | { readonly kind: 'cursor'; readonly hasMore: boolean; readonly isBusy: boolean; readonly onMore: () => void };

/** The way to the other rows: pages where the server counts, "more" where it walks a cursor. */
export function Pager({ paging }: { paging: Paging }) {
  const t = useText();
  if (paging.kind === 'cursor') {
    if (!paging.hasMore) return null;
    return <ActionButton label={t('ui.table.loadMore')} size="xs" isBusy={paging.isBusy} onClick={paging.onMore} />;
  }
  const { offset, limit, total, onChange } = paging;
  if (total <= limit) return null;
  const hasNext = offset + limit < total;
  return (
    <nav className={styles.pager} aria-label={t('ui.table.pages')}>
      <span>{t('ui.table.range', { from: offset + 1, to: Math.min(offset + limit, total), total })}</span>
      <ActionIcon
        variant="default"
        aria-label={t('ui.table.previous')}
        aria-disabled={offset === 0 || undefined}
        onClick={() => offset > 0 && onChange(Math.max(0, offset - limit))}
      >
        <IconChevronLeft size={16} stroke={1.75} />
      </ActionIcon>
      <ActionIcon
        variant="default"
        aria-label={t('ui.table.next')}
        aria-disabled={!hasNext || undefined}
        onClick={() => hasNext && onChange(offset + limit)}
      >
        <IconChevronRight size={16} stroke={1.75} />
      </ActionIcon>
    </nav>
  );
}
