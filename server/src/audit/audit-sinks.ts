import type { AuditSinkKind, AuditSinkState } from '@stoa/contract/audit-chain';
import { auditS3 } from '@stoa/contract/audit-chain';
import { sql } from 'kysely';
import type { Reader, Tx } from '../db/pool.ts';
import { Secret, type Secrets } from '../secrets/secrets.ts';
import { checkpointFile, type Place } from './sink-file.ts';
import type { S3Settings } from './sink-s3.ts';

/** Checkpoints may wait so long for a sink; then administrators are warned. */
export const longestLag = 5 * 60_000;

export type StoredSink = {
  kind: AuditSinkKind;
  /** Whose file it is, and where; null: a bucket, or no replica has looked at its file yet. */
  replica_id: string | null;
  host: string | null;
  file: string | null;
  is_enabled: boolean;
  settings: Record<string, unknown>;
  secret: string | null;
  exported_number: number;
  exported_at: Date | null;
  failed_at: Date | null;
  failure: string | null;
  behind_since: Date | null;
  now: Date;
};

const secretPlace = { table: 'audit_sink', rowId: 's3', column: 'secret' } as const;

/** Every sink, the file of each replica for itself, with the time of the oldest checkpoint that it does not have yet. */
export async function readSinks(db: Reader): Promise<StoredSink[]> {
  const { rows } = await sql<StoredSink>`
    select k.kind, k.is_enabled, k.settings, k.secret, s.*, now() as now,
      (select c.time from audit_checkpoint c where c.number > s.exported_number order by c.number limit 1) as behind_since
    from audit_sink k cross join lateral (
      select id as replica_id, host, audit_file as file, audit_file_number as exported_number, audit_file_at as exported_at,
        audit_file_failed_at as failed_at, audit_file_failure as failure
      from replica where k.kind = 'file' and audit_file is not null
      union all
      select null, null, null, k.exported_number, k.exported_at, k.failed_at, k.failure
      where k.kind <> 'file' or not exists (select from replica where audit_file is not null)) s
    order by k.kind, s.host, s.replica_id`.execute(db);
  return rows;
}

export const isLate = ({ is_enabled, behind_since, now }: StoredSink): boolean =>
  is_enabled && behind_since !== null && now.getTime() - behind_since.getTime() > longestLag;

export function readS3(sink: StoredSink, secrets: Secrets): S3Settings | undefined {
  const settings = auditS3.safeParse(sink.settings);
  if (!settings.success || sink.secret === null) return undefined;
  return { ...settings.data, secretAccessKey: secrets.open(secretPlace, sink.secret) };
}

export async function storeS3(
  tx: Tx,
  secrets: Secrets,
  { enabled, secretAccessKey, ...settings }: S3Settings & { enabled: boolean },
): Promise<void> {
  const sealed = secrets.seal(secretPlace, secretAccessKey);
  await sql`insert into audit_sink (kind, is_enabled, settings, secret)
    values ('s3', ${enabled}, ${JSON.stringify(settings)}::jsonb, ${sealed})
    on conflict (kind) do update set is_enabled = excluded.is_enabled, settings = excluded.settings, secret = excluded.secret,
      failed_at = null, failure = null, updated_at = now(),
      -- Another bucket is given everything from the beginning.
      exported_number = case when audit_sink.settings = excluded.settings then audit_sink.exported_number else 0 end,
      exported_at = case when audit_sink.settings = excluded.settings then audit_sink.exported_at end`.execute(tx);
}

/** As it came with a call. */
export const givenSecret = (text: string): Secret => new Secret(text);

export function presentSink(sink: StoredSink, place: Place): AuditSinkState {
  const s3 = auditS3.safeParse(sink.settings);
  const bucket = s3.success ? `${s3.data.endpoint}/${s3.data.bucket}/${s3.data.prefix}` : null;
  return {
    kind: sink.kind,
    host: sink.host,
    enabled: sink.is_enabled,
    place: sink.kind === 'file' ? (sink.file ?? checkpointFile(place)) : bucket,
    exportedNumber: sink.exported_number,
    exportedAt: sink.exported_at?.toISOString() ?? null,
    behindSince: sink.is_enabled ? (sink.behind_since?.toISOString() ?? null) : null,
    isLate: isLate(sink),
    failure:
      sink.failure === null || sink.failed_at === null
        ? null
        : { at: sink.failed_at.toISOString(), message: sink.failure },
  };
}
