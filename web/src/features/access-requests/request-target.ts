import {
  type AccessRequest,
  type AccessRequestPreview,
  previewAccessRequest,
  type PreviewAccessRequestBody,
  requestAccess,
  requestMaskingException,
  type CreateMaskingExceptionRequestBody,
} from '@stoa/contract/access-request';
import { getDataProductRequestForms, type TargetRequestForm } from '@stoa/contract/asset';
import type { AccessState, DataProduct, ProductColumn } from '@stoa/contract/data-product';
import { searchDataProductColumns } from '@stoa/contract/data-product-use';
import { call, type CallOptions } from '../../lib/api.ts';
import type { RequestBody } from './request-draft.ts';

export type ColumnsBody = CreateMaskingExceptionRequestBody;

/** What would be asked; the columns, where they are to be seen in clear. */
export type PreviewBody = RequestBody & ({ readonly columns?: undefined } | Pick<ColumnsBody, 'columns'>);

export type ColumnsQuery = { readonly maskedOnly: boolean; readonly limit: number; readonly searchText?: string };
export type ColumnsPage = {
  readonly data: readonly ProductColumn[];
  readonly meta: { readonly totalCount: number };
};

/**
 * What is asked for, as the request page needs it. A kind of target is plugged in by a function that answers one of these;
 * the page itself knows neither products nor assets.
 */
export type RequestTarget = {
  readonly type: 'DATA_PRODUCT' | 'DATA_OBJECT';
  readonly id: string;
  readonly name: string;
  /** What the reader has of it, and the request that says so. */
  readonly accessState: AccessState | undefined;
  readonly requestId: string | undefined;
  readonly medianDecisionHours: number | null | undefined;
  /** Where live events find the form: the path of the operation that reads it. */
  readonly formsPath: string;
  readonly readForms: (options: CallOptions) => Promise<readonly TargetRequestForm[]>;
  /** Undefined where what would happen cannot be told. */
  readonly preview: ((body: PreviewBody, options: CallOptions) => Promise<AccessRequestPreview>) | undefined;
  readonly ask: (body: RequestBody, options: CallOptions) => Promise<AccessRequest>;
  /** The columns to choose from, where they are to be seen in clear. */
  readonly columnsPath: string;
  readonly readColumns: (query: ColumnsQuery, options: CallOptions) => Promise<ColumnsPage>;
  readonly askForColumns: (body: ColumnsBody, options: CallOptions) => Promise<AccessRequest>;
};

const typed = (body: PreviewBody): PreviewAccessRequestBody =>
  body.columns === undefined ? body : { ...body, type: 'MASKING_EXCEPTION' };

/** A data product as something to ask for. */
export function productTarget(product: DataProduct): RequestTarget {
  const params = { id: product.id };
  return {
    type: 'DATA_PRODUCT',
    id: product.id,
    name: product.name,
    accessState: product.accessState,
    requestId: product.requestId,
    medianDecisionHours: product.medianDecisionHours,
    formsPath: getDataProductRequestForms.path,
    readForms: (options) => call(getDataProductRequestForms, { params }, options),
    preview: (body, options) => call(previewAccessRequest, { params, body: typed(body) }, options),
    ask: (body, options) => call(requestAccess, { params, body }, options),
    columnsPath: searchDataProductColumns.path,
    readColumns: (query, options) => call(searchDataProductColumns, { params, query }, options),
    askForColumns: (body, options) => call(requestMaskingException, { params, body }, options),
  };
}
