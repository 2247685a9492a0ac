import { postgresConnector } from '@stoa/connectors/postgres/connector';
import { namePrefix } from '../provisioning/platforms.ts';
import type { LivePlatform } from './live-platform.ts';

/** What the DBA of a platform runs before masks: its schema, its helper functions, the rights of its account. */
export async function runSetupScript(platform: LivePlatform, installationId: string): Promise<void> {
  const { host, port, database, connector, superuser } = platform;
  const config = { host, port, database, tls: 'disable' as const };
  await superuser.query(postgresConnector.setupScript({ config, installationId, namePrefix, ...connector }));
}
