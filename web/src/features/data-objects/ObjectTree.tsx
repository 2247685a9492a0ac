import { IconChevronDown, IconChevronRight } from '@tabler/icons-react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { PlatformGlyph } from '../../ui/PlatformGlyph.tsx';
import { findByPrefix, isMove, keyOfRow, stepOf, type TreeRow } from './object-rows.ts';
import { useKindText } from '../../ui/kind-text.ts';
import { ObjectState } from './ObjectState.tsx';
import styles from './Objects.module.css';
import type { useObjectTree } from './use-object-tree.ts';

const rowHeight = 36;
const typingPauseMs = 600;

type Tree = ReturnType<typeof useObjectTree>;
type NodeRow = Extract<TreeRow, { type: 'node' }>;

function NodeCells({ row, onToggle }: { row: NodeRow; onToggle: () => void }) {
  const kindText = useKindText();
  const { node } = row;
  const Chevron = row.isExpanded ? IconChevronDown : IconChevronRight;
  return (
    <>
      <div role="gridcell" className={styles.name} style={{ paddingInlineStart: 8 + (row.level - 1) * 18 }}>
        {row.isExpandable ? (
          <span
            className={styles.toggle}
            aria-hidden="true"
            onClick={(event) => {
              event.stopPropagation();
              onToggle();
            }}
          >
            <Chevron size={16} stroke={1.75} />
          </span>
        ) : (
          <span className={styles.noToggle} />
        )}
        {node.kind === 'connection' && <PlatformGlyph technology={node.technology} />}
        <span className={styles.nameText}>{node.name}</span>
      </div>
      <div role="gridcell" className={styles.kind}>
        {kindText(node.kind === 'connection' ? 'connection' : node.object.objectType)}
      </div>
      <div role="gridcell" className={styles.stateCell}>
        {node.kind === 'object' && <ObjectState object={node.object} />}
      </div>
    </>
  );
}

function NoteCells({ row, tree }: { row: Exclude<TreeRow, NodeRow>; tree: Tree }) {
  const t = useText();
  const { type, of } = row;
  const more = useRef(tree.loadMore);
  useEffect(() => {
    more.current = tree.loadMore;
  });
  // Coming into view is the wish for the next page.
  useEffect(() => {
    if (type === 'more') more.current(of);
  });
  return (
    <div
      role="gridcell"
      aria-busy={type === 'loading' || undefined}
      className={styles.note}
      style={{ paddingInlineStart: 32 + (row.level - 1) * 18 }}
    >
      {t(`objects.${type}`)}
      {type === 'failed' && (
        <button type="button" className={styles.retry} tabIndex={-1} onClick={() => tree.retry(of)}>
          {t('objects.retry')}
        </button>
      )}
    </div>
  );
}

/** The active row, moved by the keys of a treegrid and by the first letters of names. */
function useTreeKeys(tree: Tree, onOpen: (id: string) => void) {
  const { rows } = tree;
  const [activeKey, setActiveKey] = useState<string>();
  const typed = useRef({ text: '', at: 0 });
  const found = rows.findIndex((row) => keyOfRow(row) === activeKey);
  const active = found === -1 ? 0 : found;
  const goTo = (at: number) => {
    const row = rows[at];
    if (row !== undefined) setActiveKey(keyOfRow(row));
  };
  const toggle = (row: NodeRow) => (row.isExpanded ? tree.collapse(row.node.key) : tree.expand(row.node));
  const choose = (row: TreeRow | undefined) => {
    if (row === undefined) return;
    if (row.type === 'failed') tree.retry(row.of);
    if (row.type !== 'node') return;
    if (row.node.kind === 'object') onOpen(row.node.object.id);
    else toggle(row);
  };
  const typeahead = (event: KeyboardEvent) => {
    const isNew = event.timeStamp - typed.current.at > typingPauseMs;
    const text = (isNew ? '' : typed.current.text) + event.key;
    typed.current = { text, at: event.timeStamp };
    goTo(findByPrefix(rows, isNew ? active + 1 : active, text));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const row = rows[active];
    if (isMove(event.key)) {
      const step = stepOf(rows, active, event.key);
      if (step.goTo !== undefined) goTo(step.goTo);
      if (row?.type === 'node' && (step.open ?? step.close) !== undefined) toggle(row);
    } else if (event.key === 'Enter' || event.key === ' ') choose(row);
    else if (event.key.length === 1) typeahead(event);
    else return;
    event.preventDefault();
  };
  return { active, goTo, toggle, choose, onKeyDown };
}

/** The tree as an ARIA treegrid: one row is a tab stop, the arrows move, only what is in view is drawn. */
export function ObjectTree(props: {
  readonly tree: Tree;
  readonly selected: string | undefined;
  readonly onOpen: (id: string) => void;
}) {
  const { tree, selected } = props;
  const t = useText();
  const frame = useRef<HTMLDivElement>(null);
  const keys = useTreeKeys(tree, props.onOpen);
  const { rows } = tree;
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => frame.current,
    estimateSize: () => rowHeight,
    overscan: 15,
  });
  const scrollTo = useRef(virtual.scrollToIndex);
  useEffect(() => {
    scrollTo.current = virtual.scrollToIndex;
  });
  const hasFocus = useRef(false);
  useEffect(() => {
    if (!hasFocus.current) return;
    scrollTo.current(keys.active, { align: 'auto' });
    // The row may be drawn only after the scroll.
    const frameId = requestAnimationFrame(() => {
      frame.current?.querySelector<HTMLElement>('[role="row"][tabindex="0"]')?.focus({ preventScroll: true });
    });
    return () => cancelAnimationFrame(frameId);
  }, [keys.active]);
  return (
    <div
      role="treegrid"
      aria-label={t('objects.tree')}
      aria-rowcount={rows.length + 1}
      aria-colcount={3}
      className={styles.tree}
      onKeyDown={keys.onKeyDown}
      onFocus={() => {
        hasFocus.current = true;
      }}
      onBlur={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) hasFocus.current = false;
      }}
    >
      <div role="rowgroup">
        <div role="row" aria-rowindex={1} className={styles.headRow}>
          {(['name', 'kind', 'state'] as const).map((column) => (
            <div key={column} role="columnheader" className={styles.headCell}>
              {t(`objects.column.${column}`)}
            </div>
          ))}
        </div>
      </div>
      <div ref={frame} className={styles.scroll} role="presentation">
        <div role="rowgroup" style={{ blockSize: virtual.getTotalSize(), position: 'relative' }}>
          {virtual.getVirtualItems().map((item) => {
            const row = rows[item.index];
            if (row === undefined) return null;
            const isNode = row.type === 'node';
            return (
              <div
                key={keyOfRow(row)}
                role="row"
                aria-level={row.level}
                aria-rowindex={item.index + 2}
                {...(isNode ? { 'aria-posinset': row.place, 'aria-setsize': row.setSize } : {})}
                {...(isNode && row.isExpandable ? { 'aria-expanded': row.isExpanded } : {})}
                {...(isNode ? { 'aria-selected': row.node.key === selected } : {})}
                tabIndex={item.index === keys.active ? 0 : -1}
                className={styles.row}
                data-note={!isNode || undefined}
                style={{ blockSize: item.size, transform: `translateY(${item.start}px)` }}
                onClick={() => {
                  keys.goTo(item.index);
                  keys.choose(row);
                }}
              >
                {isNode ? (
                  <NodeCells row={row} onToggle={() => keys.toggle(row)} />
                ) : (
                  <NoteCells row={row} tree={tree} />
                )}
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}
