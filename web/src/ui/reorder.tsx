import { ActionIcon } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconGripVertical } from '@tabler/icons-react';
import { type DragEvent, type KeyboardEvent, useRef, useState } from 'react';
import { useText } from '../app/messages/use-text.tsx';
import { useAnnounce } from './LiveRegion.tsx';
import styles from './reorder.module.css';

type Move = (from: number, to: number) => void;

/** What a row of an ordered list spreads on its element. */
export type RowProps = {
  readonly onKeyDown: (event: KeyboardEvent) => void;
  readonly onDragOver: (event: DragEvent) => void;
  readonly onDrop: (event: DragEvent) => void;
  readonly 'data-drop': 'before' | 'after' | undefined;
};
/** What the handles of a row need; give it to `MoveHandles`. */
export type Handles = {
  readonly at: number;
  readonly count: number;
  readonly move: (by: 1 | -1) => void;
  readonly onDragStart: (event: DragEvent) => void;
  readonly onDragEnd: () => void;
};

/** Keys for rows that have no id: they follow a row when it moves, so that focus and what is open stay with it. */
function useRowKeys(count: number) {
  const last = useRef(count);
  const [keys, setKeys] = useState(() => Array.from({ length: count }, (_, at) => at));
  const more = Array.from({ length: Math.max(0, count - keys.length) }, (_, at) => last.current + at);
  const fitting = keys.length === count ? keys : [...keys, ...more].slice(0, count);
  if (fitting !== keys) {
    last.current += more.length;
    setKeys(fitting);
  }
  return [fitting, setKeys] as const;
}

function permuted(keys: readonly number[], from: number, to: number): number[] {
  const rest = keys.filter((_, at) => at !== from);
  return [...rest.slice(0, to), keys[from] ?? -1, ...rest.slice(to)];
}

/**
 * An ordered list that is arranged by dragging, by buttons and by Alt with an arrow. The list itself stays with the
 * caller, who says with `forget` which row is about to go; `label` names a row where its new place is said aloud.
 */
export function useReorder(count: number, onMove: Move, label: (at: number) => string) {
  const t = useText();
  const [keys, setKeys] = useRowKeys(count);
  const announce = useAnnounce();
  const dragged = useRef<number | undefined>(undefined);
  const [over, setOver] = useState<number | undefined>(undefined);
  const moveTo: Move = (from, to) => {
    if (to < 0 || to >= count || to === from) return;
    onMove(from, to);
    setKeys(permuted(keys, from, to));
    announce(t('ui.reorder.moved', { name: label(from), place: to + 1, count }));
  };
  const end = () => {
    dragged.current = undefined;
    setOver(undefined);
  };
  const row = (at: number): RowProps => ({
    onKeyDown: (event) => {
      if (!event.altKey || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown')) return;
      event.preventDefault();
      // Of lists inside lists the innermost moves.
      event.stopPropagation();
      moveTo(at, event.key === 'ArrowUp' ? at - 1 : at + 1);
    },
    onDragOver: (event) => {
      if (dragged.current === undefined) return;
      event.preventDefault();
      event.stopPropagation();
      if (over !== at) setOver(at);
    },
    onDrop: (event) => {
      if (dragged.current === undefined) return;
      event.preventDefault();
      event.stopPropagation();
      moveTo(dragged.current, at);
      end();
    },
    'data-drop':
      over !== at || dragged.current === undefined || dragged.current === at
        ? undefined
        : dragged.current < at
          ? 'after'
          : 'before',
  });
  const handles = (at: number): Handles => ({
    at,
    count,
    move: (by) => moveTo(at, at + by),
    onDragStart: (event) => {
      dragged.current = at;
      event.stopPropagation();
      event.dataTransfer.effectAllowed = 'move';
      // Without data some browsers do not begin to drag.
      event.dataTransfer.setData('text/plain', label(at));
    },
    onDragEnd: end,
  });
  const forget = (at: number) => setKeys(keys.filter((_, place) => place !== at));
  return { row, handles, keys, forget };
}

/** A grip to drag by, and two buttons that do the same. */
export function MoveHandles({ handles, name }: { handles: Handles; name: string }) {
  const t = useText();
  const { at, count, move } = handles;
  const isFirst = at === 0;
  const isLast = at === count - 1;
  return (
    <span className={styles.handles}>
      <span
        className={styles.grip}
        draggable
        aria-hidden="true"
        onDragStart={handles.onDragStart}
        onDragEnd={handles.onDragEnd}
      >
        <IconGripVertical size={16} stroke={1.75} />
      </span>
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label={t('ui.reorder.up', { name })}
        aria-disabled={isFirst || undefined}
        onClick={() => move(-1)}
      >
        <IconArrowUp size={16} stroke={1.75} aria-hidden="true" />
      </ActionIcon>
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label={t('ui.reorder.down', { name })}
        aria-disabled={isLast || undefined}
        onClick={() => move(1)}
      >
        <IconArrowDown size={16} stroke={1.75} aria-hidden="true" />
      </ActionIcon>
    </span>
  );
}
