import type { Entitlement } from '@stoa/core/masking/entitlements';
import type { MaskLayer } from '@stoa/core/masking/observed';
import type { MaskPlan, MaskStep } from '@stoa/core/masking/plan';
import type { MaskStatement } from '../connector.ts';
import type { PostgresSettings } from './config.ts';
import { oidArray, oidText, quoteIdentifier, quotePrincipal, quoteText } from './identifiers.ts';
import { ownerRole, ownSchema, viewMark } from './mask-names.ts';
import { unlessRefused } from './refused.ts';
import type { ServerFacts } from './server-facts.ts';
import { failUnless, failWhenAny, objectLock } from './statements.ts';
import { viewText } from './view-text.ts';

/** One statement writes or takes away at most so many entitlements. */
const chunkSize = 5_000;

type Place = { readonly facts: ServerFacts; readonly settings: PostgresSettings; readonly layer: MaskLayer };

/** The native statements of a plan of masks, in its order. Pure. */
export function maskStatements(place: Place, plan: MaskPlan): readonly MaskStatement[] {
  return plan.steps.flatMap(split).map((step) => ({ step, ...unlessRefused(() => write(place, step)) }));
}

function split(step: MaskStep): MaskStep[] {
  if (step.kind !== 'end-entitlements' && step.kind !== 'add-entitlements') return [step];
  const parts: MaskStep[] = [];
  for (let from = 0; from < step.rows.length; from += chunkSize)
    parts.push({ ...step, rows: step.rows.slice(from, from + chunkSize) });
  return parts;
}

type Written = Omit<MaskStatement, 'step' | 'halves'>;

function write(place: Place, step: MaskStep): Written {
  const { facts } = place;
  switch (step.kind) {
    case 'end-entitlements':
      return endRows(facts, step.rows);
    case 'add-entitlements':
      return addRows(facts, step.rows);
    case 'drop-view':
      return dropView(facts, step);
    case 'write-view':
      return writeView(place, step);
  }
}

const pathOf = ([, schema = '', name = '']: readonly string[]): string =>
  `${quoteIdentifier(schema)}.${quoteIdentifier(name)}`;

const asOwner = (facts: ServerFacts, statements: readonly string[]): string =>
  [`SET LOCAL ROLE ${quotePrincipal(ownerRole(facts))}`, ...statements, 'SET LOCAL ROLE NONE'].join(';\n');

type Step<K extends MaskStep['kind']> = Extract<MaskStep, { kind: K }>;

function dropView(facts: ServerFacts, { view }: Step<'drop-view'>): Written {
  const gone = `NOT EXISTS (SELECT FROM pg_catalog.pg_class WHERE oid = ${oidText(view.platformId)}::pg_catalog.oid)`;
  return {
    sql: asOwner(facts, [`DROP VIEW ${pathOf(view.objectPath)}`]),
    guard: failUnless(gone),
    locks: [objectLock],
  };
}

/**
 * The view, its mark, and the right to share it, in one transaction. Replaced in place where its columns only grow at the end, so
 * that what was granted on it stays; else made anew, and granted anew by the run that follows.
 */
function writeView({ facts, settings, layer }: Place, step: Step<'write-view'>): Written {
  const { base, there, view } = step;
  const [, viewSchema = ''] = base.viewPath;
  const owner = quotePrincipal(ownerRole(facts));
  const account = quotePrincipal(facts.accountName);
  const path = pathOf(base.viewPath);
  const { query, isBarrier } = viewText(view, base, settings);
  const isKept = there !== null && mayReplace(step);
  const sql = [
    `GRANT USAGE ON SCHEMA ${quoteIdentifier(base.objectPath[1] ?? '')} TO ${owner}`,
    `GRANT SELECT ON TABLE ${pathOf(base.objectPath)} TO ${owner}`,
    asOwner(facts, [
      ...(there !== null && !isKept ? [`DROP VIEW ${pathOf(there.objectPath)}`] : []),
      `CREATE SCHEMA IF NOT EXISTS ${quoteIdentifier(viewSchema)}`,
      `CREATE OR REPLACE VIEW ${path} WITH (security_barrier = ${isBarrier}) AS\n${query}`,
      `COMMENT ON VIEW ${path} IS ${quoteText(viewMark(facts, view.dataSourceId))}`,
      // With the owner's rights beside rights of its own, the server would record now the one, now the other as grantor.
      ...(layer.actsAsOwner
        ? []
        : [
            `GRANT USAGE ON SCHEMA ${quoteIdentifier(viewSchema)} TO ${account} WITH GRANT OPTION`,
            `GRANT SELECT ON TABLE ${path} TO ${account} WITH GRANT OPTION`,
          ]),
    ]),
  ].join(';\n');
  return { sql, guard: failUnless(viewHolds(facts, step)), locks: [objectLock] };
}

