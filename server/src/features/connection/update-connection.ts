import { findConnection } from './find-connection.ts';
import { type Connection, redacted, type UpdateConnectionBody } from '@stoa/contract/connection';
import { sql } from 'kysely';
import { appendAudit } from '../../audit/append.ts';
import { userActor } from '../../audit/user-actor.ts';
import { transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { notFound, Refusal } from '../../http/refusal.ts';
import { requireMay } from '../../http/require.ts';
import type { Call } from '../../http/route.ts';
import { enqueueConnection } from '../../provisioning/enqueue-keys.ts';
import { sealCredentials } from '../../provisioning/platforms.ts';
import { holdingFailureOf, storeChecks } from '../../provisioning/preflight.ts';
import type { LoadedPerson } from '../user/load-people.ts';
import { checkPlatform, requirePassed } from './check-platform.ts';
import { openCredentials, presentConnection } from './present-connection.ts';
import { type ConnectionRow, lockConnection, readWholeConnection } from './queries.ts';

type Input = {
  actor: LoadedPerson;
  connectionKey: string;
  body: UpdateConnectionBody;
  call: Pick<Call, 'id' | 'ip'>;
};

/** What is sent replaces what is there; what is left out, or reads `[REDACTED]`, stays. */
function mergeInto(deps: Deps, row: ConnectionRow, body: UpdateConnectionBody) {
  const old = openCredentials(deps, row);
  const sent = body.credentials ?? {};
  const password = sent.password === undefined || sent.password === redacted ? old.password : sent.password;
  const credentials = { username: sent.username ?? old.username, password };
  const config = mergeConfig(row.config, body.config ?? {});
  const settings = mergeSettings(row.settings, body.settings ?? {});
  const isLoginChanged =
    credentials.username !== old.username ||
    credentials.password !== old.password ||
    (['host', 'port', 'database', 'tls', 'ca'] as const).some((member) => config[member] !== row.config[member]);
  return { credentials, config, settings, isLoginChanged };
}

type Sent<M extends 'config' | 'settings'> = NonNullable<UpdateConnectionBody[M]>;

function mergeConfig(old: ConnectionRow['config'], sent: Sent<'config'>): ConnectionRow['config'] {
  const ca = sent.ca ?? old.ca ?? '';
  return {
    host: sent.host ?? old.host,
    port: sent.port ?? old.port,
    database: sent.database ?? old.database,
    tls: sent.tls ?? old.tls,
    // An empty one takes the earlier away.
    ...(ca.trim() === '' ? {} : { ca }),
  };
}

function mergeSettings(old: ConnectionRow['settings'], sent: Sent<'settings'>): ConnectionRow['settings'] {
  const strictMembers = sent.strictMembers ?? old.strictMembers;
  const readCommentTags = sent.readCommentTags ?? old.readCommentTags;
  const grantAuthority = sent.grantAuthority ?? old.grantAuthority;
  const endSessionsOnRevoke = sent.endSessionsOnRevoke ?? old.endSessionsOnRevoke;
  const protectedPrincipals = sent.protectedPrincipals ?? old.protectedPrincipals;
  const exposure = sent.exposure ?? old.exposure;
  const viewSchema = sent.viewSchema ?? old.viewSchema;
  const viewSchemas = sent.viewSchemas ?? old.viewSchemas;
  const maskedLookup = sent.maskedLookup ?? old.maskedLookup;
  return {
    identityTemplate: sent.identityTemplate ?? old.identityTemplate ?? '{username}',
    ...(strictMembers === undefined ? {} : { strictMembers }),
    ...(readCommentTags === undefined ? {} : { readCommentTags }),
    ...(grantAuthority === undefined ? {} : { grantAuthority }),
    ...(endSessionsOnRevoke === undefined ? {} : { endSessionsOnRevoke }),
    ...(protectedPrincipals === undefined ? {} : { protectedPrincipals }),
    ...(exposure === undefined ? {} : { exposure }),
    ...(viewSchema === undefined ? {} : { viewSchema }),
    ...(viewSchemas === undefined ? {} : { viewSchemas }),
    ...(maskedLookup === undefined ? {} : { maskedLookup }),
  };
}

/** Tests a new login or address before it replaces the old one; the platform is asked outside of the transaction. */
export async function updateConnection(deps: Deps, { actor, connectionKey, body, call }: Input): Promise<Connection> {
  const before = await findConnection(deps.db, connectionKey);
  if (!before) throw notFound('connection');
  requireMay(actor, 'connection.manage', { kind: 'connection', connectionKey });
  if (before.state === 'deleting') throw new Refusal('connection.deleting');
  const merged = mergeInto(deps, before, body);
  const { technology } = before;
  const checks = merged.isLoginChanged
    ? await checkPlatform(deps, { technology, ...merged, connectionId: before.id })
    : undefined;
  if (checks)
    requirePassed(
      checks.filter((check) => check.isPartial !== true),
      'The connection stays as it was.',
    );
  await transact(deps, async (tx, after) => {
    const row = await lockConnection(tx, connectionKey);
    if (!row) throw notFound('connection');
    if (row.state === 'deleting') throw new Refusal('connection.deleting');
    if (row.updated_at.getTime() !== before.updated_at.getTime()) throw new Refusal('precondition.failed');
    const isMended = checks !== undefined && row.state === 'error';
    const asked = body.state ?? (isMended ? 'active' : row.state);
    // What was paused goes on where it stood: with checks that failed, grants wait until they pass.
    const failure = asked === 'active' ? holdingFailureOf(checks ?? row.server_info?.preflight?.checks ?? []) : null;
    const state = failure === null ? asked : 'error';
    await sql`
      update connection set config = ${JSON.stringify(merged.config)}::jsonb, settings = ${JSON.stringify(merged.settings)}::jsonb,
        secret = ${merged.isLoginChanged ? sealCredentials(deps.secrets, row.id, merged.credentials) : row.secret},
        sync_interval_hours = ${body.syncIntervalHours ?? row.sync_interval_hours}, state = ${state},
        state_reason = ${failure ?? (state === 'error' ? row.state_reason : null)}, updated_at = now(),
        next_attempt_at = ${merged.isLoginChanged ? null : row.next_attempt_at},
        pause_told_at = case when ${state} = 'paused' then pause_told_at end,
        next_crawl_at = case when ${body.syncIntervalHours ?? null}::int is null then next_crawl_at
          else least(next_crawl_at, now() + make_interval(hours => ${body.syncIntervalHours ?? null}::int)) end
      where id = ${row.id}`.execute(tx);
    if (checks) await storeChecks(tx, row.id, checks);
    if (merged.settings.identityTemplate !== row.settings.identityTemplate) {
      // Names that the old template gave mean nothing any more; the reconciler asks for the new ones.
      await sql`delete from platform_identity where connection_id = ${row.id} and not is_manual`.execute(tx);
    }
    await appendAudit(tx, {
      action: 'ConnectionUpdated',
      actor: userActor(actor),
      actorIp: call.ip,
      targetType: 'CONNECTION',
      targets: [{ id: row.id, name: connectionKey }],
      payload: describeChange(row, { merged, state }, body),
      requestId: call.id,
    });
    if (state !== 'paused') await enqueueConnection(tx, after, { connectionId: row.id, cause: 'button' });
    after.changed('connection', connectionKey);
  });
  if (merged.isLoginChanged) await deps.platforms.forget(before.id);
  const row = await readWholeConnection(deps.db, connectionKey);
  if (!row) throw notFound('connection');
  return presentConnection(deps, actor, row);
}

type Merged = ReturnType<typeof mergeInto>;

/** Old and new of what is no secret; of a password only that it was changed. */
function describeChange(
  row: ConnectionRow,
  after: { merged: Merged; state: string },
  body: UpdateConnectionBody,
): Record<string, unknown> {
  const { merged, state } = after;
  const isPasswordSent = body.credentials?.password !== undefined && body.credentials.password !== redacted;
  return {
    ...(body.config ? { config: { from: row.config, to: merged.config } } : {}),
    ...(body.settings ? { settings: { from: row.settings, to: merged.settings } } : {}),
    ...(body.credentials?.username === undefined ? {} : { username: merged.credentials.username }),
    ...(isPasswordSent ? { passwordChanged: true } : {}),
    ...(state === row.state ? {} : { state: { from: row.state, to: state } }),
    ...(body.syncIntervalHours === undefined ? {} : { syncIntervalHours: body.syncIntervalHours }),
  };
}
