import type { CreateDomainBody } from '@stoa/contract/domain';
import { foldName } from '@stoa/core/folded-name';
import { nothing } from '@stoa/core/permissions/objects';
import { appendAudit } from '../../audit/append.ts';
import { userActor } from '../../audit/user-actor.ts';
import { newUuid } from '../../db/new-id.ts';
import { transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { requireMay } from '../../http/require.ts';
import { requireDomainTag } from './domain-tag.ts';
import { type DomainChange, domainEntry } from './lock-domain.ts';
import { recomputeDomains } from './recompute-domains.ts';

export async function createDomain(
  deps: Deps,
  { actor, body, call }: Omit<DomainChange<CreateDomainBody>, 'id'>,
): Promise<string> {
  requireMay(actor, 'domain.manage', nothing);
  const id = newUuid();
  await transact(deps, async (tx, after) => {
    const tag = body.tagId === null ? null : await requireDomainTag(tx, body.tagId);
    await tx
      .insertInto('domain')
      .values({
        id,
        name: body.name,
        name_key: foldName(body.name),
        description: body.description,
        mode: tag === null ? 'manual' : 'dynamic',
        tag_id: tag?.id ?? null,
      })
      .execute();
    await appendAudit(tx, {
      ...domainEntry({ actor, call }, { id, name: body.name }),
      action: 'DomainCreated',
      ...(tag === null ? {} : { payload: { tag: tag.name } }),
    });
    if (tag !== null) await recomputeDomains({ tx, after }, { domainId: id }, { actor: userActor(actor), call });
    after.changed('domain', id);
  });
  return id;
}