/** The view is there under its name, of the owner role, reads in the owner's name, and the owner may read the very table. */
function viewHolds(facts: ServerFacts, { base, view }: Step<'write-view'>): string {
  const ownerId = `(SELECT r.oid FROM pg_catalog.pg_roles r WHERE r.rolname = ${quoteText(ownerRole(facts))})`;
  const baseId = `${oidText(base.platformId)}::pg_catalog.oid`;
  return `EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_catalog.pg_rewrite w ON w.ev_class = c.oid
    JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass AND d.objid = w.oid AND d.refobjid = ${baseId}
    WHERE n.nspname = ${quoteText(base.viewPath[1] ?? '')} AND c.relname = ${quoteText(base.viewPath[2] ?? '')} AND c.relkind = 'v'
      AND c.relowner = ${ownerId} AND pg_catalog.array_position(c.reloptions, 'security_invoker=true') IS NULL
      AND pg_catalog.obj_description(c.oid, 'pg_class') = ${quoteText(viewMark(facts, view.dataSourceId))})
    AND pg_catalog.has_table_privilege(${ownerId}, ${baseId}, 'SELECT')
    AND pg_catalog.has_schema_privilege(${ownerId}, (SELECT b.relnamespace FROM pg_catalog.pg_class b WHERE b.oid = ${baseId}), 'USAGE')`;
}

function mayReplace({ there, base, view }: Step<'write-view'>): boolean {
  if (there === null || pathOf(there.objectPath) !== pathOf(base.viewPath)) return false;
  const types = new Map(base.columns.map((column) => [column.ordinal, column.castType]));
  return there.columns.every(({ name, nativeType }, n) => {
    const column = view.columns[n];
    return column?.name === name && types.get(column.ordinal) === nativeType;
  });
}

const texts = (list: readonly string[]): string => `ARRAY[${list.map(quoteText).join(', ')}]::pg_catalog.text[]`;

const ent = `${ownSchema}.ent`;

/** Rows are found by id; those of a name that another login has by now are told under `0/<name>`, and found by the name. */
function endRows(facts: ServerFacts, rows: readonly Entitlement[]): Written {
  const isStale = (row: Entitlement): boolean => row.principalId.startsWith('0/');
  const ids = oidArray(rows.map((row) => (isStale(row) ? '0' : row.principalId)));
  const names = texts(rows.map((row) => (isStale(row) ? row.principalId.slice(2) : '')));
  const wanted = `unnest(${ids}, ${names}, ${texts(rows.map((row) => row.kind))}, ${texts(rows.map((row) => row.key))}, ${texts(rows.map((row) => row.value))}) AS w(id, usr, kind, key, val)`;
  const same = `e.src = ${quoteText(facts.connectionId)} AND (e.usr_id = w.id OR (w.id = 0 AND e.usr = w.usr)) AND e.kind = w.kind AND e.key = w.key AND e.val = w.val`;
  return {
    sql: `DELETE FROM ${ent} e USING ${wanted} WHERE ${same}`,
    guard: failWhenAny(`${ent} e JOIN ${wanted} ON ${same}`),
    locks: [],
  };
}

/** Names come from the catalog, by id. A row that is there already gets the id and the end that are true now. */
function addRows(facts: ServerFacts, rows: readonly Entitlement[]): Written {
  const ids = oidArray(rows.map((row) => row.principalId));
  const ends = `ARRAY[${rows.map((row) => (row.expiresAt === null ? 'NULL' : Math.trunc(row.expiresAt))).join(', ')}]::pg_catalog.float8[]`;
  const source = quoteText(facts.connectionId);
  const wanted = `unnest(${ids}, ${texts(rows.map((row) => row.kind))}, ${texts(rows.map((row) => row.key))}, ${texts(rows.map((row) => row.value))}, ${ends}) AS w(id, kind, key, val, ends)`;
  const end = 'pg_catalog.to_timestamp(w.ends / 1000)';
  return {
    sql: `INSERT INTO ${ent} (usr, usr_id, kind, key, val, expires_at, src)
  SELECT r.rolname, r.oid, w.kind, w.key, w.val, ${end}, ${source} FROM ${wanted} JOIN pg_catalog.pg_roles r ON r.oid = w.id
  ON CONFLICT (usr, kind, key, val, src) DO UPDATE SET usr_id = excluded.usr_id, expires_at = excluded.expires_at`,
    guard: failWhenAny(
      `${wanted} WHERE NOT EXISTS (SELECT FROM ${ent} e WHERE e.usr_id = w.id AND e.kind = w.kind AND e.key = w.key AND e.val = w.val
    AND e.src = ${source} AND e.expires_at IS NOT DISTINCT FROM ${end})`,
    ),
    locks: [],
  };
}
