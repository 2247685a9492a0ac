import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, expect, test, vi } from 'vitest';
import { BackupWriter } from './backup/backup-file.ts';
import { readConfig } from './config.ts';
import { writeNewFile } from './durable-file.ts';
import { loadRootKey } from './secrets/root-key.ts';

const folder = mkdtempSync(join(tmpdir(), 'stoa-durable-'));
/** What was synced, by its number in the file system, and how much it held then. */
let synced: { ino: number; size: number }[];

beforeEach(async () => {
  synced = [];
  const probe = await open(folder, 'r');
  const handles = Object.getPrototypeOf(probe) as FileHandle;
  await probe.close();
  vi.spyOn(handles, 'sync').mockImplementation(async function (this: FileHandle) {
    const { ino, size } = await this.stat();
    await this.datasync();
    synced.push({ ino, size });
  });
});
afterEach(() => void vi.restoreAllMocks());
afterAll(() => rmSync(folder, { recursive: true }));

const orderOf = (path: string) => synced.findIndex((one) => one.ino === statSync(path).ino);

test('the root key of a first start is on the disk before it seals anything: the file whole, then its name, and its folders', async () => {
  const dataDir = join(folder, 'new', 'data');
  const key = await loadRootKey(readConfig({ STOA_DATA_DIR: dataDir }));
  const file = join(dataDir, 'secret.key');
  expect(Buffer.from(readFileSync(file, 'utf8'), 'base64').equals(key.bytes)).toBe(true);
  expect(synced[orderOf(file)]).toEqual({ ino: statSync(file).ino, size: statSync(file).size });
  expect(orderOf(dataDir)).toBeGreaterThan(orderOf(file));
  for (const above of [folder, join(folder, 'new')]) expect(orderOf(above)).toBeGreaterThanOrEqual(0);
});

test('a key that is there is not written over, and one that could not be written whole is not left', async () => {
  const file = join(folder, 'kept.key');
  await writeNewFile(file, 'first');
  await expect(writeNewFile(file, 'second')).rejects.toThrow('EEXIST');
  expect(readFileSync(file, 'utf8')).toBe('first');
  const probe = await open(folder, 'r');
  vi.spyOn(Object.getPrototypeOf(probe) as FileHandle, 'sync').mockRejectedValue(new Error('the disk is full'));
  await probe.close();
  await expect(writeNewFile(join(folder, 'half.key'), 'half')).rejects.toThrow('full');
  expect(() => statSync(join(folder, 'half.key'))).toThrow('ENOENT');
});

test('a backup has its name on the disk when it is told to be there', async () => {
  const file = join(folder, 'stoa.backup');
  const writer = new BackupWriter(file);
  await writer.finish({ sequences: [], tables: 0 });
  expect(synced[orderOf(file)]?.size).toBe(statSync(file).size);
  expect(orderOf(folder)).toBeGreaterThan(orderOf(file));
});
