import { createHash, type Hash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { once } from 'node:events';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { syncFolder } from '../durable-file.ts';

/** Stands at the start of every backup, uncompressed. */
const magic = Buffer.from('stoa backup 1\n');

export type BackupHeader = {
  readonly takenAt: string;
  readonly installationId: string;
  /** Fingerprints of the root keys that wrap the data keys. */
  readonly rootKeyIds: readonly string[];
  /** Only where it was asked for. */
  readonly rootKey?: string;
  readonly migrations: readonly { readonly name: string; readonly digest: string }[];
};
export type BackupTable = { readonly schema: string; readonly name: string; readonly columns: readonly string[] };
export type BackupEnd = {
  readonly sequences: readonly {
    readonly schema: string;
    readonly name: string;
    readonly value: string;
    readonly called: boolean;
  }[];
  readonly tables: number;
};
export type BackupRecord =
  | { readonly type: 'header'; readonly value: BackupHeader }
  | { readonly type: 'table'; readonly value: BackupTable }
  | { readonly type: 'rows'; readonly chunk: Buffer }
  | { readonly type: 'end'; readonly value: BackupEnd };

/** No row is longer. */
const largestRecord = 512 * 1_048_576;
const letters = { header: 'H', table: 'T', rows: 'D', end: 'E', sum: 'S' } as const;

export class BackupFileError extends Error {}

/**
 * Writes a backup: records of a letter, a length and a content, compressed; the last one is the SHA-256 of all before it. The
 * file has its name only once it is whole and on the disk.
 */
export class BackupWriter {
  readonly #file: string;
  readonly #part: string;
  readonly #gzip = createGzip({ level: 6 });
  readonly #hash: Hash = createHash('sha256');
  readonly #written: Promise<void>;
  #room: Promise<void> | undefined;
  bytes = 0;

  constructor(file: string) {
    this.#file = file;
    this.#part = `${file}.part`;
    const out = createWriteStream(this.#part, { mode: 0o600, flags: 'w' });
    out.write(magic);
    this.#written = pipeline(this.#gzip, out);
    this.#written.catch(() => {});
  }

  /** Answers a promise where the writer wants to be waited for. */
  put(letter: string, content: Buffer): Promise<void> | undefined {
    const head = Buffer.alloc(5);
    head.write(letter, 'latin1');
    head.writeUInt32BE(content.length, 1);
    const record = Buffer.concat([head, content]);
    if (letter !== letters.sum) this.#hash.update(record);
    this.bytes += content.length;
    if (this.#gzip.write(record)) return undefined;
    this.#room ??= Promise.race([once(this.#gzip, 'drain').then(() => {}), this.#written]).finally(() => {
      this.#room = undefined;
    });
    return this.#room;
  }
  async header(value: BackupHeader): Promise<void> {
    await this.put(letters.header, Buffer.from(JSON.stringify(value)));
  }
  async table(value: BackupTable): Promise<void> {
    await this.put(letters.table, Buffer.from(JSON.stringify(value)));
  }
  rows(chunk: Buffer): Promise<void> | undefined {
    return this.put(letters.rows, chunk);
  }
  async finish(value: BackupEnd): Promise<void> {
    await this.put(letters.end, Buffer.from(JSON.stringify(value)));
    await this.put(letters.sum, this.#hash.digest());
    this.#gzip.end();
    await this.#written;
    const handle = await open(this.#part, 'r+');
    await handle.sync();
    await handle.close();
    await rename(this.#part, this.#file);
    await syncFolder(dirname(this.#file));
  }
  async abandon(): Promise<void> {
    this.#gzip.destroy();
    await this.#written.catch(() => {});
    await rm(this.#part, { force: true });
  }
}

/** The records of a backup, one after the other. Throws a sentence where the file is none, was cut or was changed. */
export async function* readBackup(file: string): AsyncGenerator<BackupRecord> {
  await requireMagic(file);
  const hash = createHash('sha256');
  let hasEnd = false;
  try {
    for await (const { letter, content, raw } of readRecords(file)) {
      if (letter === letters.sum) {
        if (!hasEnd || !hash.digest().equals(content)) throw new BackupFileError('was changed after it was written');
        return;
      }
      hash.update(raw);
      const record = toRecord(letter, content);
      hasEnd = record.type === 'end';
      yield record;
    }
  } catch (error) {
    if (error instanceof BackupFileError) throw error;
    throw new BackupFileError(`is damaged or cut off (${error instanceof Error ? error.message : String(error)})`);
  }
  throw new BackupFileError('is cut off: its end is missing');
}

async function requireMagic(file: string): Promise<void> {
  const handle = await open(file, 'r').catch((error: NodeJS.ErrnoException) => {
    throw new BackupFileError(`cannot be read (${error.code ?? error.message})`);
  });
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(magic.length), 0, magic.length, 0);
  await handle.close();
  if (bytesRead < magic.length || !buffer.equals(magic))
    throw new BackupFileError('is no backup of Stoa, or of a version that this one does not read');
}

type Raw = { letter: string; content: Buffer; raw: Buffer };

async function* readRecords(file: string): AsyncGenerator<Raw> {
  const source = createReadStream(file, { start: magic.length });
  const gunzip = createGunzip();
  source.on('error', (error) => gunzip.destroy(error));
  source.pipe(gunzip);
  let rest = Buffer.alloc(0);
  try {
    for await (const chunk of gunzip) {
      rest = Buffer.concat([rest, chunk]);
      while (rest.length >= 5) {
        const end = 5 + rest.readUInt32BE(1);
        if (end > largestRecord) throw new BackupFileError('was changed after it was written');
        if (rest.length < end) break;
        const raw = rest.subarray(0, end);
        yield { letter: raw.toString('latin1', 0, 1), content: raw.subarray(5), raw };
        rest = rest.subarray(end);
      }
    }
  } finally {
    source.destroy();
    gunzip.destroy();
  }
}

function toRecord(letter: string, content: Buffer): BackupRecord {
  switch (letter) {
    // Written by the writer above, and its sum is compared before anything is done with it.
    case letters.header:
      return { type: 'header', value: JSON.parse(content.toString('utf8')) as BackupHeader };
    case letters.table:
      return { type: 'table', value: JSON.parse(content.toString('utf8')) as BackupTable };
    case letters.rows:
      return { type: 'rows', chunk: content };
    case letters.end:
      return { type: 'end', value: JSON.parse(content.toString('utf8')) as BackupEnd };
    default:
      throw new BackupFileError('holds a record of an unknown kind');
  }
}
