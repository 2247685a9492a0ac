import type { PersonalAccessToken } from '@stoa/contract/auth';
import { appendAudit } from '../../audit/append.ts';
import { userActor } from '../../audit/user-actor.ts';
import type { Reader } from '../../db/pool.ts';
import { transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { notFound } from '../../http/refusal.ts';
import { requireMay } from '../../http/require.ts';
import type { Call } from '../../http/route.ts';
import { pageOfTokens, presentToken, revokeToken } from '../token/queries.ts';
import { loadPerson, type LoadedPerson } from './load-people.ts';

/** Whose tokens a user admin looks after: everybody's but their own, which are under their account. */
async function requireOwner(db: Reader, actor: LoadedPerson, globalUserId: string): Promise<LoadedPerson> {
  requireMay(actor, 'user.manage', { kind: 'none' });
  const owner = await loadPerson(db, globalUserId);
  if (!owner) throw notFound('user');
  requireMay(actor, 'user.manage', { kind: 'user', ...owner, changes: ['tokens'] });
  return owner;
}

export async function tokensOfUser(
  deps: Deps,
  actor: LoadedPerson,
  input: { globalUserId: string; offset: number; limit: number },
): Promise<{ tokens: PersonalAccessToken[]; total: number }> {
  await requireOwner(deps.db, actor, input.globalUserId);
  const { rows, total } = await pageOfTokens(deps, input.globalUserId, input);
  return { tokens: rows.map((row) => presentToken(deps, row)), total };
}

/** Tokens are looked at with each call, so one is dead on every replica with the commit. */
export async function endUserToken(
  deps: Deps,
  actor: LoadedPerson,
  { globalUserId, id, call }: { globalUserId: string; id: string; call: Call },
): Promise<void> {
  await transact(deps, async (tx) => {
    const owner = await requireOwner(tx, actor, globalUserId);
    const token = await revokeToken(tx, { id, globalUserId });
    if (!token) throw notFound('token');
    await appendAudit(tx, {
      action: 'ApiKeyDeleted',
      actor: userActor(actor),
      actorIp: call.ip,
      targetType: 'API_KEY',
      targets: [{ id, name: token.description }],
      relatedResources: [{ type: 'USER', id: globalUserId, name: owner.name }],
      requestId: call.id,
    });
  });
}
