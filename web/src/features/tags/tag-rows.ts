import type { Tag } from '@stoa/contract/tag';

/** What is known of the tags below one. */
export type Branch = {
  readonly children: readonly Tag[];
  readonly total: number;
  readonly isLoading: boolean;
  readonly hasFailed: boolean;
};

export type TagRow =
  | { readonly type: 'tag'; readonly tag: Tag; readonly level: number; readonly isOpen: boolean }
  | { readonly type: 'loading' | 'failed'; readonly of: number; readonly level: number }
  | { readonly type: 'more'; readonly of: number; readonly level: number; readonly count: number };

/** The rows that show: each tag, below an open one those under it, and what is still on its way. */
export function tagRows(roots: readonly Tag[], branchOf: (tag: Tag) => Branch | undefined): readonly TagRow[] {
  const rows: TagRow[] = [];
  const visit = (tags: readonly Tag[], level: number) => {
    for (const tag of tags) {
      const branch = tag.childCount > 0 ? branchOf(tag) : undefined;
      rows.push({ type: 'tag', tag, level, isOpen: branch !== undefined });
      if (branch === undefined) continue;
      visit(branch.children, level + 1);
      const left = branch.total - branch.children.length;
      if (branch.hasFailed) rows.push({ type: 'failed', of: tag.id, level: level + 1 });
      else if (branch.isLoading && branch.children.length === 0)
        rows.push({ type: 'loading', of: tag.id, level: level + 1 });
      else if (left > 0) rows.push({ type: 'more', of: tag.id, level: level + 1, count: left });
    }
  };
  visit(roots, 0);
  return rows;
}

export const keyOfTagRow = (row: TagRow): string => (row.type === 'tag' ? String(row.tag.id) : `${row.type} ${row.of}`);
