import type { SetSlackAppBody, SlackApp, SlackConfiguration } from '@stoa/contract/slack';
import { nothing } from '@stoa/core/permissions/objects';
import { z } from 'zod';
import { appendAudit } from '../../audit/append.ts';
import { settingsEntry } from '../../audit/settings-entry.ts';
import { transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { Refusal } from '../../http/refusal.ts';
import { requireMay } from '../../http/require.ts';
import type { Call } from '../../http/route.ts';
import { Secret } from '../../secrets/secrets.ts';
import type { LoadedPerson } from '../user/load-people.ts';
import { callSlack } from './call-slack.ts';
import { callbackPath, interactionPath, manifestFor } from './manifest.ts';
import { forgetApp, forgetWorkspace, loadApp, loadInstallation, storeApp } from './stored-app.ts';

export type Acting = { actor: LoadedPerson; call: Call };

/** What an administrator sets up, and what Slack has to know of this installation. */
export async function readSlackApp(deps: Deps, { actor, call }: Acting): Promise<SlackApp> {
  requireMay(actor, 'slack.manage', nothing);
  const app = await loadApp(deps, deps.db);
  const installation = await loadInstallation(deps, deps.db);
  const { lastError, lastErrorAt } = installation ?? {};
  return {
    clientId: app?.clientId ?? null,
    hasSecrets: app !== undefined,
    apiUrl: deps.config.slackApiUrl,
    appsUrl: `${appsHost(deps.config.slackApiUrl)}/apps`,
    redirectUrl: originOf(deps, call) + callbackPath,
    interactionUrl: originOf(deps, call) + interactionPath,
    manifest: manifestFor(originOf(deps, call)),
    lastInteractionAt: app?.lastInteractionAt?.toISOString() ?? null,
    installedAt: installation?.installedAt.toISOString() ?? null,
    lastFailure:
      lastError === undefined || lastError === null || !lastErrorAt
        ? null
        : { error: lastError, at: lastErrorAt.toISOString() },
  };
}

/** Where Slack finds this installation: by its set address, else by the one that the administrator uses. */
export const originOf = ({ config }: Pick<Deps, 'config'>, call: Call): string => config.publicUrl ?? call.origin;

/** `https://slack.com/api` -> `https://api.slack.com`; GovSlack likewise. */
function appsHost(apiUrl: string): string {
  const { protocol, host } = new URL(apiUrl);
  return `${protocol}//${/^slack(-gov)?\.com$/.test(host) ? `api.${host}` : host}`;
}

/** Stores the app; what is left out of the same app stays. Another app begins without an installation. */
export async function writeSlackApp(deps: Deps, body: SetSlackAppBody, { actor, call }: Acting): Promise<void> {
  requireMay(actor, 'slack.manage', nothing);
  await transact(deps, async (tx) => {
    const before = await loadApp(deps, tx);
    const kept = before?.clientId === body.clientId ? before : undefined;
    const clientSecret = body.clientSecret === undefined ? kept?.clientSecret : new Secret(body.clientSecret);
    const signingSecret = body.signingSecret === undefined ? kept?.signingSecret : new Secret(body.signingSecret);
    if (clientSecret === undefined || signingSecret === undefined) throw new Refusal('slack.secret_missing');
    if (before !== undefined && kept === undefined) await forgetWorkspace(tx);
    await storeApp(deps, tx, { clientId: body.clientId, clientSecret, signingSecret });
    await appendAudit(tx, slackAudit({ actor, call }, { clientId: body.clientId }));
  });
}

export const slackAudit = (acting: Acting, payload: Readonly<Record<string, unknown>>) =>
  settingsEntry(acting, { id: 'slack', name: 'Slack', payload });

/** Whether and where Slack is installed. */
export async function readConfiguration(deps: Deps, { actor }: Acting): Promise<SlackConfiguration> {
  requireMay(actor, 'slack.manage', nothing);
  const found = await loadInstallation(deps, deps.db);
  if (found === undefined) return { isConfigured: false, configuration: {} };
  const { teamName, teamId, botUserId, enterpriseName, enterpriseId } = found;
  return {
    isConfigured: true,
    configuration: {
      ...(teamName === null ? {} : { teamName }),
      ...(teamId === null ? {} : { teamId }),
      botUserId,
      ...(enterpriseName === null ? {} : { enterpriseName }),
      ...(enterpriseId === null ? {} : { enterpriseId }),
    },
  };
}

/** Removes Slack with its secrets. The token is given back as well, as far as Slack can be reached. */
export async function removeSlack(deps: Deps, { actor, call }: Acting): Promise<void> {
  requireMay(actor, 'slack.manage', nothing);
  const removed = await transact(deps, async (tx) => {
    const app = await loadApp(deps, tx);
    const installation = await loadInstallation(deps, tx);
    if (app === undefined && installation === undefined) return undefined;
    await forgetApp(tx);
    const { teamName, teamId } = installation ?? {};
    await appendAudit(tx, slackAudit({ actor, call }, { removed: { clientId: app?.clientId, teamName, teamId } }));
    return installation;
  });
  if (removed === undefined) return;
  const given = await callSlack(deps, { method: 'auth.revoke', token: removed.token, args: {}, answer: z.object({}) });
  if (!given.ok) deps.log.warn({ error: given.error }, 'Slack did not take the token of a removed installation back');
}

const meanings: Readonly<Record<string, string>> = {
  account_inactive: 'the app was removed from the workspace; add it again',
  invalid_auth: 'Slack does not know the token any more; add the app again',
  not_authed: 'no token was sent; add the app again',
  token_revoked: 'the token was revoked at Slack; add the app again',
  token_expired: 'the app rotates its tokens; switch that off at Slack and add it again',
  missing_scope: 'the app lacks a scope; update its manifest at Slack and add it again',
  ratelimited: 'Slack asks for patience; try again in a minute',
};

/** Slack's own answer about the token, with what it means. */
export async function testSlack(deps: Deps, { actor }: Acting): Promise<{ isValid: boolean; errorMessage?: string }> {
  requireMay(actor, 'slack.manage', nothing);
  const installation = await loadInstallation(deps, deps.db);
  if (installation === undefined) return { isValid: false, errorMessage: 'Slack is not connected.' };
  const answer = z.object({ team_id: z.string().optional() });
  const reply = await callSlack(deps, { method: 'auth.test', token: installation.token, args: {}, answer });
  if (reply.ok) return { isValid: true };
  const meaning = meanings[reply.error];
  return { isValid: false, errorMessage: meaning === undefined ? reply.error : `${reply.error}: ${meaning}.` };
}
