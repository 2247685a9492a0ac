import { createHash, randomBytes } from 'node:crypto';
import type { completeSlackInstall } from '@stoa/contract/slack';
import type { QueryOf } from '@stoa/contract/operation';
import { may } from '@stoa/core/permissions/may';
import { nothing } from '@stoa/core/permissions/objects';
import { sql } from 'kysely';
import { z } from 'zod';
import { appendAudit } from '../../audit/append.ts';
import { transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { Refusal } from '../../http/refusal.ts';
import { requireMay } from '../../http/require.ts';
import type { Call } from '../../http/route.ts';
import { Secret } from '../../secrets/secrets.ts';
import type { LoadedPerson } from '../user/load-people.ts';
import { callSlack } from './call-slack.ts';
import { callbackPath, scopes } from './manifest.ts';
import { type Acting, originOf, slackAudit } from './settings.ts';
import { loadApp, storeInstallation } from './stored-app.ts';

const hashOf = (nonce: string): Buffer => createHash('sha256').update(nonce).digest();
/** A state opens for the very session that it was made for, and under no other place. */
const placeOf = (credentialId: string) =>
  ({ table: 'slack_install_state', rowId: credentialId, column: 'nonce' }) as const;

/** Begins "Add to Slack" in this browser session: the address at Slack, with a state that one callback may use once. */
export async function startInstall(deps: Deps, { actor, call }: Acting): Promise<string> {
  requireMay(actor, 'slack.manage', nothing);
  if (call.by !== 'session' || call.credentialId === undefined) throw new Refusal('slack.session_needed');
  const app = await loadApp(deps, deps.db);
  if (app === undefined) throw new Refusal('slack.not_set_up');
  const nonce = randomBytes(32).toString('base64url');
  await sql`delete from slack_install_state where expires_at < now()`.execute(deps.db);
  await sql`insert into slack_install_state (nonce_hash, credential_id, expires_at)
    values (${hashOf(nonce)}, ${call.credentialId}, now() + interval '10 minutes')`.execute(deps.db);
  const address = new URL(deps.config.slackApiUrl.replace(/\/api$/, '/oauth/v2/authorize'));
  address.search = new URLSearchParams({
    client_id: app.clientId,
    scope: scopes.join(','),
    redirect_uri: originOf(deps, call) + callbackPath,
    state: deps.secrets.seal(placeOf(call.credentialId), new Secret(nonce)),
  }).toString();
  return address.href;
}

/** How an installation came out, as the settings page shows it. */
export type InstallOutcome = 'connected' | 'denied' | 'stale' | 'forbidden' | { readonly failed: string };

type Returned = { query: QueryOf<typeof completeSlackInstall>; actor: LoadedPerson | undefined; call: Call };

/** What Slack sent the browser back with. The code is exchanged only for the session that began. */
export async function completeInstall(deps: Deps, { query, actor, call }: Returned): Promise<InstallOutcome> {
  if (actor === undefined || call.by !== 'session' || call.credentialId === undefined) return 'stale';
  if (!may(actor, 'slack.manage', nothing).allowed) return 'forbidden';
  if (!(await takeState(deps, query.state ?? '', call.credentialId))) return 'stale';
  if (query.error !== undefined || query.code === undefined)
    return query.error === 'access_denied' ? 'denied' : { failed: query.error ?? 'no code came back' };
  const app = await loadApp(deps, deps.db);
  if (app === undefined) return 'stale';
  const granted = await callSlack(deps, {
    method: 'oauth.v2.access',
    args: {
      code: query.code,
      client_id: app.clientId,
      client_secret: app.clientSecret.reveal(),
      redirect_uri: originOf(deps, call) + callbackPath,
    },
    answer: grant,
  });
  if (!granted.ok) return { failed: granted.error };
  // Such a token is over after half a day, and Stoa renews none.
  if (granted.value.refresh_token !== undefined) return { failed: 'token_rotation_enabled' };
  const missing = scopes.filter((scope) => !granted.value.scope.split(',').includes(scope));
  if (missing.length > 0) return { failed: `missing_scope: ${missing.join(', ')}` };
  await store(deps, granted.value, { actor, call });
  return 'connected';
}

const named = z.object({ id: z.string(), name: z.string().optional() }).nullish();
const grant = z.object({
  access_token: z.string().min(1),
  scope: z.string(),
  refresh_token: z.string().optional(),
  bot_user_id: z.string(),
  team: named,
  enterprise: named,
});

async function store(deps: Deps, granted: z.output<typeof grant>, acting: Acting): Promise<void> {
  const { team, enterprise } = granted;
  const workspace = {
    teamId: team?.id ?? null,
    teamName: team?.name ?? null,
    enterpriseId: enterprise?.id ?? null,
    enterpriseName: enterprise?.name ?? null,
    botUserId: granted.bot_user_id,
  };
  await transact(deps, async (tx) => {
    await storeInstallation(deps, tx, { ...workspace, token: new Secret(granted.access_token) });
    await appendAudit(tx, slackAudit(acting, { installed: workspace }));
  });
}

/** A state that was taken cannot be taken again; one that was made up, or for another session, opens to nothing. */
async function takeState(deps: Deps, state: string, credentialId: string): Promise<boolean> {
  const nonce = openState(deps, state, credentialId);
  if (nonce === undefined) return false;
  const { rows } = await sql<{ fresh: boolean }>`
    delete from slack_install_state where nonce_hash = ${hashOf(nonce)} and credential_id = ${credentialId}
    returning expires_at > now() as fresh`.execute(deps.db);
  return rows[0]?.fresh === true;
}

function openState(deps: Deps, state: string, credentialId: string): string | undefined {
  try {
    return deps.secrets.open(placeOf(credentialId), state).reveal();
  } catch {
    return undefined;
  }
}
