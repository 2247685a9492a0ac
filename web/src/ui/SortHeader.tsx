import { UnstyledButton } from '@mantine/core';
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react';
import { useText } from '../app/messages/use-text.tsx';
import styles from './DataTable.module.css';
import type { Sort } from './list-search.ts';

type Props = {
  readonly column: {
    readonly header: string;
    readonly sortBy?: string;
    readonly isNumeric?: boolean;
    readonly isHeaderHidden?: boolean;
  };
  readonly sort: Sort | undefined;
  readonly onSort?: (sort: Sort) => void;
};

/** The head of a column; a button where the server can sort by it. */
export function SortHeader({ column, sort, onSort }: Props) {
  const t = useText();
  const { header, sortBy } = column;
  const mine = sortBy !== undefined && sort?.column === sortBy ? sort.order : undefined;
  const label =
    mine === undefined
      ? t('ui.table.sortBy', { column: header })
      : t(mine === 'asc' ? 'ui.table.sortedUp' : 'ui.table.sortedDown', { column: header });
  return (
    <th
      role="columnheader"
      scope="col"
      className={styles.header}
      data-numeric={column.isNumeric || undefined}
      {...(mine === undefined ? {} : { 'aria-sort': mine === 'asc' ? 'ascending' : 'descending' })}
    >
      {sortBy === undefined || onSort === undefined ? (
        <span className={column.isHeaderHidden === true ? 'sr-only' : undefined}>{header}</span>
      ) : (
        <UnstyledButton
          className={styles.sort}
          aria-label={label}
          onClick={() => onSort({ column: sortBy, order: mine === 'desc' ? 'asc' : 'desc' })}
        >
          {header}
          {mine === 'asc' && <IconArrowUp size={14} stroke={2} aria-hidden="true" />}
          {mine === 'desc' && <IconArrowDown size={14} stroke={2} aria-hidden="true" />}
        </UnstyledButton>
      )}
    </th>
  );
}
