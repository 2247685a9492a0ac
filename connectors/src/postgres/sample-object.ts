import type { PoolClient } from 'pg';
import type { SampleQuery, SampleRefusal } from '../sample.ts';
import { rowsOf } from './crawl.ts';

/** What is known of an object before a row of it is read. */
export type SampleObject = {
  readonly kind: string;
  /** The planner's estimate, partitions included; 0 when nothing is known. */
  readonly rows: number;
  /** Columns by name, and whether reading one as text runs nothing but the server's own code. */
  readonly columns: ReadonlyMap<string, { readonly isSafe: boolean }>;
};

type Row = {
  kind: string;
  schema: string;
  name: string;
  rows: string;
  may_read: boolean;
  runs_foreign_code: boolean;
  columns: { name: string; safe: boolean }[] | null;
};

/** From this oid on, objects were made by people; what is below came with the server. */
const firstOwnOid = 16_384;

/*
 * A view runs the functions of its author with the rights of whoever reads it, and our account may read and share what many others
 * may not. So what a view would run is looked up first, through views below views: functions, operators, casts and checked
 * types that the server did not bring, and of those it brought such as act (volatile) or run text as SQL (the `_to_xml` family).
 * The latter are pinned and appear in no dependency, so their numbers are read from the rule itself.
 */
const foreignCode = `
  SELECT 1 FROM seen s JOIN pg_class v ON v.oid = s.id LEFT JOIN pg_rewrite r ON r.ev_class = v.oid AND v.relkind = 'v'
  WHERE v.relkind = 'f'
    OR EXISTS (SELECT 1 FROM pg_depend d LEFT JOIN pg_type t ON d.refclassid = 'pg_type'::regclass AND t.oid = d.refobjid
      WHERE d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid AND d.refobjid >= ${firstOwnOid}
        AND (d.refclassid IN ('pg_proc'::regclass, 'pg_operator'::regclass, 'pg_cast'::regclass) OR t.typtype NOT IN ('c', 'e')))
    OR EXISTS (SELECT 1 FROM regexp_matches(r.ev_action::text, ':(?:funcid|opfuncid) (\\d+)', 'g') AS f (ids)
      JOIN pg_proc p ON p.oid = f.ids[1]::oid WHERE p.provolatile = 'v' OR p.proname ~ '_to_xml')`;

/** A short type whose text form the server makes itself: no cast function of anybody's lies between. */
const columns = `
  SELECT json_agg(json_build_object('name', a.attname, 'safe',
    (b.typcategory IN ('S', 'E', 'N', 'D', 'I') OR b.oid = 'uuid'::regtype) AND
    (b.oid < ${firstOwnOid} OR b.typtype = 'e' OR k.castmethod = 'b') AND coalesce(k.castfunc::bigint, 0) < ${firstOwnOid}))
  FROM pg_attribute a
    CROSS JOIN LATERAL (WITH RECURSIVE up AS (
        SELECT t.oid, t.typbasetype FROM pg_type t WHERE t.oid = a.atttypid
        UNION ALL SELECT y.oid, y.typbasetype FROM up JOIN pg_type y ON y.oid = up.typbasetype)
      SELECT oid AS base FROM up WHERE typbasetype = 0) u
    JOIN pg_type b ON b.oid = u.base
    LEFT JOIN pg_cast k ON k.castsource = b.oid AND k.casttarget = 'text'::regtype
  WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped`;

const objectSql = `
  WITH RECURSIVE seen AS (
    SELECT $1::oid AS id
    UNION
    SELECT d.refobjid FROM seen s JOIN pg_rewrite r ON r.ev_class = s.id AND r.ev_type = '1'
      JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid AND d.refclassid = 'pg_class'::regclass
  ), parts AS (
    SELECT $1::oid AS id
    UNION
    SELECT i.inhrelid FROM parts p JOIN pg_inherits i ON i.inhparent = p.id
  )
  SELECT c.relkind AS kind, n.nspname AS schema, c.relname AS name,
    (SELECT coalesce(sum(greatest(${rowsOf('x')}, 0)), 0)::bigint::text FROM parts p JOIN pg_class x ON x.oid = p.id) AS rows,
    has_table_privilege(c.oid, 'SELECT') AND has_schema_privilege(c.relnamespace, 'USAGE') AS may_read,
    EXISTS (${foreignCode}) AS runs_foreign_code,
    (${columns}) AS columns
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = $1::oid`;

/** Looks an object up by its id, and says why it must not be read when it must not. */
export async function inspectObject(
  client: PoolClient,
  { objectPath, platformId }: Pick<SampleQuery, 'objectPath' | 'platformId'>,
): Promise<SampleObject | SampleRefusal> {
  const { rows } = await client.query<Row>(objectSql, [platformId]);
  const [row] = rows;
  if (row === undefined || row.schema !== objectPath[1] || row.name !== objectPath[2]) return 'missing';
  if (!row.may_read) return 'privilege';
  if (row.kind === 'f') return 'foreign_table';
  if (row.runs_foreign_code) return 'foreign_code';
  const known = new Map((row.columns ?? []).map(({ name, safe }) => [name, { isSafe: safe }]));
  return { kind: row.kind, rows: Number(row.rows), columns: known };
}
