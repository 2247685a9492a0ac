import type { PoolClient } from 'pg';
import type { Capabilities } from '../connector.ts';
import type { PostgresSettings } from './config.ts';

/** What a session knows of its server and of its own account; read once when it opens. */
export type ServerFacts = {
  /** `server_version_num`: 180004. */
  readonly versionNumber: number;
  readonly version: string;
  readonly database: string;
  readonly databaseId: string;
  readonly accountId: string;
  readonly accountName: string;
  /** Whom the server records as grantor of our memberships: from 16 on, a superuser acts for the first one (id 10). */
  readonly memberGrantorId: string;
  readonly installationId: string;
  readonly connectionId: string;
  readonly namePrefix: string;
  /** Whether the connection lets the account act for owners of tables (`grantAuthority`), whatever it could do. */
  readonly actsForOwners: boolean;
};

/** From 16 on, roles have separate grantors, INHERIT and SET per membership, and a CREATEROLE that rules only its own. */
export const hasOwnRoles = (facts: Pick<ServerFacts, 'versionNumber'>): boolean => facts.versionNumber >= 160_000;

/** A list of grants must fit into one page of the catalog: with somewhat more the server answers `row is too big`. */
export const mostGrants = 2_000;

/**
 * How far the account may act for a role: it has the role's `rights`, or may take the `role` on (SET ROLE), or `none`. Taking
 * on keeps apart what each has granted: with the rights of an owner, the server records the owner as grantor of everything.
 */
export const reachOf = (facts: Pick<ServerFacts, 'versionNumber'>, role: string): string =>
  `CASE WHEN pg_catalog.pg_has_role(${role}, 'USAGE') THEN 'rights' WHEN pg_catalog.pg_has_role(${role}, '${
    hasOwnRoles(facts) ? 'SET' : 'MEMBER'
  }') THEN 'role' ELSE 'none' END`;

type Ours = Pick<ServerFacts, 'installationId' | 'connectionId' | 'namePrefix'> & {
  readonly settings: Pick<PostgresSettings, 'grantAuthority'>;
};

type FactsRow = {
  version_number: string;
  version: string;
  database: string;
  database_id: string;
  account_id: string;
  account_name: string;
  superuser: boolean;
};

/** One round trip. */
export async function readServerFacts(client: PoolClient, ours: Ours): Promise<ServerFacts> {
  const { rows } = await client.query<FactsRow>(`
    SELECT current_setting('server_version_num') AS version_number, current_setting('server_version') AS version,
           d.datname AS database, d.oid::text AS database_id, r.oid::text AS account_id, r.rolname AS account_name,
           r.rolsuper AS superuser
    FROM pg_database d, pg_roles r WHERE d.datname = current_database() AND r.rolname = current_user`);
  const row = rows[0];
  if (row === undefined) throw new Error('the server did not tell who we are');
  const versionNumber = Number(row.version_number);
  return {
    versionNumber,
    version: row.version,
    database: row.database,
    databaseId: row.database_id,
    accountId: row.account_id,
    accountName: row.account_name,
    memberGrantorId: row.superuser && hasOwnRoles({ versionNumber }) ? '10' : row.account_id,
    installationId: ours.installationId,
    connectionId: ours.connectionId,
    namePrefix: ours.namePrefix,
    actsForOwners: ours.settings.grantAuthority === 'owner-member',
  };
}

/** What this connector does on a server of that version today. */
export function capabilitiesOf(facts: Pick<ServerFacts, 'versionNumber'>): Capabilities {
  return {
    read: true,
    write: false,
    futureObjects: ['sync', 'native'],
    masks: 'view',
    maskTypes: ['null', 'constant', 'regex', 'hash', 'rounding', 'custom'],
    rows: 'view',
    rowKinds: ['match', 'where', 'time'],
    expiryInside: { access: false },
    transactional: true,
    revokeBites: 'next-statement',
    openSessionsMayKeepAccess: !hasOwnRoles(facts),
    tested: 'live',
  };
}
