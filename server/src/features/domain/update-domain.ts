import type { UpdateDomainBody } from '@stoa/contract/domain';
import { foldName } from '@stoa/core/folded-name';
import { nothing } from '@stoa/core/permissions/objects';
import { sql } from 'kysely';
import { appendAudit } from '../../audit/append.ts';
import { userActor } from '../../audit/user-actor.ts';
import { transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { requireMay } from '../../http/require.ts';
import { requireDomainTag } from './domain-tag.ts';
import { type DomainChange, domainEntry, lockDomain } from './lock-domain.ts';
import { recomputeDomains } from './recompute-domains.ts';

export async function updateDomain(
  deps: Deps,
  { actor, id, body, call }: DomainChange<UpdateDomainBody>,
): Promise<void> {
  requireMay(actor, 'domain.manage', nothing);
  await transact(deps, async (tx, after) => {
    const tag = body.tagId == null ? null : await requireDomainTag(tx, body.tagId);
    const domain = await lockDomain(tx, id);
    requireMay(actor, 'domain.manage', domain);
    const before = { name: domain.name, description: domain.description, tagId: domain.tagId };
    const now = {
      name: body.name ?? before.name,
      description: body.description ?? before.description,
      tagId: body.tagId === undefined ? before.tagId : (tag?.id ?? null),
    };
    if (now.name === before.name && now.description === before.description && now.tagId === before.tagId) return;
    await sql`update domain set name = ${now.name},
      name_key = case name when ${now.name} then name_key else ${foldName(now.name)} end, description = ${now.description}, tag_id = ${now.tagId},
      mode = ${now.tagId === null ? 'manual' : 'dynamic'}, updated_at = now() where id = ${id}`.execute(tx);
    await appendAudit(tx, {
      ...domainEntry({ actor, call }, { id, name: now.name }),
      action: 'DomainUpdated',
      payload: { before, after: now },
    });
    after.changed('domain', id);
    if (now.tagId !== before.tagId)
      await recomputeDomains({ tx, after }, { domainId: id }, { actor: userActor(actor), call });
  });
}
