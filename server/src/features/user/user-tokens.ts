import type { PersonalAccessToken } from '@stoa/contract/auth';
import type { Reader } from '../../db/pool.ts';
import type { Deps } from '../../deps.ts';
import { notFound } from '../../http/refusal.ts';
import { requireMay } from '../../http/require.ts';
import type { Call } from '../../http/route.ts';
import { endToken } from '../token/end-token.ts';
import { pageOfTokens, presentToken } from '../token/queries.ts';
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

/** Ends a token of somebody else. */
export const endUserToken = (
  deps: Deps,
  actor: LoadedPerson,
  { globalUserId, ...ending }: { globalUserId: string; id: string; call: Call },
): Promise<void> => endToken(deps, { ...ending, actor, ownerOf: (tx) => requireOwner(tx, actor, globalUserId) });
