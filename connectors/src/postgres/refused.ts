import type { Statement } from '../connector.ts';
import { classify } from './errors.ts';
import { NameRefused } from './identifiers.ts';

type Written = Omit<Statement, 'step' | 'halves'>;

/** What is written, or the failure of what cannot be: one name that no statement may hold stops nothing else of a plan. */
export function unlessRefused(write: () => Written): Written {
  try {
    return write();
  } catch (error) {
    if (!(error instanceof NameRefused)) throw error;
    const refused = classify(error);
    return { sql: `-- Not sent: ${refused.message}`, guard: '', locks: [], refused };
  }
}

/** Those whose names are refused in a part of their own, behind the others. */
export const apart = <T>(list: readonly T[], isRefused: (row: T) => boolean): T[][] =>
  [list.filter((row) => !isRefused(row)), list.filter(isRefused)].filter((part) => part.length > 0);
