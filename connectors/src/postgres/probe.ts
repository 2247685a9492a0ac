import type { MemberProof, Probe, Proof, ReadProof } from '@stoa/core/provisioning/proof';
import type { PoolClient } from 'pg';

type MemberProbe = Extract<Probe, { kind: 'member' }>;
type DefaultProbe = Extract<Probe, { kind: 'default' }>;
type ReadProbe = Extract<Probe, { kind: 'read' }>;
type Exception = {
  readonly id: string;
  readonly granted: boolean;
  readonly usage: boolean;
  readonly some: boolean;
  readonly below: boolean;
};
/** `login` and `valid` are null of a principal that is not there. */
type MemberAnswer = {
  readonly n: number;
  readonly effective: boolean;
  readonly connect: boolean;
  readonly login: boolean | null;
  readonly valid: boolean | null;
};
type Answers = {
  readonly at: string;
  readonly members: readonly MemberAnswer[] | null;
  readonly defaults: readonly { readonly n: number; readonly holds: boolean }[] | null;
  readonly reads: readonly { readonly n: number; readonly exceptions: readonly Exception[] }[] | null;
};

/** Whether a view reads what is below it in its reader's name (15 and later), by its options. */
const readsAsReader = (options: string): string =>
  `EXISTS (SELECT FROM pg_options_to_table(${options}) t WHERE CASE WHEN t.option_name = 'security_invoker' THEN t.option_value::boolean END)`;

/**
 * What a principal may not read below a view that reads in its name, and below those among them that do. What a view's text takes of
 * a relation stands in the catalog column by column; column 0 is a relation of which it takes none.
 */
const closedBelow = (principal: string, view: string): string => {
  const named = (
    of: string,
  ): string => `pg_rewrite w JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = w.oid
      AND d.refclassid = 'pg_class'::regclass AND d.refobjid <> w.ev_class WHERE w.ev_class = ${of}`;
  return `
    WITH RECURSIVE below (id, col) AS (
      SELECT d.refobjid, d.refobjsubid FROM ${named(view)}
      UNION SELECT x.id, x.col FROM below b JOIN pg_class v ON v.oid = b.id AND v.relkind = 'v' AND ${readsAsReader('v.reloptions')}
        CROSS JOIN LATERAL (SELECT d.refobjid AS id, d.refobjsubid AS col FROM ${named('b.id')}) x
    ) SELECT FROM below b JOIN pg_class t ON t.oid = b.id AND t.relkind IN ('r', 'p', 'v', 'm', 'f')
      WHERE NOT CASE WHEN b.col = 0 THEN has_any_column_privilege(${principal}, b.id, 'SELECT')
        ELSE has_column_privilege(${principal}, b.id, b.col::int2, 'SELECT') END`;
};

/**
 * A superuser has every role's rights, which proves nothing about a membership: there the row itself is asked for. Of
 * objects only those that cannot be read come back, so that the answer for 10,000 tables is as short as for one. Columns
 * are looked at where the table as a whole is not readable, and schemas once for all of their tables. The arrays stand in
 * sub-selects, so that a plan that knows them is no better than one that does not: the server plans once, not each time.
 */
const probeSql = `
  SELECT json_build_object(
    'at', (extract(epoch FROM clock_timestamp()) * 1000)::bigint::text,
    'members', (
      SELECT json_agg(json_build_object('n', w.n, 'effective',
          CASE WHEN r.rolsuper THEN EXISTS (SELECT FROM pg_auth_members m WHERE m.roleid = w.c AND m.member = w.p)
               ELSE r.oid IS NOT NULL AND k.oid IS NOT NULL AND pg_has_role(w.p, w.c, 'USAGE') END,
          'connect', r.oid IS NOT NULL AND has_database_privilege(w.p, current_database(), 'CONNECT'),
          'login', r.rolcanlogin, 'valid', r.rolvaliduntil IS NULL OR r.rolvaliduntil > now()))
      FROM unnest((SELECT $1::oid[]), (SELECT $2::oid[])) WITH ORDINALITY AS w(p, c, n)
      LEFT JOIN pg_roles r ON r.oid = w.p LEFT JOIN pg_roles k ON k.oid = w.c),
    'defaults', (
      SELECT json_agg(json_build_object('n', w.n, 'holds', EXISTS (
          SELECT FROM pg_default_acl d, aclexplode(d.defaclacl) a
          WHERE d.defaclrole = w.r AND d.defaclnamespace = w.s AND d.defaclobjtype = 'r' AND a.grantee = w.c AND a.privilege_type = 'SELECT')
          AND has_schema_privilege(w.c, w.s, 'USAGE')))
      FROM unnest((SELECT $5::oid[]), (SELECT $6::oid[]), (SELECT $7::oid[])) WITH ORDINALITY AS w(c, r, s, n)
      JOIN pg_roles k ON k.oid = w.c JOIN pg_namespace n ON n.oid = w.s),
    'reads', (
      SELECT json_agg(json_build_object('n', x.n, 'exceptions', x.list)) FROM (
        WITH asked AS MATERIALIZED (
          SELECT w.n, w.p, o.id AS o, c.relnamespace AS schema, c.oid IS NOT NULL AND w.known AS there, c.options
          FROM (SELECT u.n, u.p, u.ids, EXISTS (SELECT FROM pg_roles r WHERE r.oid = u.p) AS known
                FROM unnest((SELECT $3::oid[]), (SELECT $4::text[])) WITH ORDINALITY AS u(p, ids, n) OFFSET 0) w
          CROSS JOIN LATERAL unnest(w.ids::oid[]) AS o(id)
          LEFT JOIN LATERAL (SELECT r.oid, r.relnamespace, CASE WHEN r.relkind = 'v' THEN r.reloptions END AS options FROM pg_class r WHERE r.oid = o.id OFFSET 0) c ON true
        ), closed AS MATERIALIZED (
          SELECT d.p, d.schema FROM (SELECT DISTINCT p, schema FROM asked WHERE there) d
          WHERE NOT has_schema_privilege(d.p, d.schema, 'USAGE')
        )
        SELECT a.n, json_agg(json_build_object('id', a.o::text, 'granted', a.granted, 'usage', a.usage,
                 'below', a.below, 'some', CASE WHEN a.there AND NOT a.granted THEN has_any_column_privilege(a.p, a.o, 'SELECT') ELSE false END)) AS list
        FROM (
          SELECT q.n, q.p, q.o, q.there, q.there AND s.p IS NULL AS usage,
                 CASE WHEN q.there THEN has_table_privilege(q.p, q.o, 'SELECT') ELSE false END AS granted,
                 CASE WHEN q.options IS NULL OR NOT q.there OR NOT ${readsAsReader('q.options')} THEN true
                   ELSE NOT EXISTS (${closedBelow('q.p', 'q.o')}) END AS below
          FROM asked q LEFT JOIN closed s ON s.p = q.p AND s.schema = q.schema
        ) a WHERE NOT (a.granted AND a.usage AND a.below) GROUP BY a.n) x)) AS answers`;

