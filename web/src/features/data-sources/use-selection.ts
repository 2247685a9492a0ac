import type { TagTargets } from '@stoa/contract/tag';
import { useState } from 'react';

/** So many things may be changed in one call. */
export const mostAtOnce = 1_000;

export type Selection = {
  readonly ids: ReadonlySet<number>;
  /** Not single ones but all that the search finds. */
  readonly isAll: boolean;
  readonly count: number;
  readonly has: (id: number) => boolean;
  readonly toggle: (id: number) => void;
  readonly add: (ids: readonly number[]) => void;
  readonly chooseAll: () => void;
  readonly clear: () => void;
  readonly targets: TagTargets;
};

type Filter = NonNullable<TagTargets['filter']>;

/** What is chosen of a list: single rows, kept from page to page, or all that is found. Another search ends the latter. */
export function useSelection(filter: Filter, total: number): Selection {
  const [ids, setIds] = useState<ReadonlySet<number>>(new Set());
  const [allOf, setAllOf] = useState<string>();
  const key = JSON.stringify(filter);
  const isAll = allOf === key;
  return {
    ids,
    isAll,
    count: isAll ? total : ids.size,
    has: (id) => isAll || ids.has(id),
    toggle: (id) => {
      setAllOf(undefined);
      setIds((before) => {
        const after = new Set(before);
        if (!after.delete(id)) after.add(id);
        return after;
      });
    },
    add: (more) => setIds((before) => new Set([...before, ...more])),
    chooseAll: () => setAllOf(key),
    clear: () => {
      setAllOf(undefined);
      setIds(new Set());
    },
    targets: isAll ? { filter } : { dataSourceIds: [...ids] },
  };
}
