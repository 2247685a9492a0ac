import type { PoolClient } from 'pg';
import { otherSchemas } from './crawl.ts';
import { ownerRole } from './mask-names.ts';
import type { ServerFacts } from './server-facts.ts';
import type { NamedRelation } from './statement-relations.ts';

/** Somebody's statement named a table so. */
export type Reference = { readonly userId: string; readonly relation: NamedRelation };

/** Which objects it can have meant: one, or several of that name. */
export type Resolved = { readonly objectIds: readonly string[]; readonly isCertain: boolean };

type Row = { place: number; id: string; may_read: boolean; is_named: boolean };

/**
 * What each reference means on this server. A name without a schema means whichever schema stood first in a search path that nobody
 * recorded, and PostgreSQL 18 counts statements on tables of one name as one, whatever their schemas: where the login can read
 * several tables of that name, each of them may have been meant.
 */
export async function resolveRelations(
  client: PoolClient,
  facts: ServerFacts,
  references: readonly Reference[],
): Promise<readonly Resolved[]> {
  if (references.length === 0) return [];
  const isMerged = facts.versionNumber >= 180_000;
  const { rows } = await client.query<Row>(
    `SELECT ref.place::int AS place, c.oid::text AS id, coalesce(ref.schema = n.nspname, false) AS is_named,
       r.rolsuper OR has_schema_privilege(r.oid, n.oid, 'USAGE') AND (has_table_privilege(r.oid, c.oid, 'SELECT')
         OR has_any_column_privilege(r.oid, c.oid, 'SELECT')) AS may_read
     FROM unnest($1::oid[], $2::text[], $3::text[]) WITH ORDINALITY AS ref (usr, schema, name, place)
       JOIN pg_roles r ON r.oid = ref.usr
       JOIN pg_class c ON c.relname = ref.name::name AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
       JOIN pg_namespace n ON n.oid = c.relnamespace AND ($5 OR ref.schema IS NULL OR n.nspname = ref.schema)
     WHERE (${otherSchemas} OR c.relowner = (SELECT o.oid FROM pg_roles o WHERE o.rolname = $4))
       AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'`,
    [
      references.map((one) => one.userId),
      references.map((one) => one.relation.schema),
      references.map((one) => one.relation.name),
      ownerRole(facts),
      isMerged,
    ],
  );
  const byPlace = new Map<number, Row[]>();
  for (const row of rows) byPlace.set(row.place, [...(byPlace.get(row.place) ?? []), row]);
  return references.map(({ relation }, index) => meantBy(relation, byPlace.get(index + 1) ?? []));
}

/** Those that the login may read; if it may read none any more, those of that name. */
function meantBy(relation: NamedRelation, rows: readonly Row[]): Resolved {
  const readable = rows.filter((row) => row.may_read);
  const others = relation.schema === null ? rows : rows.filter((row) => row.is_named);
  const meant = readable.length > 0 ? readable : others;
  return { objectIds: meant.map((row) => row.id), isCertain: meant.length === 1 };
}
