import { sql } from 'kysely';
import { appendAudit, type AuditActor } from '../../audit/append.ts';
import { newUuid } from '../../db/new-id.ts';
import type { Tx } from '../../db/pool.ts';
import { transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { hashToken, newAccessToken } from '../../http/authenticate.ts';
import { Refusal } from '../../http/refusal.ts';

const defaultDays = 90;
const longestDays = 365;

type NewToken = {
  owner: { globalUserId: string; name: string };
  actor: AuditActor;
  description: string;
  expirationDate?: string | undefined;
  call?: { id: string; ip: string };
};

/** Makes a personal access token. The secret is in the answer and nowhere else; the table holds its hash. */
export const createToken = (
  deps: Pick<Deps, 'db' | 'live' | 'reconciler'>,
  input: NewToken,
): Promise<{ tokenId: string; token: string }> => transact(deps as Deps, (tx) => insertToken(tx, input));

/** The same in the caller's transaction, for commands that run beside the server. */
export async function insertToken(tx: Tx, input: NewToken): Promise<{ tokenId: string; token: string }> {
  const token = newAccessToken();
  const tokenId = newUuid();
  const { rows } = await sql<{ is_ahead: boolean; is_near: boolean }>`
    with wanted as (select coalesce(${input.expirationDate ?? null}::timestamptz, now() + make_interval(days => ${defaultDays})) as at)
    insert into personal_access_token (id, token_hash, prefix, global_user_id, description, expires_at)
    select ${tokenId}, ${hashToken(token)}, ${token.slice(0, 14)}, ${input.owner.globalUserId}, ${input.description}, at from wanted
    returning expires_at > now() as is_ahead, expires_at <= now() + make_interval(days => ${longestDays}) + interval '1 minute' as is_near`.execute(
    tx,
  );
  if (!rows[0]?.is_ahead) throw malformed('lies in the past');
  if (!rows[0].is_near) throw malformed(`is more than ${longestDays} days away`);
  await appendAudit(tx, {
    action: 'ApiKeyCreated',
    actor: input.actor,
    actorIp: input.call?.ip,
    targetType: 'API_KEY',
    targets: [{ id: tokenId, name: input.description }],
    relatedResources: [{ type: 'USER', id: input.owner.globalUserId, name: input.owner.name }],
    requestId: input.call?.id,
  });
  return { tokenId, token };
}

const malformed = (message: string): Refusal =>
  new Refusal('request.malformed', {
    detail: `expirationDate ${message}.`,
    errors: [{ path: 'body.expirationDate', message }],
  });
