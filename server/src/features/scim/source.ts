import { scimRoot } from '@stoa/contract/scim-path';
import type { FastifyRequest } from 'fastify';
import { sql } from 'kysely';
import type { AuditActor } from '../../audit/append.ts';
import type { Tx } from '../../db/pool.ts';
import { type AfterCommit, transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { hashToken } from '../../http/authenticate.ts';
import { publicUrlOf } from '../../http/public-url.ts';
import { takeRate } from '../../http/rate-limit.ts';
import { Refusal } from '../../http/refusal.ts';
import type { Call } from '../../http/route.ts';

export const scimTokenPrefix = 'stoa_scim_';

/** The directory that calls: the provider whose people and groups it keeps. */
export type Source = {
  readonly id: string;
  readonly name: string;
  readonly idClaim: string;
  readonly takesOverGroups: boolean;
  readonly tokenHash: Buffer;
};
/** One call of a directory. */
export type FromDirectory = { readonly deps: Deps; readonly source: Source; readonly call: Call };
/** The same within its transaction, behind its lock. */
export type Keeping = FromDirectory & { readonly tx: Tx; readonly after: AfterCommit };

/** What one directory sends in a minute at most: a first run of a large one comes as fast as it is answered. */
const callsPerMinute = 6_000;
/** From one address, with tokens of that form that are none. */
const refusedPerMinute = 600;

type SourceRow = { id: string; name: string; idClaim: string; takesOverGroups: boolean; isStale: boolean };

/** Which directory calls. Neither a personal access token nor a session is one of its tokens. */
export async function findSource(deps: Deps, request: FastifyRequest): Promise<Source> {
  const token = /^Bearer ([\x21-\x7e]{1,200})$/i.exec(request.headers.authorization ?? '')?.[1];
  if (token?.startsWith(scimTokenPrefix) !== true) throw tokenRefused();
  const tokenHash = hashToken(token);
  const { rows } = await sql<SourceRow>`
    select p.id, p.name, a.id_claim as "idClaim", a.takes_over_groups as "takesOverGroups",
      coalesce(a.token_last_used_at < now() - interval '1 minute', true) as "isStale"
    from scim_access a join identity_provider p on p.id = a.provider_id where a.token_hash = ${tokenHash}`.execute(
    deps.db,
  );
  const [found] = rows;
  if (found === undefined) {
    await takeRate(deps.db, `scim-refused:${request.ip}`, { limit: refusedPerMinute, windowSeconds: 60 });
    throw tokenRefused();
  }
  await takeRate(deps.db, `scim:${found.id}`, { limit: callsPerMinute, windowSeconds: 60 });
  if (found.isStale)
    await sql`update scim_access set token_last_used_at = now() where token_hash = ${tokenHash}`.execute(deps.db);
  const { isStale: _isStale, ...source } = found;
  return { ...source, tokenHash };
}

const tokenRefused = (): Refusal =>
  new Refusal('scim.token_refused', { headers: { 'www-authenticate': 'Bearer realm="stoa-scim"' } });

/**
 * One change by a directory, in one transaction. Its changes come one after the other: what it knows of people and groups is
 * looked up and written behind one lock. A token that ended meanwhile changes nothing.
 */
export const keep = <T>(from: FromDirectory, work: (keeping: Keeping) => Promise<T>): Promise<T> =>
  transact(from.deps, async (tx, after) => {
    const { id, tokenHash } = from.source;
    // As sign-ins hold it, so that no link is half-way.
    await sql`select from identity_provider where id = ${id} for share`.execute(tx);
    const { rows } = await sql`
      select 1 from scim_access where provider_id = ${id} and token_hash = ${tokenHash} for update`.execute(tx);
    if (rows.length === 0) throw tokenRefused();
    return work({ ...from, tx, after });
  });

/** The directory as the audit knows it. */
export const actorOf = ({ id, name }: Pick<Source, 'id' | 'name'>): AuditActor => ({ type: 'SYSTEM_ACTOR', id, name });

export const scimUrlOf = (deps: Pick<Deps, 'config' | 'listening'>): string => `${publicUrlOf(deps)}${scimRoot}`;
