import type { ProductColumn } from '@stoa/contract/data-product';
import type { AccessStatus } from '@stoa/contract/enums';

/** As many as one request may hold; the server shows and takes no more at once. */
export const mostColumns = 500;

/** What a column is called among the chosen ones. */
export const keyOfColumn = ({ sourceId, name }: Pick<ProductColumn, 'sourceId' | 'name'>): string =>
  `${sourceId}/${name}`;

/** The mask of a column in words; none where everybody with access sees it in clear. */
export const maskOf = (column: ProductColumn): string | undefined =>
  column.globalPolicyInfo?.maskingType ?? column.localPolicyInfo?.maskingType;

/** Whether a column can be asked for: it has a mask, and is neither asked for nor seen in clear already. */
export const pickableOf = (column: ProductColumn, status: AccessStatus | undefined): boolean =>
  maskOf(column) !== undefined && status !== 'PENDING' && status !== 'APPROVED';

/** The chosen ones that are not among all those that there are: renamed, dropped or without a mask by now. */
export function goneOf(chosen: readonly string[], all: readonly ProductColumn[]): readonly string[] {
  const there = new Set(all.map(keyOfColumn));
  return chosen.filter((key) => !there.has(key));
}

/** Columns by the table that they are of, in the order in which they come. */
export function byTable(
  columns: readonly ProductColumn[],
): readonly { readonly sourceId: string; readonly name: string; readonly columns: readonly ProductColumn[] }[] {
  const tables = new Map<string, ProductColumn[]>();
  for (const column of columns) tables.set(column.sourceId, [...(tables.get(column.sourceId) ?? []), column]);
  return [...tables].map(([sourceId, of]) => ({ sourceId, name: of[0]?.sourceName ?? '', columns: of }));
}
