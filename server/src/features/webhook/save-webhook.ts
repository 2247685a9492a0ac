import type { CreateWebhookBody, UpdateWebhookBody } from '@stoa/contract/webhook';
import { nothing } from '@stoa/core/permissions/objects';
import { sql } from 'kysely';
import { appendAudit, type AuditEntry } from '../../audit/append.ts';
import { userActor } from '../../audit/user-actor.ts';
import { newUuid } from '../../db/new-id.ts';
import { transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { EgressRefused } from '../../egress/egress-rules.ts';
import { checkUrl } from '../../egress/guarded-fetch.ts';
import { Refusal } from '../../http/refusal.ts';
import { requireMay } from '../../http/require.ts';
import type { Call } from '../../http/route.ts';
import type { Secret } from '../../secrets/secrets.ts';
import type { LoadedPerson } from '../user/load-people.ts';
import { lockWebhook } from './load-webhooks.ts';
import { originOf } from './origin-of.ts';
import { newSigningKey, readSigningKey, sealSigningKey } from './signing-key.ts';

export type By = { readonly actor: LoadedPerson; readonly call: Call };
/** For so long the key before a reset signs as well. */
const overlapHours = 24;

export const webhookEntry = (
  { actor, call }: By,
  { id, url }: { id: string; url: string },
): Omit<AuditEntry, 'action' | 'payload'> => ({
  actor: userActor(actor),
  actorIp: call.ip,
  targetType: 'WEBHOOK',
  targets: [{ id, name: originOf(url), type: 'WEBHOOK' }],
  requestId: call.id,
});

/** What is wrong with an address that can be told before its name is resolved. */
export function requireAddress(deps: Pick<Deps, 'config'>, url: string): void {
  try {
    checkUrl(deps.config.egress, 'webhook', url);
  } catch (error) {
    if (!(error instanceof EgressRefused)) throw error;
    throw new Refusal('webhook.address_refused', {
      detail: `${error.message}.`,
      errors: [{ path: 'body.url', message: error.message }],
    });
  }
}

/** The key of a body, or a new one, which is answered once. */
export const keyFor = (given: string | undefined): { key: Secret; isMade: boolean } =>
  given === undefined || given === ''
    ? { key: newSigningKey(), isMade: true }
    : { key: readSigningKey(given), isMade: false };

export async function createWebhook(
  deps: Deps,
  by: By,
  body: CreateWebhookBody,
): Promise<{ id: string; secret: string | undefined }> {
  requireMay(by.actor, 'webhook.manage', nothing);
  requireAddress(deps, body.url);
  const id = newUuid();
  const { key, isMade } = keyFor(body.signingKey);
  const eventTypes = [...new Set(body.eventTypes ?? [])];
  await transact(deps, async (tx, after) => {
    await sql`insert into webhook (id, url, description, verify_tls, event_types, format, include_answers, secret, created_by)
      values (${id}, ${body.url}, ${body.description || null}, ${body.verifyTls}, ${eventTypes}::text[], ${body.format ?? 'standard'},
        ${body.includeAnswers ?? false}, ${sealSigningKey(deps.secrets, id, key)}, ${by.actor.globalUserId})`.execute(
      tx,
    );
    await appendAudit(tx, {
      ...webhookEntry(by, { id, url: body.url }),
      action: 'WebhookCreated',
      payload: {
        verifyTls: body.verifyTls,
        eventTypes,
        format: body.format ?? 'standard',
        includeAnswers: body.includeAnswers ?? false,
      },
    });
    after.changed('webhook', id);
  });
  return { id, secret: isMade ? key.reveal() : undefined };
}

export async function updateWebhook(
  deps: Deps,
  by: By,
  { id, body }: { id: string; body: UpdateWebhookBody },
): Promise<void> {
  requireMay(by.actor, 'webhook.manage', nothing);
  if (body.url !== undefined) requireAddress(deps, body.url);
  const key = body.signingKey ? readSigningKey(body.signingKey) : undefined;
  await transact(deps, async (tx, after) => {
    const row = await lockWebhook(tx, id);
    const wanted = {
      url: body.url ?? row.url,
      description: body.description === undefined ? row.description : body.description || null,
      verifyTls: body.verifyTls ?? row.verify_tls,
      eventTypes: body.eventTypes === undefined ? row.event_types : [...new Set(body.eventTypes)],
      format: body.format ?? row.format,
      includeAnswers: body.includeAnswers ?? row.include_answers,
      enabled: body.enabled ?? row.enabled,
    };
    if (body.suppressed === true && row.suppressed_at === null)
      throw new Refusal('webhook.suppressed_by_stoa', {
        errors: [{ path: 'body.suppressed', message: 'cannot be set' }],
      });
    // On again ends a suppression, and the days of failure before it do not count on.
    const isEnded = row.suppressed_at !== null && (body.enabled === true || body.suppressed === false);
    const isResumed = isEnded || (body.enabled === true && !row.enabled);
    await sql`update webhook set url = ${wanted.url}, description = ${wanted.description}, verify_tls = ${wanted.verifyTls},
        event_types = ${wanted.eventTypes}::text[], format = ${wanted.format}, include_answers = ${wanted.includeAnswers},
        enabled = ${wanted.enabled}, updated_at = now()
        ${isResumed ? sql`, suppressed_at = null, suppressed_why = null, failing_since = null` : sql``}
      where id = ${id}`.execute(tx);
    if (key) await replaceKey({ deps, tx }, row, key);
    await appendAudit(tx, {
      ...webhookEntry(by, { id, url: wanted.url }),
      action: 'WebhookUpdated',
      payload: {
        ...wanted,
        url: originOf(wanted.url),
        urlChanged: wanted.url !== row.url,
        signingKeyReplaced: key !== undefined,
        resumed: isResumed,
      },
    });
    after.changed('webhook', id);
  });
}

type Scope = { deps: Pick<Deps, 'secrets'>; tx: Parameters<Parameters<typeof transact>[1]>[0] };

/** A third key drops the first: receivers are told of a change long before a second one. */
async function replaceKey({ deps, tx }: Scope, { id }: { id: string }, key: Secret): Promise<void> {
  await sql`update webhook set former_secret = secret, former_until = now() + make_interval(hours => ${overlapHours}),
      secret = ${sealSigningKey(deps.secrets, id, key)}, updated_at = now() where id = ${id}`.execute(tx);
}

/** A new key, answered once. */
export async function resetSigningKey(deps: Deps, by: By, id: string): Promise<string> {
  requireMay(by.actor, 'webhook.manage', nothing);
  const key = newSigningKey();
  await transact(deps, async (tx, after) => {
    const row = await lockWebhook(tx, id);
    await replaceKey({ deps, tx }, row, key);
    await appendAudit(tx, {
      ...webhookEntry(by, row),
      action: 'WebhookSigningKeyReset',
      payload: { formerKeyHours: overlapHours },
    });
    after.changed('webhook', id);
  });
  return key.reveal();
}

export async function deleteWebhook(deps: Deps, by: By, id: string): Promise<void> {
  requireMay(by.actor, 'webhook.manage', nothing);
  await transact(deps, async (tx, after) => {
    const row = await lockWebhook(tx, id);
    await sql`with gone as (delete from webhook where id = ${id}) insert into webhook_remains values (${id})`.execute(
      tx,
    );
    await appendAudit(tx, {
      ...webhookEntry(by, row),
      action: 'WebhookDeleted',
      payload: { undelivered: row.waiting, dead: row.dead },
    });
    after.changed('webhook', id);
  });
}