/** Asks the server itself what principals may do now, all probes in one round trip. */
export async function probe(client: PoolClient, probes: readonly Probe[]): Promise<readonly Proof[]> {
  if (probes.length === 0) return [];
  const members = probes.filter((p) => p.kind === 'member');
  const reads = probes.filter((p) => p.kind === 'read');
  const defaults = probes.filter((p) => p.kind === 'default').flatMap(makersOf);
  const { rows } = await client.query<{ answers: Answers }>({
    name: 'stoa-probe',
    text: probeSql,
    values: [
      members.map((p) => p.principalId),
      members.map((p) => p.containerId),
      reads.map((p) => p.principalId),
      reads.map((p) => `{${p.objectIds.join(',')}}`),
      defaults.map((d) => d.containerId),
      defaults.map((d) => d.roleId),
      defaults.map((d) => d.schemaId),
    ],
  });
  const answers = rows[0]?.answers;
  if (answers === undefined) throw new Error('the server answered no probe');
  const observedAt = Number(answers.at);
  const exceptions = new Map((answers.reads ?? []).map(({ n, exceptions: list }) => [n, list]));
  return [
    ...(answers.members ?? []).flatMap((answer) => memberProof(members[answer.n - 1], answer, observedAt)),
    ...(answers.defaults ?? []).flatMap(({ n, holds }) => {
      const asked = defaults[n - 1];
      return asked === undefined
        ? []
        : [{ kind: 'default' as const, ...asked, holds, probe: defaultProbe, observedAt }];
    }),
    ...reads.flatMap((asked, index) => readProofs(asked, exceptions.get(index + 1) ?? [], observedAt)),
  ];
}

const makersOf = ({ containerId, makers }: DefaultProbe) => makers.map((maker) => ({ containerId, ...maker }));

const defaultProbe = "pg_default_acl of the role, and has_schema_privilege(container, schema, 'USAGE')";

function memberProof(
  asked: MemberProbe | undefined,
  { effective, connect, login, valid }: MemberAnswer,
  observedAt: number,
): MemberProof[] {
  if (asked === undefined) return [];
  const probe = "pg_has_role(principal, container, 'USAGE')";
  if (login !== false && valid !== false) return [{ ...asked, effective, connect, probe, observedAt }];
  const noSignIn = login === false ? 'no_login' : 'password_expired';
  return [{ ...asked, effective, connect: false, noSignIn, probe, observedAt }];
}

const readProbe =
  "has_table_privilege(principal, object, 'SELECT') and has_schema_privilege(principal, schema, 'USAGE')";

function readProofs(asked: ReadProbe, exceptions: readonly Exception[], observedAt: number): ReadProof[] {
  const bad = new Map(exceptions.map((exception) => [exception.id, exception]));
  return asked.objectIds.map((objectId) => {
    const exception = bad.get(objectId);
    return {
      kind: 'read',
      principalId: asked.principalId,
      objectId,
      readable: exception === undefined,
      columns: exception === undefined || exception.granted ? 'all' : exception.some ? 'some' : 'none',
      schemaUsage: exception?.usage ?? true,
      ...(exception?.below === false ? { isClosedBelow: true } : {}),
      probe: readProbe,
      observedAt,
    };
  });
}
