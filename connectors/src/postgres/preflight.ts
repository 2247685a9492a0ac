import type { PoolClient } from 'pg';
import type { Check, CheckName, ConnectionInput } from '../connector.ts';
import { ConnectorError } from '../connector.ts';
import type { Connections, ParsedInput } from './connection.ts';
import { openConnections, parseInput } from './connection.ts';
import { isTlsFailure } from './errors.ts';
import { checkExcess } from './preflight-excess.ts';
import { checkActivity } from './preflight-activity.ts';
import { checkSampling } from './preflight-sampling.ts';
import { checkSessions } from './open-sessions.ts';
import { checkAuthority } from './preflight-authority.ts';
import type { ServerFacts } from './server-facts.ts';
import { readServerFacts } from './server-facts.ts';

/** The oldest server that is tested. */
const minimumVersion = 120_000;
const clockToleranceMs = 30_000;

/** Looks at everything that must hold before a connection may be used. Writes nothing and never throws for the platform. */
export async function preflight(input: ConnectionInput): Promise<readonly Check[]> {
  const parsed = parseInput(input);
  const connections = openConnections({ ...parsed, poolSize: 1 });
  try {
    return await connections.use((client) => checkAll(client, parsed));
  } catch (error) {
    return unreachable(parsed, error);
  } finally {
    await closeQuietly(connections);
  }
}

const closeQuietly = (connections: Connections): Promise<void> => connections.close().catch(() => undefined);

const order: readonly CheckName[] = ['REACHABLE', 'TLS', 'AUTH'];

/** Each of the first three checks needs the ones before it; the first that fails is where the attempt ended. */
function unreachable(input: ParsedInput, error: unknown): Check[] {
  const failure = error instanceof ConnectorError ? error.failure : null;
  const tls = isTlsFailure(error instanceof ConnectorError ? error.cause : error);
  const failed: CheckName = tls ? 'TLS' : failure?.class === 'auth' ? 'AUTH' : 'REACHABLE';
  const detail = failure === null ? 'The platform could not be asked.' : failure.message;
  const repair = failed === 'AUTH' ? { repair: authRepair(input, failure?.code ?? '') } : {};
  const before = order
    .slice(0, order.indexOf(failed))
    .filter((check) => check !== 'TLS' || input.config.tls !== 'disable');
  return [
    ...before.map((check): Check => ({ check, result: 'pass', detail: '' })),
    { check: failed, result: 'fail', detail, ...repair },
  ];
}

function authRepair(input: ParsedInput, code: string): string {
  if (code === '3D000') return '-- There is no such database; correct its name.';
  const name = input.credentials.username.replaceAll('"', '""');
  return `-- As a superuser, and then the same password here:\nALTER ROLE "${name}" LOGIN PASSWORD '<a new password>';`;
}

async function checkAll(client: PoolClient, input: ParsedInput): Promise<Check[]> {
  const facts = await readServerFacts(client, input);
  const checks: Check[] = [
    { check: 'REACHABLE', result: 'pass', detail: `PostgreSQL ${facts.version}` },
    tlsCheck(input),
    { check: 'AUTH', result: 'pass', detail: `Signed in as ${facts.accountName}.` },
    await checkVersion(client, facts),
  ];
  if (checks.some((c) => c.result === 'fail')) return checks;
  checks.push(await checkCatalog(client));
  checks.push(...(await checkAuthority(client, facts)));
  checks.push(...(await checkExcess(client, facts, input.settings)));
  checks.push({ check: 'IDENTITY_READ', result: 'pass', detail: 'Logins of the platform can be listed.' });
  checks.push(await checkSampling(client, facts));
  checks.push(await checkActivity(client, facts));
  checks.push(await checkSessions(client, facts, input.settings));
  checks.push(await checkClock(client));
  return checks;
}

function tlsCheck(input: ParsedInput): Check {
  switch (input.config.tls) {
    case 'verify-full':
      return { check: 'TLS', result: 'pass', detail: 'Encrypted; certificate and name were checked.' };
    case 'require':
      return {
        check: 'TLS',
        result: 'warn',
        detail: 'Encrypted, but the certificate is not checked. Use verify-full.',
      };
    case 'disable':
      return { check: 'TLS', result: 'warn', detail: 'Not encrypted. Use verify-full outside of one machine.' };
  }
}

async function checkVersion(client: PoolClient, facts: ServerFacts): Promise<Check> {
  const { rows } = await client.query<{ text: string }>('SELECT version() AS text');
  const text = rows[0]?.text ?? '';
  const other = /redshift|cockroach|yugabyte|greenplum/i.exec(text)?.[0];
  if (other !== undefined) return { check: 'VERSION', result: 'fail', detail: `This is ${other}, not PostgreSQL.` };
  if (facts.versionNumber < minimumVersion) {
    return { check: 'VERSION', result: 'fail', detail: `PostgreSQL ${facts.version} is too old; 12 and later work.` };
  }
  return { check: 'VERSION', result: 'pass', detail: `PostgreSQL ${facts.version}` };
}

const catalogs = [
  'pg_class',
  'pg_namespace',
  'pg_attribute',
  'pg_auth_members',
  'pg_roles',
  'pg_shdepend',
  'pg_shdescription',
  'pg_default_acl',
];

async function checkCatalog(client: PoolClient): Promise<Check> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT name FROM unnest($1::text[]) AS name WHERE NOT has_table_privilege('pg_catalog.' || name, 'SELECT')`,
    [catalogs],
  );
  if (rows.length === 0) {
    return { check: 'CATALOG_READ', result: 'pass', detail: 'Privileges and memberships can be read back.' };
  }
  const names = rows.map((row) => row.name).join(', ');
  const repair = rows.map((row) => `GRANT SELECT ON pg_catalog.${row.name} TO PUBLIC;`).join('\n');
  return {
    check: 'CATALOG_READ',
    result: 'fail',
    detail: `Cannot be read, so nothing could be proven: ${names}.`,
    repair,
  };
}

async function checkClock(client: PoolClient): Promise<Check> {
  const { rows } = await client.query<{ now: string }>(
    'SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint::text AS now',
  );
  const skew = Math.abs(Number(rows[0]?.now ?? '0') - Date.now());
  if (skew <= clockToleranceMs) return { check: 'CLOCK', result: 'pass', detail: 'The clocks agree.' };
  return { check: 'CLOCK', result: 'warn', detail: `The platform's clock is ${Math.round(skew / 1000)} s off.` };
}
