import type { UnmappedLogins } from '@stoa/core/provisioning/observed';
import type { PoolClient } from 'pg';
import { layerOwners } from './crawl.ts';
import type { ServerFacts } from './server-facts.ts';

/** More pairs of a role and somebody who reaches it are not read. */
const mostPairs = 200_000;

type Row = { role_id: string; id: string; name: string; can_login: boolean };

/**
 * Who reaches these roles, the roles themselves included, but for the principals that people are mapped to, what is ours, and roles of
 * the server itself. Members are walked downwards from the roles, once; memberships without INHERIT count too.
 */
const unmappedSql = `
  WITH RECURSIVE walk (role, member) AS (
    SELECT s.id, s.id FROM unnest($1::oid[]) s (id)
    UNION
    SELECT w.role, m.member FROM walk w JOIN pg_auth_members m ON m.roleid = w.member
    WHERE m.member <> $3::oid AND NOT m.member = ANY($4::oid[])
  )
  SELECT w.role::text AS role_id, r.oid::text AS id, r.rolname AS name,
    r.rolcanlogin AND coalesce(r.rolvaliduntil > now(), true) AS can_login
  FROM walk w JOIN pg_roles r ON r.oid = w.member
  WHERE NOT EXISTS (SELECT FROM unnest($2::oid[]) known (id) WHERE known.id = r.oid)
    AND r.oid <> $3::oid AND r.oid NOT IN ${layerOwners} AND r.rolname !~ '^pg_'
  LIMIT ${mostPairs + 1}`;

/** `principals`: logins that belong to people. */
type About = {
  readonly roleIds: readonly string[];
  readonly principals: readonly string[];
  readonly containerIds: readonly string[];
};

/** Those who reach roles that are no person's login. */
export function observeUnmapped(client: PoolClient, facts: ServerFacts, about: About): Promise<UnmappedLogins> {
  const known = new Set(about.principals);
  return observeStrangers(client, facts, { ...about, roleIds: about.roleIds.filter((id) => !known.has(id)) });
}

/** The same of whatever roles: a login of a person may have members as well. */
export async function observeStrangers(client: PoolClient, facts: ServerFacts, about: About): Promise<UnmappedLogins> {
  const known = new Set([...about.containerIds, facts.accountId, '0']);
  const roles = [...new Set(about.roleIds)].filter((id) => !known.has(id));
  if (roles.length === 0) return { logins: [], isCut: false };
  const { rows } = await client.query<Row>(unmappedSql, [roles, about.principals, facts.accountId, about.containerIds]);
  return {
    logins: rows
      .slice(0, mostPairs)
      .map((row) => ({ roleId: row.role_id, platformId: row.id, name: row.name, canLogin: row.can_login })),
    isCut: rows.length > mostPairs,
  };
}
