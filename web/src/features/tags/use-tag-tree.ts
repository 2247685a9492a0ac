import { listTags, type Tag } from '@stoa/contract/tag';
import { useState } from 'react';
import { useOperation } from '../../lib/api.ts';
import { type TagRow, tagRows } from './tag-rows.ts';

const belowAtOnce = 1_000;

/** Which tags are open, and the rows that show for these roots. What is below all that are open is one question. */
export function useTagTree(roots: readonly Tag[]): { rows: readonly TagRow[]; toggle: (id: number) => void } {
  const [open, setOpen] = useState<readonly number[]>([]);
  const below = useOperation(
    listTags,
    { query: { parentId: [...open], limit: belowAtOnce } },
    { keepPrevious: true, enabled: open.length > 0 },
  );
  const toggle = (id: number) =>
    setOpen((before) => (before.includes(id) ? before.filter((one) => one !== id) : [...before, id]));
  const known = below.data?.data ?? [];
  const rows = tagRows(roots, ({ id, childCount }) => {
    if (!open.includes(id)) return undefined;
    const children = known.filter((one) => one.parentId === id);
    const isLoading = children.length === 0 && (below.isPending || below.isPlaceholderData);
    return { children, total: childCount, isLoading, hasFailed: children.length === 0 && below.isError };
  });
  return { rows, toggle };
}
