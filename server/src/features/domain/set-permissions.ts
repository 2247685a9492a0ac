import type { DomainPermissionGrant, SetDomainPermissionsBody } from '@stoa/contract/domain';
import type { DomainPermission } from '@stoa/contract/enums';
import { sql } from 'kysely';
import { appendAudit } from '../../audit/append.ts';
import type { Tx } from '../../db/pool.ts';
import { transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { Refusal } from '../../http/refusal.ts';
import { requireMay } from '../../http/require.ts';
import { describeUnknown, findUnknown, ownLoginsAmong, type Principal, principalColumn } from '../user/principals.ts';
import { type DomainChange, domainEntry, lockDomain } from './lock-domain.ts';

type Grant = Principal & { permission: DomainPermission };

/** Replaces who may do what in a domain. What stays keeps who granted it and when, since four eyes looks at that. */
export async function setDomainPermissions(
  deps: Deps,
  { actor, id, body, call }: DomainChange<SetDomainPermissionsBody>,
): Promise<void> {
  await transact(deps, async (tx, after) => {
    const domain = await lockDomain(tx, id);
    requireMay(actor, 'domain.grant', { ...domain, kind: 'domain-grant', affected: [] });
    const wanted = distinct(body.permissions.map(normalise));
    await requireKnown(tx, wanted);
    const before = await grantsOf(tx, id);
    const added = wanted.filter((grant) => !before.some((had) => keyOf(had) === keyOf(grant)));
    const removed = before.filter((had) => !wanted.some((grant) => keyOf(had) === keyOf(grant)));
    const affected = await ownLoginsAmong(tx, [...added, ...removed], actor);
    requireMay(actor, 'domain.grant', { ...domain, kind: 'domain-grant', affected });
    if (added.length + removed.length === 0) return;
    for (const grant of removed) {
      await sql`delete from domain_permission where domain_id = ${id} and permission = ${grant.permission}
        and ${principalColumn(grant)} = ${grant.principalId}`.execute(tx);
    }
    for (const grant of added) {
      await sql`insert into domain_permission (domain_id, permission, principal_type, ${principalColumn(grant)}, granted_by)
        values (${id}, ${grant.permission}, ${grant.principalType}, ${grant.principalId}, ${actor.globalUserId})`.execute(
        tx,
      );
    }
    await sql`update domain set updated_at = now() where id = ${id}`.execute(tx);
    await appendAudit(tx, {
      ...domainEntry({ actor, call }, domain),
      action: 'DomainPermissionsUpdated',
      payload: { added, removed },
    });
    after.changed('domain', id);
  });
}

const keyOf = (grant: Grant): string => `${grant.principalType}:${grant.principalId}:${grant.permission}`;
const distinct = (grants: Grant[]): Grant[] => [...new Map(grants.map((grant) => [keyOf(grant), grant])).values()];
const normalise = (grant: DomainPermissionGrant): Grant => ({ ...grant, principalId: grant.principalId.toLowerCase() });

async function grantsOf(tx: Tx, domainId: string): Promise<Grant[]> {
  const { rows } = await sql<Grant>`
    select permission, principal_type as "principalType", coalesce(user_id::text, group_id::text) as "principalId"
    from domain_permission where domain_id = ${domainId}`.execute(tx);
  return rows;
}

async function requireKnown(tx: Tx, grants: readonly Grant[]): Promise<void> {
  const unknown = await findUnknown(tx, grants);
  if (unknown.length === 0) return;
  const { sentence, principals } = describeUnknown(unknown);
  throw new Refusal('domain.principal_unknown', {
    detail: `${sentence} The permissions stayed as they were.`,
    extra: { principals },
  });
}
