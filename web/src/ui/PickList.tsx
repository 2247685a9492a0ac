import { Checkbox, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useRef, useState } from 'react';
import { useText } from '../app/messages/use-text.tsx';
import type { ApiProblem } from '../lib/api-problem.ts';
import { ActionButton } from './ActionButton.tsx';
import { ErrorNotice } from './ErrorNotice.tsx';
import styles from './PickList.module.css';
import { SkeletonRows } from './Skeletons.tsx';

export type PickRow = { readonly id: string; readonly label: string; readonly detail?: ReactNode };

type Props = {
  /** What is picked; the accessible name. */
  readonly label: string;
  readonly rows: readonly PickRow[] | undefined;
  /** Rows of the whole list; more than `rows` when it is too long to be shown at once. */
  readonly total?: number | undefined;
  readonly chosen: ReadonlySet<string>;
  readonly onChange: (chosen: ReadonlySet<string>) => void;
  readonly onSearch: (text: string) => void;
  readonly problem: ApiProblem | null;
  readonly empty: ReactNode;
  readonly isReadOnly?: boolean;
};

const rowHeight = 36;

function changed(chosen: ReadonlySet<string>, ids: readonly string[], isOn: boolean): ReadonlySet<string> {
  const next = new Set(chosen);
  for (const id of ids) {
    if (isOn) next.add(id);
    else next.delete(id);
  }
  return next;
}

function Rows({ rows, props }: { rows: readonly PickRow[]; props: Props }) {
  const frame = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => frame.current,
    estimateSize: () => rowHeight,
    overscan: 12,
    getItemKey: (at) => rows[at]?.id ?? at,
  });
  return (
    <div ref={frame} className={styles.frame} role="group" aria-label={props.label} tabIndex={-1}>
      <div style={{ blockSize: virtual.getTotalSize(), position: 'relative' }}>
        {virtual.getVirtualItems().map((item) => {
          const row = rows[item.index];
          if (row === undefined) return null;
          return (
            <div
              key={item.key}
              className={styles.row}
              style={{ blockSize: item.size, transform: `translateY(${item.start}px)` }}
            >
              <Checkbox
                size="sm"
                className={styles.box ?? ''}
                checked={props.chosen.has(row.id)}
                disabled={props.isReadOnly === true}
                label={<span className={styles.label}>{row.label}</span>}
                onChange={(event) => props.onChange(changed(props.chosen, [row.id], event.currentTarget.checked))}
              />
              {row.detail !== undefined && <span className={styles.detail}>{row.detail}</span>}
            </div>
          );
        })}
      </div>
    </div>
  );
}

/** Picks many from a long list: search on the server, all of what is shown at once, a count of what is chosen. */
export function PickList(props: Props) {
  const { rows, total, chosen } = props;
  const t = useText();
  const [typed, setTyped] = useState('');
  const send = useDebouncedCallback(props.onSearch, 200);
  const shown = rows ?? [];
  const isAll = shown.length > 0 && shown.every((row) => chosen.has(row.id));
  const ids = shown.map((row) => row.id);
  return (
    <div className={styles.list}>
      <div className={styles.head}>
        <TextInput
          type="search"
          className={styles.search ?? ''}
          aria-label={t('ui.filter.search')}
          placeholder={t('ui.filter.search')}
          leftSection={<IconSearch size={16} stroke={1.75} aria-hidden="true" />}
          value={typed}
          onChange={(event) => {
            setTyped(event.currentTarget.value);
            send(event.currentTarget.value.trim());
          }}
        />
        <span className={styles.count}>{t('ui.pick.chosen', { count: chosen.size })}</span>
        {props.isReadOnly !== true && shown.length > 0 && (
          <ActionButton
            size="xs"
            label={t(isAll ? 'ui.pick.none' : 'ui.pick.all', { count: shown.length })}
            onClick={() => props.onChange(changed(chosen, ids, !isAll))}
          />
        )}
      </div>
      {props.problem !== null && <ErrorNotice problem={props.problem} isLastShown={rows !== undefined} />}
      {rows === undefined && props.problem === null && <SkeletonRows rows={6} />}
      {rows !== undefined && rows.length === 0 && <div className={styles.empty}>{props.empty}</div>}
      {shown.length > 0 && <Rows rows={shown} props={props} />}
      {total !== undefined && total > shown.length && shown.length > 0 && (
        <p className={styles.more}>{t('ui.pick.tooMany', { shown: shown.length, total })}</p>
      )}
    </div>
  );
}
