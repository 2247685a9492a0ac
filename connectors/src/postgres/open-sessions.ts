import type { PoolClient } from 'pg';
import type { Check, OpenSessions, SessionEnd, SessionsOf } from '../connector.ts';
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

/** What the account needs to see when a session of another login began; everybody may see that it is there. */
const seeing = 'pg_read_all_stats';
const signalling = 'pg_signal_backend';

/** The number of a process is given again once it has ended: only with the time at which it began does it name one session. */
const startOf = (id: string): string | undefined => /^\d+@(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z)$/.exec(id)?.[1];
const numberOf = (id: string): string => /^\d+/.exec(id)?.[0] ?? '';

/** Per login: `<number>@<when it began>` where the account may see when, else the number alone. */
async function readOpen(
  client: PoolClient,
  logins: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const began = `to_char(backend_start AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;
  const { rows } = await client.query<{ id: string; sessions: string[] }>(
    `SELECT usesysid::text AS id, array_agg(pid || coalesce('@' || ${began}, '') ORDER BY pid) AS sessions FROM pg_stat_activity
     WHERE usesysid = ANY($1::oid[]) AND pid <> pg_backend_pid() AND ${ofThisDatabase} GROUP BY usesysid`,
    [logins],
  );
  return new Map(rows.map(({ id, sessions }) => [id, sessions]));
}

/** With the rights of a role that the account has but must take on: an account that acts for owners inherits nothing before 16. */
async function takingOn<T>(client: PoolClient, role: string, work: () => Promise<T>): Promise<T> {
  await client.query('BEGIN');
  await client.query(`SET LOCAL ROLE ${role}`);
  const done = await work();
  await client.query('COMMIT');
  return done;
}

const seeOpen = async (client: PoolClient, facts: Version, logins: readonly string[]) =>
  (await readReach(client, facts, seeing)) === 'role'
    ? takingOn(client, seeing, () => readOpen(client, logins))
    : readOpen(client, logins);

/** Which of these logins have sessions in this database. */
export async function openSessions(
  client: PoolClient,
  facts: Version,
  of: readonly SessionsOf[],
): Promise<OpenSessions> {
  const seen = await seeOpen(
    client,
    facts,
    of.map(({ principalId }) => principalId),
  );
  const ends: SessionEnd[] = [];
  const untold: { principalId: string; sessions: string[] }[] = [];
  for (const { principalId, sessions: meant } of of) {
    const open = seen.get(principalId) ?? [];
    const those = meant === null ? open : open.filter((id) => startOf(id) !== undefined && meant.includes(id));
    if (those.length > 0) {
      const which =
        meant === null ? 'pid <> pg_backend_pid()' : `(pid, backend_start) IN (${those.map(asPair).join(', ')})`;
      ends.push({ principalId, sessions: those, sql: endingOf(principalId, which) });
    }
    const unsure = meant === null ? [] : meant.filter((id) => isUnsure(id, open));
    if (unsure.length > 0) untold.push({ principalId, sessions: unsure });
  }
  return { ends, untold };
}

/** One has its number, and of one of the two it is not known when it began. */
const isUnsure = (id: string, open: readonly string[]): boolean =>
  open.some((one) => numberOf(one) === numberOf(id) && (startOf(one) === undefined || startOf(id) === undefined));

const asPair = (id: string): string => `(${numberOf(id)}, '${startOf(id) ?? ''}')`;

const endingOf = (principalId: string, which: string): string =>
  `SELECT pg_terminate_backend(pid) AS ended FROM pg_stat_activity WHERE usesysid = ${principalId} AND ${which} AND ${ofThisDatabase}`;

/** Answers how many sessions were told to end. */
export async function endSessions(client: PoolClient, facts: ServerFacts, end: SessionEnd): Promise<number> {
  const run = async (statement: string) => {
    const { rows } = await client.query<{ ended: boolean }>(statement);
    return rows.filter((row) => row.ended).length;
  };
  if ((await readReach(client, facts, signalling)) !== 'role') return run(end.sql);
  // One role shows when they began, another one may end them, and a statement has one role.
  const open = (await seeOpen(client, facts, [end.principalId])).get(end.principalId) ?? [];
  const numbers = open.filter((id) => end.sessions.includes(id)).map(numberOf);
  if (numbers.length === 0) return 0;
  return takingOn(client, signalling, () => run(endingOf(end.principalId, `pid IN (${numbers.join(', ')})`)));
}

async function readReach(client: PoolClient, facts: Version, role: string): Promise<string> {
  const { rows } = await client.query<{ reach: string }>(`SELECT ${reachOf(facts, `'${role}'::name`)} AS reach`);
  return rows[0]?.reach ?? 'none';
}

/** What makes a second try possible, for whoever wants it. */
export const seeingLines = (account: string): readonly string[] => [
  '-- Optional beside it: when a session began. Without it, one that could not be ended at once is left until it ends, since it cannot',
  '-- be told from one that began later. It also shows the statements that others run.',
  `-- GRANT ${seeing} TO ${quotePrincipal(account)};`,
];

const noSecondTry =
  'One that could not be ended at once is left until it ends: without pg_read_all_stats the account cannot tell it from one that began later.';

/** Whether the account may end sessions, where the connection wants that. */
export async function checkSessions(client: PoolClient, facts: ServerFacts, setting: Setting): Promise<Check> {
  const check = 'SESSIONS';
  if (!endsSessions(facts, setting)) {
    const detail = capabilitiesOf(facts).openSessionsMayKeepAccess
      ? 'Open sessions are left alone, as the connection is set up: one that did SET ROLE keeps reading until it ends.'
      : 'Open sessions need not be ended: an end of access reaches them at their next statement.';
    return { check, result: 'pass', detail };
  }
  if ((await readReach(client, facts, signalling)) !== 'none') {
    const isSeeing = (await readReach(client, facts, seeing)) !== 'none';
    const detail = 'The sessions of a person whose access ends can be ended.';
    return { check, result: 'pass', detail: isSeeing ? detail : `${detail} ${noSecondTry}` };
  }
  const detail = capabilitiesOf(facts).openSessionsMayKeepAccess
    ? 'Open sessions cannot be ended with an access: before PostgreSQL 16, one that did SET ROLE keeps reading until it ends.'
    : 'Open sessions cannot be ended with an access, as the connection asks for: the account may not.';
  const repair = [
    '-- With it the account may end the sessions of everybody but superusers. Else set the connection to leave sessions alone.',
    `GRANT ${signalling} TO ${quotePrincipal(facts.accountName)};`,
    ...seeingLines(facts.accountName),
  ];
  return { check, result: 'warn', detail, repair: repair.join('\n') };
}
