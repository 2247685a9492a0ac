import type { ReactNode } from 'react';

export type PickRow = { readonly id: string; readonly label: string; readonly detail?: ReactNode };

/** The choice with some rows put in or taken out. */
export function changedChoice(chosen: ReadonlySet<string>, ids: readonly string[], isOn: boolean): ReadonlySet<string> {
  const next = new Set(chosen);
  for (const id of ids) {
    if (isOn) next.add(id);
    else next.delete(id);
  }
  return next;
}
