import { appendAudit } from '../../audit/append.ts';
import { userActor } from '../../audit/user-actor.ts';
import { transact } from '../../db/transact.ts';
import type { Tx } from '../../db/pool.ts';
import type { Deps } from '../../deps.ts';
import { notFound } from '../../http/refusal.ts';
import type { Call } from '../../http/route.ts';
import type { LoadedPerson } from '../user/load-people.ts';
import { revokeToken } from './queries.ts';

type Owner = Pick<LoadedPerson, 'globalUserId' | 'name'>;
type Ending = {
  readonly id: string;
  readonly actor: LoadedPerson;
  readonly call: Call;
  /** Whose token it is, once the actor may end it. */
  readonly ownerOf: (tx: Tx) => Promise<Owner>;
};

/** Tokens are looked at with each call, so one is dead on every replica with the commit. */
export async function endToken(deps: Deps, { id, actor, call, ownerOf }: Ending): Promise<void> {
  await transact(deps, async (tx) => {
    const owner = await ownerOf(tx);
    const token = await revokeToken(tx, { id, globalUserId: owner.globalUserId });
    if (!token) throw notFound('token');
    const isOwn = owner.globalUserId === actor.globalUserId;
    await appendAudit(tx, {
      action: 'ApiKeyDeleted',
      actor: userActor(actor),
      actorIp: call.ip,
      targetType: 'API_KEY',
      targets: [{ id, name: token.description }],
      ...(isOwn ? {} : { relatedResources: [{ type: 'USER', id: owner.globalUserId, name: owner.name }] }),
      requestId: call.id,
    });
  });
}
