import { timingSafeEqual } from 'node:crypto';
import { openApiDocument } from '@stoa/contract/openapi';
import { operations } from '@stoa/contract/operations';
import * as system from '@stoa/contract/system';
import type { Health } from '@stoa/contract/system';
import { webhookAsyncApiDocument, webhookSchemaDocument } from '@stoa/contract/webhook-event';
import { sql } from 'kysely';
import { stringify } from 'yaml';
import { isLoopback } from '../../config.ts';
import type { Deps } from '../../deps.ts';
import { readSinks } from '../../audit/audit-sinks.ts';
import { readUnsealed } from '../../audit/sealer-watch.ts';
import { lastCheckpoint } from '../../audit/stored-checkpoints.ts';
import { checkpointAge, exportLag, registry, unsealedSeconds, waitingKeys } from '../../http/metrics.ts';
import { Refusal } from '../../http/refusal.ts';
import { newNonce } from '../../http/security-headers.ts';
import { renderApiPage } from './api-page.ts';
import { measurePlatforms } from './measure-platforms.ts';
import { reportViolation } from './report-violation.ts';
import { publicRoute, type RawRoute, type Route, rawRoute } from '../../http/route.ts';

const up = { status: 'up' };
const alive: Health = { status: 'ok', info: { process: up }, error: {}, details: { process: up } };

async function readiness(deps: Deps): Promise<Health> {
  try {
    const newer = await deps.schema.look(deps.db, deps.log);
    if (newer !== undefined) {
      const message = `A newer Stoa has migrated the database (${newer}). Start that version in place of this one.`;
      const schema = { status: 'down', message };
      return { status: 'error', info: { database: up }, error: { schema }, details: { database: up, schema } };
    }
    return { status: 'ok', info: { database: up }, error: {}, details: { database: up } };
  } catch {
    const down = { status: 'down' };
    return { status: 'error', info: {}, error: { database: down }, details: { database: down } };
  }
}

/** Made when it is first asked for: making it takes longer than all else that a start does by itself. */
function made<T>(make: () => T): () => T {
  let value: T | undefined;
  return () => (value ??= make());
}
const document = made(() => openApiDocument(operations));
const documentAsYaml = made(() => stringify(document(), { aliasDuplicateObjects: false }));
const events = made(webhookAsyncApiDocument);
const eventSchema = made(webhookSchemaDocument);

export const systemRoutes: readonly (Route | RawRoute)[] = [
  publicRoute(system.getHealth)(async () => ({ status: 200, body: alive })),
  publicRoute(system.getLiveness)(async () => ({ status: 200, body: alive })),
  publicRoute(system.getReadiness)(async ({ deps }) => {
    const body = await readiness(deps);
    return body.status === 'ok' ? { status: 200, body } : { status: 503, body };
  }),
  publicRoute(system.getOpenApiDocument)(async () => ({ status: 200, body: document() })),
  publicRoute(system.getOpenApiYaml)(async () => ({ status: 200, body: documentAsYaml() })),
  publicRoute(system.getWebhookEvents)(async () => ({ status: 200, body: events() })),
  publicRoute(system.getWebhookEventSchema)(async () => ({ status: 200, body: eventSchema() })),
  rawRoute(system.getApiDocs, async (_context, _request, reply) => {
    const nonce = newNonce();
    return reply
      .header('content-security-policy', `default-src 'none'; style-src 'nonce-${nonce}'; frame-ancestors 'none'`)
      .header('content-type', 'text/html; charset=utf-8')
      .send(renderApiPage(document(), nonce));
  }),
  rawRoute(system.reportPolicyViolation, reportViolation),
  rawRoute(system.getMetrics, async ({ deps, call }, request, reply) => {
    requireMetricsReader(deps, call.ip, request.headers.authorization);
    await measureQueue(deps);
    await measurePlatforms(deps);
    await measureAudit(deps);
    return reply.header('content-type', registry.contentType).send(await registry.metrics());
  }),
];

/** Loopback callers, or the bearer of `STOA_METRICS_TOKEN`; to anybody else the page is not there. */
function requireMetricsReader(deps: Deps, ip: string, authorization: string | undefined): void {
  const address = ip.replace(/^::ffff:/, '');
  if (isLoopback(address)) return;
  const token = deps.config.metricsToken;
  const given = Buffer.from(authorization?.replace(/^Bearer /i, '') ?? '');
  const wanted = Buffer.from(token ?? '');
  if (token === undefined || given.length !== wanted.length || !timingSafeEqual(given, wanted))
    throw new Refusal('route.not_found');
}

async function measureQueue(deps: Deps): Promise<void> {
  const { rows } = await sql<{ key: string; n: number }>`
    select c.connection_key as key, count(k.id) as n from connection c left join provisioning_key k on k.connection_id = c.id group by 1`.execute(
    deps.db,
  );
  waitingKeys.reset();
  for (const row of rows) waitingKeys.set({ connection: row.key }, row.n);
}

async function measureAudit({ db, installationId }: Deps): Promise<void> {
  unsealedSeconds.set((await readUnsealed(db)).seconds);
  exportLag.reset();
  const sinks = await readSinks(db);
  const secondsSince = (time: Date | undefined | null) => {
    const now = sinks[0]?.now ?? new Date();
    return time ? Math.max(0, (now.getTime() - time.getTime()) / 1_000) : 0;
  };
  for (const sink of sinks.filter((one) => one.is_enabled))
    exportLag.set({ sink: sink.kind, host: sink.host ?? '' }, secondsSince(sink.behind_since));
  const checkpoint = await lastCheckpoint(db, installationId);
  checkpointAge.set(secondsSince(checkpoint && new Date(checkpoint.time)));
}
