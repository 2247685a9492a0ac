import {
  getAssetRequestForms,
  type ObjectAsset,
  previewAssetRequest,
  requestAsset,
  type RequestAssetBody,
  type TargetRequestForm,
} from '@stoa/contract/asset';
import { searchAssetColumns } from '@stoa/contract/asset-list';
import { call, type CallOptions } from '../../lib/api.ts';
import type { ColumnsPage, ColumnsQuery, PreviewBody, RequestTarget } from '../access-requests/request-target.ts';

async function readForms(id: string, options: CallOptions): Promise<readonly TargetRequestForm[]> {
  const { dataAccessForm, maskingExceptionForm } = await call(getAssetRequestForms, { params: { id } }, options);
  return maskingExceptionForm === undefined ? [dataAccessForm] : [dataAccessForm, maskingExceptionForm];
}

/** The columns of a table as those of a product are shown: by their data source. */
async function readColumns(asset: ObjectAsset, query: ColumnsQuery, options: CallOptions): Promise<ColumnsPage> {
  const { data, meta } = await call(searchAssetColumns, { params: { id: asset.id }, query }, options);
  const sourceId = String(asset.metadata.dataSourceId ?? '');
  const columns = data.map(({ name, nativeType, comment }) => ({
    name,
    type: nativeType,
    comment,
    sourceId,
    sourceName: '',
    tags: [],
  }));
  return { data: columns, meta };
}

/** The body of what is asked for an asset, by whether it is about columns. */
function assetBodyOf({ columns, ...body }: PreviewBody): RequestAssetBody {
  return columns === undefined
    ? { requestType: 'DATA_ACCESS', ...body }
    : { requestType: 'MASKING_EXCEPTION', ...body, columns };
}

/** An asset as something to ask for. */
export function assetTarget(asset: ObjectAsset): RequestTarget {
  const params = { id: asset.id };
  return {
    type: 'DATA_OBJECT',
    id: asset.id,
    name: asset.name,
    accessState: asset.accessState,
    requestId: asset.requestId,
    medianDecisionHours: undefined,
    formsPath: getAssetRequestForms.path,
    readForms: (options) => readForms(asset.id, options),
    preview: (body, options) => call(previewAssetRequest, { params, body: assetBodyOf(body) }, options),
    ask: (body, options) => call(requestAsset, { params, body: { requestType: 'DATA_ACCESS', ...body } }, options),
    columnsPath: searchAssetColumns.path,
    readColumns: (query, options) => readColumns(asset, query, options),
    askForColumns: (body, options) =>
      call(requestAsset, { params, body: { requestType: 'MASKING_EXCEPTION', ...body } }, options),
  };
}
