import type { PoolClient } from 'pg';
import type { Check, SessionEnd, SessionsOf } from '../connector.ts';
import type { PostgresSettings } from './config.ts';
import { quotePrincipal } from './identifiers.ts';
import { capabilitiesOf, reachOf, type ServerFacts } from './server-facts.ts';

type Setting = Pick<PostgresSettings, 'endSessionsOnRevoke'>;
type Version = Pick<ServerFacts, 'versionNumber'>;

/** Whether sessions are to be ended with an access: by the setting, or because on this server they could hold on to it. */
export const endsSessions = (facts: Version, { endSessionsOnRevoke }: Setting): boolean =>
  endSessionsOnRevoke === 'always' ||
  (endSessionsOnRevoke === 'whenNeeded' && capabilitiesOf(facts).openSessionsMayKeepAccess);

/** Sessions in other databases of the server can read nothing here, whatever role they took on. */
const ofThisDatabase = 'datid = (SELECT oid FROM pg_database WHERE datname = current_database())';

/**
 * Which of these logins have sessions in this database. Everybody may see that, whatever else of a session is hidden: also when it
 * began, so that a session is known by its number alone.
 */
export async function openSessions(client: PoolClient, of: readonly SessionsOf[]): Promise<SessionEnd[]> {
  const { rows } = await client.query<{ id: string; sessions: string[] }>(
    `SELECT usesysid::text AS id, array_agg(pid::text ORDER BY pid) AS sessions FROM pg_stat_activity
     WHERE usesysid = ANY($1::oid[]) AND pid <> pg_backend_pid() AND ${ofThisDatabase} GROUP BY usesysid`,
    [of.map(({ principalId }) => principalId)],
  );
  const meant = new Map(of.map(({ principalId, sessions }) => [principalId, sessions]));
  return rows.flatMap(({ id, sessions: open }) => {
    const some = meant.get(id) ?? null;
    const sessions = open.filter((one) => some?.includes(one) !== false);
    if (sessions.length === 0) return [];
    const which = some === null ? 'pid <> pg_backend_pid()' : `pid IN (${sessions.join(', ')})`;
    return [
      {
        principalId: id,
        sessions,
        sql: `SELECT pg_terminate_backend(pid) AS ended FROM pg_stat_activity WHERE usesysid = ${id} AND ${which} AND ${ofThisDatabase}`,
      },
    ];
  });
}

const signalling = "'pg_signal_backend'::name";

/** Answers how many sessions were told to end. */
export async function endSessions(client: PoolClient, facts: ServerFacts, { sql }: SessionEnd): Promise<number> {
  // An account that acts for owners inherits nothing before 16.
  const isTakenOn = (await readReach(client, facts)) === 'role';
  if (isTakenOn) await client.query('BEGIN');
  if (isTakenOn) await client.query('SET LOCAL ROLE pg_signal_backend');
  const { rows } = await client.query<{ ended: boolean }>(sql);
  if (isTakenOn) await client.query('COMMIT');
  return rows.filter((row) => row.ended).length;
}

async function readReach(client: PoolClient, facts: Version): Promise<string> {
  const { rows } = await client.query<{ reach: string }>(`SELECT ${reachOf(facts, signalling)} AS reach`);
  return rows[0]?.reach ?? 'none';
}

/** Whether the account may end sessions, where the connection wants that. */
export async function checkSessions(client: PoolClient, facts: ServerFacts, setting: Setting): Promise<Check> {
  const check = 'SESSIONS';
  if (!endsSessions(facts, setting)) {
    const detail = capabilitiesOf(facts).openSessionsMayKeepAccess
      ? 'Open sessions are left alone, as the connection is set up: one that did SET ROLE keeps reading until it ends.'
      : 'Open sessions need not be ended: an end of access reaches them at their next statement.';
    return { check, result: 'pass', detail };
  }
  if ((await readReach(client, facts)) !== 'none') {
    return { check, result: 'pass', detail: 'The sessions of a person whose access ends can be ended.' };
  }
  const detail = capabilitiesOf(facts).openSessionsMayKeepAccess
    ? 'Open sessions cannot be ended with an access: before PostgreSQL 16, one that did SET ROLE keeps reading until it ends.'
    : 'Open sessions cannot be ended with an access, as the connection asks for: the account may not.';
  const repair = [
    '-- With it the account may end the sessions of everybody but superusers. Else set the connection to leave sessions alone.',
    `GRANT pg_signal_backend TO ${quotePrincipal(facts.accountName)};`,
  ];
  return { check, result: 'warn', detail, repair: repair.join('\n') };
}
