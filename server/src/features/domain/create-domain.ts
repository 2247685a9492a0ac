import type { CreateDomainBody } from '@stoa/contract/domain';
import { nothing } from '@stoa/core/permissions/objects';
import { appendAudit } from '../../audit/append.ts';
import { newUuid } from '../../db/new-id.ts';
import { transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { requireMay } from '../../http/require.ts';
import { type DomainChange, domainEntry } from './lock-domain.ts';

export async function createDomain(
  deps: Deps,
  { actor, body, call }: Omit<DomainChange<CreateDomainBody>, 'id'>,
): Promise<string> {
  requireMay(actor, 'domain.manage', nothing);
  const id = newUuid();
  await transact(deps, async (tx, after) => {
    await tx.insertInto('domain').values({ id, name: body.name, description: body.description }).execute();
    await appendAudit(tx, { ...domainEntry({ actor, call }, { id, name: body.name }), action: 'DomainCreated' });
    after.changed('domain', id);
  });
  return id;
}
