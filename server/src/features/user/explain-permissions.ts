import type { EffectivePermission } from '@stoa/contract/effective-permission';
import { explainedAction } from '@stoa/contract/effective-permission';
import { explainPermissions } from '@stoa/core/permissions/explain-permissions';
import type { DomainRef } from '@stoa/core/permissions/objects';
import { sql } from 'kysely';
import type { Reader } from '../../db/pool.ts';
import { notFound } from '../../http/refusal.ts';
import { loadPerson } from './load-people.ts';

/** Which of a person's domain permissions bears on a question. */
const bearsOn: Readonly<Partial<Record<string, string>>> = {
  'audit.read': 'Audit Activity',
  'data-product.create': 'Manage Data Products',
  'policy.author': 'Manage Policies',
  'tag.apply': 'Manage Tags',
  'identifier.manage': 'Manage Identifiers',
  'identification.run': 'Manage Identifiers',
};

/** Asks the permission check about somebody, as they are now. */
export async function explainPermissionsOf(
  db: Reader,
  globalUserId: string,
  domainId: string | undefined,
): Promise<EffectivePermission[]> {
  const person = await loadPerson(db, globalUserId);
  if (person === undefined) throw notFound('user');
  const domain = domainId === undefined ? null : await findDomain(db, domainId);
  const groups = await groupsThatGrant(db, globalUserId, domainId);
  const answers = explainPermissions(person, domain);
  return explainedAction.options.map((action) => {
    const answer = answers[action];
    const needs = answer.allowed ? undefined : answer.needs;
    return {
      action,
      allowed: answer.allowed,
      reason: answer.reason,
      needs: needs === undefined ? null : { permission: needs.permission, grantedBy: needs.grantedBy },
      throughGroups: groups.filter((one) => one.permission === bearsOn[action]).map((one) => one.name),
    };
  });
}

async function findDomain(db: Reader, id: string): Promise<DomainRef> {
  const { rows } = await sql<DomainRef>`select id, name from domain where id = ${id}`.execute(db);
  if (rows[0] === undefined) throw notFound('domain');
  return rows[0];
}

async function groupsThatGrant(
  db: Reader,
  globalUserId: string,
  domainId: string | undefined,
): Promise<{ permission: string; name: string }[]> {
  const { rows } = await sql<{ permission: string; name: string }>`
    select distinct d.permission, g.name from group_member m join user_group g on g.id = m.group_id
      join domain_permission d on d.group_id = g.id
    where m.global_user_id = ${globalUserId} and (${domainId ?? null}::uuid is null or d.domain_id = ${domainId ?? null}::uuid)
    order by g.name`.execute(db);
  return rows;
}
