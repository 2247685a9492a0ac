import { hostname } from 'node:os';
import { sql } from 'kysely';
import type { Deps } from '../deps.ts';
import { isLate, readS3, readSinks, type StoredSink } from './audit-sinks.ts';
import { type Checkpoint, checkpointLine } from './checkpoint.ts';
import { readSigningKey } from './signing-key.ts';
import {
  appendToFile,
  checkpointFile,
  keepPublicKey,
  lastInFile,
  type Place,
  publicKeyFile,
  setAside,
} from './sink-file.ts';
import { putObject } from './sink-s3.ts';
import { isStored, storedCheckpoints } from './stored-checkpoints.ts';

const atOnce = 1_000;
const warnEvery = 5 * 60_000;

type ExportDeps = Pick<Deps, 'db' | 'secrets' | 'installationId' | 'replicaId' | 'log'> & {
  readonly config: Place & Pick<Deps['config'], 'egress'>;
};

/**
 * Copies signed checkpoints out of the database, each at least once. Every replica keeps a file of its own, and the first that
 * comes writes to the bucket; objects are never written over, since their names hold what they say.
 */
export class CheckpointExport {
  readonly #deps: ExportDeps;
  readonly #warnedAt = new Map<string, number>();

  constructor(deps: ExportDeps) {
    this.#deps = deps;
  }

  /** Answers whether there is more to copy. One sink that fails holds up no other. */
  async turn(): Promise<boolean> {
    const sinks = await readSinks(this.#deps.db);
    const files = sinks.filter((one) => one.kind === 'file');
    const own = files.find((one) => one.replica_id === this.#deps.replicaId);
    const bucket = sinks.find((one) => one.kind === 's3' && one.is_enabled);
    const counts = [
      files.some((one) => one.is_enabled) ? await this.#attempt(own, () => this.#toFile(own)) : 0,
      bucket === undefined ? 0 : await this.#attempt(bucket, () => this.#toBucket(bucket)),
    ];
    return counts.includes(atOnce);
  }

  /** How many were copied. `sink`: as it was before; undefined: the file of this host, which nobody has looked at yet. */
  async #attempt(sink: StoredSink | undefined, copy: () => Promise<number>): Promise<number> {
    if (sink !== undefined && isLate(sink)) this.#warn(sink);
    try {
      return await copy();
    } catch (error) {
      const failure = (error instanceof Error ? error.message : String(error)).slice(0, 1_000);
      if (failure !== sink?.failure)
        this.#deps.log.warn(
          { err: error, sink: sink?.kind ?? 'file' },
          'checkpoints of the audit trail could not be exported; it is tried again',
        );
      await (sink?.kind === 's3' ? this.#bucketFailed(sink, failure) : this.#fileFailed(failure));
      return 0;
    }
  }

  async #toFile(own: StoredSink | undefined): Promise<number> {
    const { config, db, installationId, secrets } = this.#deps;
    const file = checkpointFile(config);
    const above = await this.#endOfFile(file);
    const list = await storedCheckpoints(db, { installation: installationId, above, limit: atOnce });
    if (list.length > 0) {
      const key = await readSigningKey(db, secrets);
      if (key !== undefined)
        await keepPublicKey(publicKeyFile(config), key.publicKey.export({ type: 'spki', format: 'pem' }).toString());
      await appendToFile(file, list);
    }
    const number = list.at(-1)?.number ?? above;
    if (own === undefined || own.failure !== null || own.exported_number !== number) await this.#fileIsAt(file, number);
    return list.length;
  }

  async #fileIsAt(file: string, number: number): Promise<void> {
    await sql`update replica set host = ${hostname()}, audit_file = ${file}, audit_file_number = ${number},
      audit_file_at = now(), audit_file_failed_at = null, audit_file_failure = null
      where id = ${this.#deps.replicaId}`.execute(this.#deps.db);
  }

  async #fileFailed(failure: string): Promise<void> {
    await sql`update replica set host = ${hostname()}, audit_file = ${checkpointFile(this.#deps.config)},
      audit_file_failed_at = now(), audit_file_failure = ${failure} where id = ${this.#deps.replicaId}`.execute(
      this.#deps.db,
    );
  }

  /**
   * Up to which number this host's file goes; read from the file every time. A file that ends with what the database does not
   * keep is not gone on with: the database was set back or exchanged, and its numbers mean something else there.
   */
  async #endOfFile(file: string): Promise<number> {
    const { db, installationId, log } = this.#deps;
    const last = await lastInFile(file);
    if (last === undefined) return 0;
    if (last.installation === installationId && (await isStored(db, last))) return last.number;
    const aside = await setAside(file, last.number);
    log.error(
      { file, aside, number: last.number, seq: last.seq, time: last.time, installation: last.installation },
      'the file of checkpoints ends with one that the database does not keep: it was set aside, and a new one begins',
    );
    return 0;
  }

  async #toBucket(sink: StoredSink): Promise<number> {
    const { config, db, installationId, secrets } = this.#deps;
    const settings = readS3(sink, secrets);
    if (settings === undefined) return 0;
    const above = sink.exported_number;
    const list = await storedCheckpoints(db, { installation: installationId, above, limit: atOnce });
    if (list.length === 0) return 0;
    await putObject(config.egress, settings, {
      name: objectName(list),
      body: list.map(checkpointLine).join(''),
      now: new Date(),
    });
    await sql`update audit_sink set exported_number = greatest(exported_number, ${list.at(-1)?.number ?? 0}),
      exported_at = now(), failed_at = null, failure = null where ${isThis(sink)}`.execute(db);
    return list.length;
  }

  async #bucketFailed(sink: StoredSink, failure: string): Promise<void> {
    await sql`update audit_sink set failed_at = now(), failure = ${failure} where ${isThis(sink)}`.execute(
      this.#deps.db,
    );
  }

  #warn(sink: StoredSink): void {
    const now = performance.now();
    if (now - (this.#warnedAt.get(sink.kind) ?? Number.NEGATIVE_INFINITY) < warnEvery) return;
    this.#warnedAt.set(sink.kind, now);
    this.#deps.log.error(
      { sink: sink.kind, host: sink.host, behindSince: sink.behind_since, failure: sink.failure },
      'checkpoints of the audit trail have not been exported for more than five minutes',
    );
  }
}

/** Still the same bucket: one that was set meanwhile was given nothing yet, and did not fail. */
const isThis = (sink: StoredSink) => sql`kind = ${sink.kind} and settings = ${JSON.stringify(sink.settings)}::jsonb`;

/** Numbers first, so that names sort; the signature last, so that a database that was set back overwrites nothing. */
function objectName(list: readonly Checkpoint[]): string {
  const first = String(list[0]?.number ?? 0).padStart(12, '0');
  const last = String(list.at(-1)?.number ?? 0).padStart(12, '0');
  const mark = Buffer.from(list.at(-1)?.signature ?? '', 'base64')
    .toString('hex')
    .slice(0, 16);
  return `checkpoints-${first}-${last}-${mark}.ndjson`;
}
