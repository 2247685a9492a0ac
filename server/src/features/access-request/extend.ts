import { requestedColumns } from '@stoa/contract/access-request';
import type { FormInput } from '@stoa/contract/access-request';
import { checkExtension } from '@stoa/core/review/extend';
import { transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { notFound } from '../../http/refusal.ts';
import type { Call } from '../../http/route.ts';
import { loadPerson } from '../user/load-people.ts';
import type { LoadedRequest } from './load-requests.ts';
import type { TargetRef } from './load-target.ts';
import { loadRequestFor } from './load-viewer.ts';
import { refusalOf } from './refusal-of.ts';
import { submitInTransaction, type SubmittedRequest } from './submit.ts';

type ExtendCall = { requestId: string; actorId: string; form: FormInput | undefined; call: Call };

/**
 * Asks for the same again, for the same person, with the earlier answers where no others are given. It is a request of its
 * own under the form of today: approved in time, access runs on without a gap; else the old end stands.
 */
export async function extendAccess(
  deps: Deps,
  { requestId, actorId, form, call }: ExtendCall,
): Promise<SubmittedRequest> {
  return transact(deps, async (tx, after) => {
    const actor = await loadPerson(tx, actorId);
    if (actor === undefined) throw notFound('account');
    const { request } = await loadRequestFor(tx, requestId, { actor, action: 'access-request.extend' });
    const extension = checkExtension({
      status: request.status,
      expiration: request.expiration?.getTime() ?? null,
      now: request.now.getTime(),
    });
    if (!extension.ok) throw refusalOf(extension);
    const input = {
      actorId,
      target: targetOf(request),
      type: request.type,
      beneficiaryId: request.beneficiary.globalUserId,
      form,
      earlier: { id: requestId, kind: extension.kind, answers: request.form.answers },
      columns: columnsOf(request.metadata),
    };
    return submitInTransaction({ deps, tx, after }, input, call);
  });
}

const columnsOf = (metadata: LoadedRequest['metadata']) => requestedColumns.safeParse(metadata['columns']).data ?? [];

const targetOf = ({ data_product_id: productId, target_id: id }: LoadedRequest): TargetRef =>
  productId === null ? { type: 'ASSET', id } : { type: 'DATA_PRODUCT', id };
