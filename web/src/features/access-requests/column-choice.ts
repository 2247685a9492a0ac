import type { ProductColumn } from '@stoa/contract/data-product';
import type { AccessStatus } from '@stoa/contract/enums';

/** What a column is called among the chosen ones. */
export const keyOfColumn = ({ sourceId, name }: Pick<ProductColumn, 'sourceId' | 'name'>): string =>
  `${sourceId}/${name}`;

/** The mask of a column in words; none where everybody with access sees it in clear. */
export const maskOf = (column: ProductColumn): string | undefined =>
  column.globalPolicyInfo?.maskingType ?? column.localPolicyInfo?.maskingType;

/** Whether a column can be asked for: it has a mask, and is neither asked for nor seen in clear already. */
export const pickableOf = (column: ProductColumn, status: AccessStatus | undefined): boolean =>
  maskOf(column) !== undefined && status !== 'PENDING' && status !== 'APPROVED';
