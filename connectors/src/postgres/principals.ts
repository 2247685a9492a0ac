import type { PoolClient } from 'pg';
import type { PrincipalRefusal, ResolvedPrincipal } from '../connector.ts';
import { refusePrincipal } from './identifiers.ts';
import type { ServerFacts } from './server-facts.ts';
import { hasOwnRoles } from './server-facts.ts';

type RoleRow = { id: string; name: string; login: boolean; inherit: boolean; superuser: boolean };

/** Finds logins by their exact names. A name that must never reach a statement is refused without asking. */
export async function resolvePrincipals(
  client: PoolClient,
  facts: ServerFacts,
  names: readonly string[],
): Promise<readonly ResolvedPrincipal[]> {
  const askable = names.filter((name) => refusePrincipal(name) === null);
  const { rows } = await client.query<RoleRow>(
    `SELECT r.oid::text AS id, r.rolname AS name, r.rolcanlogin AS login, r.rolinherit AS inherit, r.rolsuper AS superuser
     FROM pg_roles r WHERE r.rolname = ANY($1::text[])`,
    [askable],
  );
  const found = new Map(rows.map((row) => [row.name, row]));
  return names.map((name) => {
    const row = found.get(name);
    const refusal = refusePrincipal(name) ?? (row === undefined ? null : refuseRole(facts, row));
    return { name, platformId: row?.id ?? null, refusal, superuser: row?.superuser ?? false };
  });
}

function refuseRole(facts: ServerFacts, row: RoleRow): PrincipalRefusal | null {
  if (row.id === facts.accountId) return 'own_account';
  if (!row.login) return 'no_login';
  // Before 16 a membership of such a login is not access: its sessions would have to SET ROLE first.
  return hasOwnRoles(facts) || row.inherit ? null : 'no_inherit';
}
