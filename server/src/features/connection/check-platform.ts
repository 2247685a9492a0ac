import type { PreflightCheck } from '@stoa/contract/connection';
import type { Technology } from '@stoa/contract/enums';
import type { Connector } from '@stoa/connectors/connector';
import type { Deps } from '../../deps.ts';
import { checkEgress, EgressRefused } from '../../egress/egress-rules.ts';
import { Refusal } from '../../http/refusal.ts';
import type { PlatformDescription } from '../../provisioning/platforms.ts';
import { failureOf } from '../../provisioning/preflight.ts';

export function requireConnector(deps: Deps, technology: Technology): Connector {
  const connector = deps.platforms.connector(technology);
  if (connector) return connector;
  throw new Refusal('connection.technology_unsupported', {
    detail: `There is no connector for ${technology} yet; PostgreSQL has one.`,
  });
}

/**
 * Runs the connector's checks. A refused address is refused aloud before anything is dialled; everything else that is
 * wrong, also a name that does not resolve, is a failed check.
 */
export async function checkPlatform(
  deps: Deps,
  description: PlatformDescription & { config: { host: string; port: number } },
): Promise<PreflightCheck[]> {
  const connector = requireConnector(deps, description.technology);
  requireForm(connector.configSchema, description.config, 'config');
  requireForm(connector.credentialsSchema, description.credentials, 'credentials');
  requireForm(connector.settingsSchema, description.settings, 'settings');
  await requireAddress(deps, description.config);
  const checks = await deps.platforms.preflight(description);
  return checks.map((check) => ({ ...check }));
}

export function requirePassed(checks: readonly PreflightCheck[], whatStays: string): void {
  const failure = failureOf(checks);
  if (failure === null) return;
  throw new Refusal('connection.preflight_failed', { detail: `${failure} ${whatStays}`, extra: { checks } });
}

type Form = Connector['configSchema'];

/** The connector's own limits, where they are narrower than those of the wire. The value itself is never repeated. */
export function requireForm(schema: Form, value: object, member: string): void {
  const result = schema.safeParse(value);
  if (result.success) return;
  const errors = result.error.issues.map((issue) => ({
    path: ['body', member, ...issue.path].join('.'),
    message: issue.message,
  }));
  throw new Refusal('request.malformed', { detail: `${errors[0]?.path} does not fit the platform.`, errors });
}

async function requireAddress(deps: Deps, { host, port }: { host: string; port: number }): Promise<void> {
  try {
    await checkEgress(deps.config.egress, { purpose: 'connection', host, port });
  } catch (error) {
    if (!(error instanceof EgressRefused)) throw error;
    if (/could not be resolved|has no address/.test(error.message)) return;
    throw new Refusal('connection.address_refused', { detail: `${error.message}. Nothing was sent there.` });
  }
}
