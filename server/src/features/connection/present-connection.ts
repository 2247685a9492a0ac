import { type Connection, redacted, type ReconcileProgress } from '@stoa/contract/connection';
import { abilitiesOnConnection } from '@stoa/core/permissions/abilities';
import type { Actor } from '@stoa/core/permissions/objects';
import type { Deps } from '../../deps.ts';
import { credentialsPlace } from '../../provisioning/platforms.ts';
import type { ConnectionRow, WholeConnection } from './queries.ts';

export type StoredCredentials = { username: string; password: string };

/** The credentials in clear; the only place of this feature that opens them. */
export function openCredentials(deps: Deps, row: Pick<ConnectionRow, 'id' | 'secret'>): StoredCredentials {
  // Sealed by our own operations from the parsed contract.
  return deps.secrets.open(credentialsPlace(row.id), row.secret).revealJson() as StoredCredentials;
}

/** A connection as its readers see it: what is secret reads as a fixed word. */
export function presentConnection(deps: Deps, actor: Actor, row: WholeConnection): Connection {
  const { crawl } = row;
  return {
    connectionKey: row.connection_key,
    technology: row.technology,
    config: row.config,
    authType: row.auth_type,
    credentials: { username: openCredentials(deps, row).username, password: redacted },
    settings: { ...row.settings, identityTemplate: row.settings.identityTemplate ?? '{username}' },
    syncIntervalHours: row.sync_interval_hours,
    state: row.state,
    ...(row.state_reason === null ? {} : { stateReason: row.state_reason }),
    ...(row.server_info?.serverVersion === undefined ? {} : { serverVersion: row.server_info.serverVersion }),
    ...(crawl === null
      ? {}
      : {
          crawl: {
            status: crawl.status,
            found: crawl.found,
            startedAt: new Date(crawl.startedAt).toISOString(),
            ...(crawl.finishedAt === null ? {} : { finishedAt: new Date(crawl.finishedAt).toISOString() }),
            ...(crawl.error === null ? {} : { error: crawl.error }),
          },
        }),
    reconcile: presentReconcile(row),
    ...(row.server_info?.preflight === undefined ? {} : { preflight: row.server_info.preflight }),
    driftCount: row.drift_count,
    objectCount: row.object_count,
    dataSourceCount: row.data_source_count,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
    abilities: abilitiesOnConnection(actor, { kind: 'connection', connectionKey: row.connection_key }),
  };
}

function presentReconcile(row: WholeConnection): ReconcileProgress {
  return {
    status: reconcileStatus(row),
    pending: row.pending + row.waiting_keys,
    failed: row.failed,
    ...(row.last_run_at === null ? {} : { lastRunAt: row.last_run_at.toISOString() }),
    ...(row.run_error === null ? {} : { error: row.run_error }),
    ...(row.next_attempt_at === null ? {} : { nextAttemptAt: row.next_attempt_at.toISOString() }),
    ...(row.down_since === null ? {} : { downSince: row.down_since.toISOString() }),
  };
}

function reconcileStatus(row: WholeConnection): ReconcileProgress['status'] {
  if (row.run_error !== null) return 'FAILED';
  if (row.waiting_keys > 0) return 'RUNNING';
  return row.last_run_at === null ? 'IDLE' : 'SUCCEEDED';
}
