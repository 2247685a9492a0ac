import { isAtOrBelow } from '../condition/tag-path.ts';
import type { GovernedSource, SourceColumn } from './model.ts';

/** Whether a column has a tag, or one below it. */
export const hasTag = (column: SourceColumn, tag: string): boolean => {
  const wanted = tag.normalize('NFC');
  return [...column.tags].some((held) => isAtOrBelow(held, wanted));
};

/** The columns with a tag, or with one below it. */
export const columnsTagged = (source: GovernedSource, tag: string): readonly SourceColumn[] =>
  source.columns.filter((column) => hasTag(column, tag));
