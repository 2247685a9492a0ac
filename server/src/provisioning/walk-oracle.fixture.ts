import { sql } from 'kysely';
import type { World } from './walk-world.fixture.ts';

/** One source of one decided request, straight from the stored facts. */
type FactRow = {
  request_id: string;
  status: string;
  is_over: boolean;
  user_active: boolean;
  suspended: boolean;
  deleted: boolean;
  principal_id: string | null;
  identity_state: string | null;
  source_id: number | null;
  table_id: string | null;
  schema_id: string | null;
  source_ok: boolean;
  out_of_domain: boolean;
  number: number | null;
};
/** What a login may do with a table, asked by a superuser. */
type SeenRow = {
  login_id: string;
  login: string;
  table_id: string;
  path: string;
  schema_id: string;
  reads: boolean;
  reads_some: boolean;
  usage: boolean;
};
type RoleRow = { name: string; table_id: string; schema_id: string; reads: boolean; usage: boolean };

export type Comparison = {
  /** Sentences about every difference; empty when the platform is as the facts say. */
  differences: string[];
  /** Container/table edges there are, for the next comparison. */
  edges: Set<string>;
  facts: FactRow[];
  seen: SeenRow[];
};

async function readFacts({ server }: World): Promise<FactRow[]> {
  const { rows } = await sql<FactRow>`
    select r.id as request_id, r.status, coalesce(r.expiration <= now(), false) as is_over, u.status = 'active' as user_active,
      p.suspended, p.deleted_at is not null as deleted, i.platform_principal_id as principal_id, i.state as identity_state,
      s.id as source_id, o.platform_id as table_id, h.platform_id as schema_id,
      coalesce(s.enabled and o.hold is null and o.missing_since is null, false) as source_ok,
      not exists (select from data_product_domain pd join domain_data_source d on d.domain_id = pd.domain_id
        where pd.data_product_id = p.id and d.data_source_id = s.id) as out_of_domain,
      c.number
    from access_request r join app_user u on u.global_user_id = r.beneficiary join data_product p on p.id = r.data_product_id
      left join platform_identity i on i.global_user_id = r.beneficiary
      left join data_product_source ps on ps.data_product_id = p.id left join data_source s on s.id = ps.data_source_id
      left join data_object o on o.id = s.data_object_id left join data_object h on h.id = o.parent_id
      left join container c on c.target_id = p.id
    where r.status in ('APPROVED', 'REVOKED', 'EXPIRED')`.execute(server.deps.db);
  return rows;
}

async function readSeen({ platform }: World): Promise<SeenRow[]> {
  const suffix = platform.database.replace('live', '');
  const { rows } = await platform.superuser.query<SeenRow>(
    `select r.oid::text as login_id, r.rolname as login, c.oid::text as table_id, n.nspname || '.' || c.relname as path,
       n.oid::text as schema_id, has_table_privilege(r.oid, c.oid, 'SELECT') as reads,
       has_any_column_privilege(r.oid, c.oid, 'SELECT') as reads_some, has_schema_privilege(r.oid, n.oid, 'USAGE') as usage
     from pg_roles r, pg_class c join pg_namespace n on n.oid = c.relnamespace
     where r.rolcanlogin and right(r.rolname, length($1)) = $1 and r.rolname <> $2 and n.nspname like 'area%' and c.relkind = 'r'`,
    [suffix, platform.connector.username],
  );
  return rows;
}

/** Every role that bears the mark of this connection, whatever it is called. */
async function readRoles(world: World): Promise<RoleRow[]> {
  const { rows: connections } = await sql<{ id: string }>`select id from connection`.execute(world.server.deps.db);
  const { rows } = await world.platform.superuser.query<RoleRow>(
    `select r.rolname as name, c.oid::text as table_id, n.oid::text as schema_id,
       has_table_privilege(r.oid, c.oid, 'SELECT') as reads, has_schema_privilege(r.oid, n.oid, 'USAGE') as usage
     from pg_roles r, pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname like 'area%' and c.relkind = 'r' and shobj_description(r.oid, 'pg_authid') like $1`,
    [`stoa %/${connections[0]?.id} %`],
  );
  return rows;
}

const nameOf = (number: number): string => `stoa_dp_${number.toString(36)}`;
const isLive = (fact: FactRow): boolean =>
  fact.status === 'APPROVED' && !fact.is_over && fact.user_active && !fact.suspended && !fact.deleted;
const isPushable = (fact: FactRow): boolean =>
  fact.principal_id !== null && (fact.identity_state === 'mapped' || fact.identity_state === 'fallback');

