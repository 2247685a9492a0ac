import { access, constants, mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { auditS3, type AuditS3Settings, type UpdateAuditS3Body } from '@stoa/contract/audit-chain';
import type { ChannelTest } from '@stoa/contract/email';
import { sql } from 'kysely';
import { appendAudit } from '../../audit/append.ts';
import { givenSecret, readS3, readSinks, storeS3, type StoredSink } from '../../audit/audit-sinks.ts';
import { checkpointFile } from '../../audit/sink-file.ts';
import { putObject, S3Failed, type S3Settings } from '../../audit/sink-s3.ts';
import { type Acting, settingsEntry } from '../../audit/settings-entry.ts';
import type { Reader } from '../../db/pool.ts';
import { transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { Refusal } from '../../http/refusal.ts';

const sinks = { id: 'audit', name: 'Audit export' };

const findS3 = async (db: Reader): Promise<StoredSink | undefined> =>
  (await readSinks(db)).find((sink) => sink.kind === 's3');

export async function readS3Settings(db: Reader): Promise<AuditS3Settings> {
  const sink = await findS3(db);
  const settings = auditS3.safeParse(sink?.settings);
  return {
    enabled: sink?.is_enabled ?? false,
    hasSecret: sink?.secret != null,
    settings: settings.success ? settings.data : null,
  };
}

/** A stored secret goes nowhere but to the endpoint, and with the key id, that it was entered for. */
async function complete(deps: Pick<Deps, 'secrets'>, db: Reader, body: UpdateAuditS3Body): Promise<S3Settings> {
  const { enabled: _enabled, secretAccessKey, ...settings } = body;
  if (secretAccessKey !== undefined) return { ...settings, secretAccessKey: givenSecret(secretAccessKey) };
  const sink = await findS3(db);
  const kept = sink && readS3(sink, deps.secrets);
  if (kept === undefined || kept.endpoint !== settings.endpoint || kept.accessKeyId !== settings.accessKeyId)
    throw new Refusal('audit.secret_needed');
  return { ...settings, secretAccessKey: kept.secretAccessKey };
}

export async function updateS3(deps: Deps, body: UpdateAuditS3Body, acting: Acting): Promise<AuditS3Settings> {
  return transact(deps, async (tx, after) => {
    const settings = await complete(deps, tx, body);
    const before = await readS3Settings(tx);
    await storeS3(tx, deps.secrets, { ...settings, enabled: body.enabled });
    const now = await readS3Settings(tx);
    await appendAudit(tx, settingsEntry(acting, { ...sinks, payload: { before, after: now } }));
    after.changed('settings', 'audit');
    return now;
  });
}

/** Writes one real object; where the key went is on record before it goes. */
export async function testS3(deps: Deps, body: UpdateAuditS3Body, acting: Acting): Promise<ChannelTest> {
  const settings = await complete(deps, deps.db, body);
  const { secretAccessKey: _secret, ...tried } = settings;
  await transact(deps, (tx) =>
    appendAudit(tx, settingsEntry(acting, { ...sinks, payload: { tried }, action: 'ConfigurationTested' })),
  );
  const now = new Date();
  const name = `test-${now.toISOString().replaceAll(/[:.]/g, '-')}.txt`;
  try {
    await putObject(deps.config.egress, settings, { name, body: 'A test of Stoa: this object may be removed.\n', now });
    return { status: 'SUCCESS', message: `The bucket took the object ${settings.prefix}${name}.` };
  } catch (error) {
    if (!(error instanceof S3Failed)) throw error;
    return { status: 'FAILED', message: error.message };
  }
}

export async function updateFile(deps: Deps, { enabled }: { enabled: boolean }, acting: Acting): Promise<void> {
  await transact(deps, async (tx, after) => {
    const { rows } = await sql<{
      was: boolean;
    }>`select is_enabled as was from audit_sink where kind = 'file' for update`.execute(tx);
    if (rows[0]?.was === enabled) return;
    await sql`update audit_sink set is_enabled = ${enabled}, updated_at = now() where kind = 'file'`.execute(tx);
    const payload = { before: { file: rows[0]?.was }, after: { file: enabled } };
    await appendAudit(tx, settingsEntry(acting, { ...sinks, payload }));
    after.changed('settings', 'audit');
  });
}

/** Whether this host could append; nothing is written, since the file holds checkpoints alone. */
export async function testFile({ config }: Pick<Deps, 'config'>): Promise<ChannelTest> {
  const file = checkpointFile(config);
  try {
    await mkdir(dirname(file), { recursive: true });
    await access(dirname(file), constants.W_OK);
    await access(file, constants.W_OK).catch((error: unknown) => {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    });
    return { status: 'SUCCESS', message: `${file} can be written on this host.` };
  } catch (error) {
    return { status: 'FAILED', message: `${file}: ${error instanceof Error ? error.message : String(error)}` };
  }
}
