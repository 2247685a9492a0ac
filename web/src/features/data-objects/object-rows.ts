import type { DataObject } from '@stoa/contract/data-object';
import type { Technology } from '@stoa/contract/enums';

export type Node =
  | { readonly kind: 'connection'; readonly key: string; readonly name: string; readonly technology: Technology }
  | { readonly kind: 'object'; readonly key: string; readonly name: string; readonly object: DataObject };

/** What is known of the children of a node. */
export type Branch = {
  readonly children: readonly Node[];
  readonly hasMore: boolean;
  readonly isLoading: boolean;
  readonly hasFailed: boolean;
};

export type TreeRow =
  | {
      readonly type: 'node';
      readonly node: Node;
      readonly parent: string | undefined;
      readonly level: number;
      readonly place: number;
      readonly setSize: number;
      readonly isExpandable: boolean;
      readonly isExpanded: boolean;
    }
  | {
      readonly type: 'loading' | 'more' | 'failed' | 'none';
      readonly of: string;
      readonly parent: string;
      readonly level: number;
    };

type Shape = {
  readonly roots: readonly Node[];
  readonly isExpanded: (key: string) => boolean;
  readonly branchOf: (key: string) => Branch | undefined;
};

const isExpandable = (node: Node): boolean => node.kind === 'connection' || node.object.childCount > 0;

/** The rows that show: each node, below an open one its children, and what is still on its way. */
export function rowsOf({ roots, isExpanded, branchOf }: Shape): readonly TreeRow[] {
  const rows: TreeRow[] = [];
  const visit = (nodes: readonly Node[], parent: string | undefined, level: number) => {
    nodes.forEach((node, at) => {
      const isOpen = isExpandable(node) && isExpanded(node.key);
      rows.push({
        type: 'node',
        node,
        parent,
        level,
        place: at + 1,
        setSize: nodes.length,
        isExpandable: isExpandable(node),
        isExpanded: isOpen,
      });
      if (!isOpen) return;
      const branch = branchOf(node.key);
      const note = (type: 'loading' | 'more' | 'failed' | 'none') =>
        rows.push({ type, of: node.key, parent: node.key, level: level + 1 });
      visit(branch?.children ?? [], node.key, level + 1);
      if (branch?.hasFailed === true) note('failed');
      else if (branch === undefined || (branch.isLoading && branch.children.length === 0)) note('loading');
      else if (branch.hasMore) note('more');
      else if (branch.children.length === 0) note('none');
    });
  };
  visit(roots, undefined, 1);
  return rows;
}

export const keyOfRow = (row: TreeRow): string => (row.type === 'node' ? row.node.key : `${row.type} ${row.of}`);

export type Move = 'ArrowUp' | 'ArrowDown' | 'ArrowLeft' | 'ArrowRight' | 'Home' | 'End';
export const isMove = (key: string): key is Move =>
  ['ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight', 'Home', 'End'].includes(key);

export type Step = { readonly goTo?: number; readonly open?: string; readonly close?: string };

/** What a key does in a treegrid: right opens, then enters; left closes, then goes up to the parent. */
export function stepOf(rows: readonly TreeRow[], at: number, move: Move): Step {
  const row = rows[at];
  const last = rows.length - 1;
  switch (move) {
    case 'ArrowUp':
      return { goTo: Math.max(0, at - 1) };
    case 'ArrowDown':
      return { goTo: Math.min(last, at + 1) };
    case 'Home':
      return { goTo: 0 };
    case 'End':
      return { goTo: last };
    case 'ArrowRight':
      if (row?.type !== 'node' || !row.isExpandable) return {};
      return row.isExpanded ? { goTo: Math.min(last, at + 1) } : { open: row.node.key };
    case 'ArrowLeft': {
      if (row?.type === 'node' && row.isExpanded) return { close: row.node.key };
      const parent = rows.findIndex((one) => one.type === 'node' && one.node.key === row?.parent);
      return parent === -1 ? {} : { goTo: parent };
    }
  }
}

/** The next row from here on, around the end, whose name starts with what was typed. */
export function findByPrefix(rows: readonly TreeRow[], from: number, prefix: string): number {
  const wanted = prefix.toLocaleLowerCase();
  const matches = (at: number) => {
    const row = rows[at];
    return row?.type === 'node' && row.node.name.toLocaleLowerCase().startsWith(wanted);
  };
  for (let step = 0; step < rows.length; step++) {
    const at = (from + step) % rows.length;
    if (matches(at)) return at;
  }
  return -1;
}