/** I1, I2, I3 and I12: what each login may read against what the stored facts and the administrator's grants say. */
export async function compareAccess(world: World, before: ReadonlySet<string>): Promise<Comparison> {
  const [facts, seen, roles] = [await readFacts(world), await readSeen(world), await readRoles(world)];
  const edges = new Set(roles.filter((row) => row.reads).map((row) => `${row.name}/${row.table_id}`));
  const tables = new Map<string, string>();
  const schemas = new Set<string>();
  const differences: string[] = [];
  for (const fact of facts) {
    if (!isLive(fact) || !isPushable(fact) || fact.number === null || fact.table_id === null || !fact.source_ok)
      continue;
    const edge = `${nameOf(fact.number)}/${fact.table_id}`;
    if (fact.out_of_domain && !edges.has(edge)) {
      if (!world.domainsMoved && before.has(edge))
        differences.push(`${edge} left a domain long ago and was taken away`);
      continue;
    }
    tables.set(`${fact.principal_id}/${fact.table_id}`, fact.request_id);
    schemas.add(`${fact.principal_id}/${fact.schema_id}`);
  }
  differences.push(...compareLogins(world, seen, { tables, schemas }), ...compareRoles(facts, roles));
  return { differences, edges, facts, seen };
}

type Expected = { tables: ReadonlyMap<string, string>; schemas: ReadonlySet<string> };

function compareLogins(world: World, seen: readonly SeenRow[], { tables, schemas }: Expected): string[] {
  const given = (kind: string, loginId: string, objectId: string) =>
    world.foreign.some((grant) => grant.kind === kind && grant.loginId === loginId && grant.objectId === objectId);
  return seen.flatMap((row) => {
    const key = `${row.login_id}/${row.table_id}`;
    const reads = tables.has(key) || given('table', row.login_id, row.table_id);
    const some = reads || given('column', row.login_id, row.table_id);
    const usage = schemas.has(`${row.login_id}/${row.schema_id}`) || given('schema', row.login_id, row.schema_id);
    const why = tables.get(key) ?? 'no request';
    return [
      ...(row.reads === reads ? [] : [`${row.login} ${row.reads ? 'may' : 'may not'} read ${row.path} (${why})`]),
      ...(row.reads_some === some
        ? []
        : [`${row.login} ${row.reads_some ? 'may' : 'may not'} read columns of ${row.path}`]),
      ...(row.usage === usage ? [] : [`${row.login} ${row.usage ? 'may' : 'may not'} use the schema of ${row.path}`]),
    ];
  });
}

/** A container holds nothing that its product does not list, and nothing bears our mark that has no product. */
function compareRoles(facts: readonly FactRow[], roles: readonly RoleRow[]): string[] {
  const listed = new Set<string>();
  const deleted = new Set<string>();
  for (const fact of facts) {
    if (fact.number === null) continue;
    if (fact.deleted) deleted.add(nameOf(fact.number));
    else if (fact.source_ok) listed.add(`${nameOf(fact.number)}/${fact.table_id}`);
  }
  const known = new Set(facts.flatMap((fact) => (fact.number === null ? [] : [nameOf(fact.number)])));
  return roles.flatMap((row) => {
    if (deleted.has(row.name)) return [`the container ${row.name} outlived its product`];
    if (row.reads && known.has(row.name) && !listed.has(`${row.name}/${row.table_id}`))
      return [`the container ${row.name} reads table ${row.table_id}, which its product does not hold`];
    return /^stoa_dp_[0-9a-z]+$/.test(row.name) ? [] : [`${row.name} bears our mark under another name`];
  });
}

/** What the provisioning page of each request has to say of its objects. */
export function expectedStates({
  facts,
  seen,
}: Comparison): Map<string, { whole: string | null; active: Set<number> }> {
  const logins = new Set(seen.map((row) => row.login_id));
  const states = new Map<string, { whole: string | null; active: Set<number> }>();
  for (const fact of facts) {
    const known = states.get(fact.request_id) ?? { whole: null, active: new Set<number>() };
    states.set(fact.request_id, known);
    const isThere = isPushable(fact) && logins.has(fact.principal_id ?? '');
    if (!isLive(fact)) known.whole = 'REMOVED';
    else if (!isThere) known.whole = 'AWAITING_IDENTITY';
    else if (fact.source_ok && fact.source_id !== null && !fact.out_of_domain) known.active.add(fact.source_id);
  }
  return states;
}
