import { type Connection, type CreateConnectionBody, redacted } from '@stoa/contract/connection';
import { sql } from 'kysely';
import { appendAudit } from '../../audit/append.ts';
import { userActor } from '../../audit/user-actor.ts';
import { newUuid } from '../../db/new-id.ts';
import type { Reader, Tx } from '../../db/pool.ts';
import { transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { Refusal } from '../../http/refusal.ts';
import type { Call } from '../../http/route.ts';
import { startCrawl } from '../../provisioning/crawl-start.ts';
import { sealCredentials } from '../../provisioning/platforms.ts';
import { storeChecks } from '../../provisioning/preflight.ts';
import type { LoadedPerson } from '../user/load-people.ts';
import { checkPlatform, requirePassed } from './check-platform.ts';
import { presentConnection } from './present-connection.ts';
import { readWholeConnection } from './queries.ts';

type Input = { actor: LoadedPerson; body: CreateConnectionBody; call: Pick<Call, 'id' | 'ip'> };

/** Keys that differ by case alone would be taken for one another. */
async function isTaken(db: Reader, connectionKey: string): Promise<boolean> {
  const { rows } =
    await sql`select from connection where lower(connection_key) = ${connectionKey.toLowerCase()}`.execute(db);
  return rows.length > 0;
}

/** Connections that are made at the same time take turns. */
async function requireFreeKey(tx: Tx, connectionKey: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtext('stoa.connection-key'))`.execute(tx);
  if (await isTaken(tx, connectionKey)) throw new Refusal('connection.key_taken');
}

/** Checks the platform first and stores nothing unless every check passes; then the first crawl starts by itself. */
export async function createConnection(deps: Deps, { actor, body, call }: Input): Promise<Connection> {
  const { connectionKey, technology, config, credentials } = body;
  const settings = body.settings ?? { identityTemplate: '{username}' };
  if (credentials.password === redacted) {
    throw new Refusal('request.malformed', {
      detail: 'A new connection needs the password itself.',
      errors: [{ path: 'body.credentials.password', message: 'is not the password itself' }],
    });
  }
  if (await isTaken(deps.db, connectionKey)) throw new Refusal('connection.key_taken');
  const id = newUuid();
  const checks = await checkPlatform(deps, { technology, config, credentials, settings, connectionId: id });
  requirePassed(checks, 'Nothing was stored.');
  await transact(deps, async (tx, after) => {
    await requireFreeKey(tx, connectionKey);
    await sql`
      insert into connection (id, connection_key, technology, config, auth_type, secret, settings, state, sync_interval_hours, created_by)
      values (${id}, ${connectionKey}, ${technology}, ${JSON.stringify(config)}::jsonb, ${body.authType},
        ${sealCredentials(deps.secrets, id, credentials)}, ${JSON.stringify(settings)}::jsonb, 'active',
        ${body.syncIntervalHours ?? 24}, ${actor.globalUserId})`.execute(tx);
    await storeChecks(tx, id, checks);
    await appendAudit(tx, {
      action: 'ConnectionCreated',
      actor: userActor(actor),
      actorIp: call.ip,
      targetType: 'CONNECTION',
      targets: [{ id, name: connectionKey }],
      payload: {
        technology,
        config,
        username: credentials.username,
        settings,
        isTlsWaived: config.tls !== 'verify-full',
      },
      requestId: call.id,
    });
    await startCrawl(
      deps,
      { tx, after },
      { connection: { id, connectionKey }, path: [], createdBy: actor.globalUserId },
    );
  });
  const row = await readWholeConnection(deps.db, connectionKey);
  if (!row) throw new Error('the connection was stored and is gone');
  return presentConnection(deps, actor, row);
}
