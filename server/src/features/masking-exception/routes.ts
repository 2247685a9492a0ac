import { getApprovedMaskingExceptionColumns, requestMaskingException } from '@stoa/contract/access-request';
import { searchAccessRequestMaskingExceptionColumns } from '@stoa/contract/assist';
import { previewMaskingExceptionColumns } from '@stoa/contract/masking-exception-column';
import { type Route, route } from '../../http/route.ts';
import { loadRequestFor } from '../access-request/load-viewer.ts';
import type { RequestInput } from '../access-request/prepare-request.ts';
import { presentRequest } from '../access-request/present-request.ts';
import { submitAccessRequest } from '../access-request/submit.ts';
import { listApprovedColumns, listRequestColumns } from './list-columns.ts';
import { previewColumns } from './preview-columns.ts';

/** Asking to see masked columns in clear, and what was asked for. */
export const maskingExceptionRoutes: readonly Route[] = [
  route(requestMaskingException)(async ({ deps, actor, params, body, call }) => {
    const input: RequestInput = {
      actorId: actor.globalUserId,
      target: { type: 'DATA_PRODUCT', id: params.id },
      type: 'MASKING_EXCEPTION',
      beneficiaryId: body.user,
      form: body.form,
      columns: body.columns,
      ...(body.replaces === undefined ? {} : { replaces: body.replaces }),
    };
    const made = await submitAccessRequest(deps, input, call);
    return { status: 201, body: presentRequest(made.request, made) };
  }),
  route(getApprovedMaskingExceptionColumns)(async ({ deps, actor, query }) => ({
    status: 200,
    body: await listApprovedColumns(deps.db, actor, query.userId),
  })),
  route(searchAccessRequestMaskingExceptionColumns)(async ({ deps, actor, params, query }) => {
    await loadRequestFor(deps.db, params.id, { actor, action: 'access-request.read' });
    return { status: 200, body: await listRequestColumns(deps.db, params.id, query) };
  }),
  route(previewMaskingExceptionColumns)(async ({ deps, actor, body }) => {
    const columns = body.columns.map(({ sourceId, name }) => ({ sourceId, columnName: name }));
    const statuses = await previewColumns(deps.db, actor, { globalUserId: body.requesteeGlobalUserId, columns });
    return { status: 200, body: { statuses } };
  }),
];
