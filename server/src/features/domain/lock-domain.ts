import type { DomainObject } from '@stoa/core/permissions/objects';
import { sql } from 'kysely';
import type { AuditEntry } from '../../audit/append.ts';
import { userActor } from '../../audit/user-actor.ts';
import type { Tx } from '../../db/pool.ts';
import { notFound } from '../../http/refusal.ts';
import type { Call } from '../../http/route.ts';
import type { LoadedPerson } from '../user/load-people.ts';

export type LockedDomain = DomainObject & { readonly description: string; readonly tagId: number | null };
/** Who changes which domain, and by which call. */
export type DomainChange<Body = undefined> = { actor: LoadedPerson; id: string; body: Body; call: Call };

/** A product that is being published into the domain waits for this lock, or this waits for it: its row points here. */
export async function lockDomain(tx: Tx, id: string): Promise<LockedDomain> {
  const { rows } = await sql<Omit<LockedDomain, 'kind'>>`
    select id, name, description, tag_id as "tagId" from domain where id = ${id} for update`.execute(tx);
  const domain = rows[0];
  if (!domain) throw notFound('domain');
  return { kind: 'domain', ...domain };
}

export const domainEntry = (
  { actor, call }: Pick<DomainChange, 'actor' | 'call'>,
  domain: { id: string; name: string },
): Omit<AuditEntry, 'action' | 'payload'> => ({
  actor: userActor(actor),
  actorIp: call.ip,
  targetType: 'DOMAIN',
  targets: [{ id: domain.id, name: domain.name }],
  domainIds: [domain.id],
  requestId: call.id,
});
