import { Checkbox } from '@mantine/core';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useRef } from 'react';
import styles from './PickList.module.css';
import { changedChoice, type PickRow } from './pick-rows.ts';

type Props = {
  readonly label: string;
  readonly rows: readonly PickRow[];
  readonly chosen: ReadonlySet<string>;
  readonly onChange: (chosen: ReadonlySet<string>) => void;
  readonly isReadOnly: boolean;
};

const rowHeight = 36;

/** The rows of a list to pick from; of a long one only those in view. */
export function PickRows(props: Props) {
  const { rows } = props;
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
              // Long names wrap where there is little room.
              ref={virtual.measureElement}
              data-index={item.index}
              className={styles.row}
              style={{ minBlockSize: rowHeight, transform: `translateY(${item.start}px)` }}
            >
              <Checkbox
                size="sm"
                className={styles.box ?? ''}
                checked={props.chosen.has(row.id)}
                disabled={props.isReadOnly}
                label={<span className={styles.label}>{row.label}</span>}
                onChange={(event) => props.onChange(changedChoice(props.chosen, [row.id], event.currentTarget.checked))}
              />
              {row.detail !== undefined && <span className={styles.detail}>{row.detail}</span>}
            </div>
          );
        })}
      </div>
    </div>
  );
}
