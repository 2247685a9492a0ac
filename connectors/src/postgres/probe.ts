import type { MemberProof, Probe, Proof, ReadProof } from '@stoa/core/provisioning/proof';
import type { PoolClient } from 'pg';

type ProofRow = {
  kind: 'member' | 'read';
  principal: string;
  other: string;
  granted: boolean;
  some_columns: boolean;
  second: boolean;
  at: string;
};

/**
 * A superuser has every role's rights, which proves nothing about a membership: there the row itself is asked for.
 * Columns are only looked at where the table as a whole is not readable.
 */
const probeSql = `
  SELECT 'member' AS kind, w.p::text AS principal, w.c::text AS other,
         CASE WHEN r.rolsuper THEN EXISTS (SELECT FROM pg_auth_members m WHERE m.roleid = w.c AND m.member = w.p)
              ELSE r.oid IS NOT NULL AND k.oid IS NOT NULL AND pg_has_role(w.p, w.c, 'USAGE') END AS granted,
         false AS some_columns, r.oid IS NOT NULL AND has_database_privilege(w.p, current_database(), 'CONNECT') AS second,
         (extract(epoch FROM clock_timestamp()) * 1000)::bigint::text AS at
  FROM unnest($1::oid[], $2::oid[]) AS w(p, c) LEFT JOIN pg_roles r ON r.oid = w.p LEFT JOIN pg_roles k ON k.oid = w.c
  UNION ALL
  SELECT 'read', x.p::text, x.o::text, x.granted, NOT x.granted AND x.readable AND has_any_column_privilege(x.p, x.o, 'SELECT'),
         x.usage, (extract(epoch FROM clock_timestamp()) * 1000)::bigint::text
  FROM (
    SELECT w.p, w.o, c.oid IS NOT NULL AND r.oid IS NOT NULL AS readable,
           c.oid IS NOT NULL AND r.oid IS NOT NULL AND has_table_privilege(w.p, w.o, 'SELECT') AS granted,
           c.oid IS NOT NULL AND r.oid IS NOT NULL AND has_schema_privilege(w.p, c.relnamespace, 'USAGE') AS usage
    FROM unnest($3::oid[], $4::oid[]) AS w(p, o) LEFT JOIN pg_class c ON c.oid = w.o LEFT JOIN pg_roles r ON r.oid = w.p
  ) x`;

/** Asks the server itself what principals may do now, all probes in one round trip. */
export async function probe(client: PoolClient, probes: readonly Probe[]): Promise<readonly Proof[]> {
  if (probes.length === 0) return [];
  const members = probes.filter((p) => p.kind === 'member');
  const pairs = probes.flatMap((p) => (p.kind === 'read' ? p.objectIds.map((id) => [p.principalId, id] as const) : []));
  const { rows } = await client.query<ProofRow>({
    name: 'stoa-probe',
    text: probeSql,
    values: [
      members.map((p) => p.principalId),
      members.map((p) => p.containerId),
      pairs.map(([principalId]) => principalId),
      pairs.map(([, objectId]) => objectId),
    ],
  });
  return rows.map((row) => (row.kind === 'member' ? memberProof(row) : readProof(row)));
}

function memberProof(row: ProofRow): MemberProof {
  return {
    kind: 'member',
    principalId: row.principal,
    containerId: row.other,
    effective: row.granted,
    connect: row.second,
    probe: "pg_has_role(principal, container, 'USAGE')",
    observedAt: Number(row.at),
  };
}

function readProof(row: ProofRow): ReadProof {
  return {
    kind: 'read',
    principalId: row.principal,
    objectId: row.other,
    readable: row.granted && row.second,
    columns: row.granted ? 'all' : row.some_columns ? 'some' : 'none',
    schemaUsage: row.second,
    probe: "has_table_privilege(principal, object, 'SELECT') and has_schema_privilege(principal, schema, 'USAGE')",
    observedAt: Number(row.at),
  };
}
