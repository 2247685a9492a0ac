import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newUuid } from '../db/new-id.ts';
import { parseEgressAllow } from '../egress/egress-rules.ts';
import { type ChainWorld, openChainWorld } from '../testing/audit-chain.ts';
import { readCheckpointLines } from './checkpoint.ts';
import { CheckpointExport } from './export-checkpoints.ts';
import { givenSecret, readSinks, storeS3 } from './audit-sinks.ts';
import { checkpointFile } from './sink-file.ts';
import { runVerify } from './verify-command.ts';

let world: ChainWorld;
let dataDir: string;
let exporting: CheckpointExport;
let bucket: Server;
let bucketUrl: string;
/** What happens while the bucket takes an object, before it answers. */
let whileTaken = async () => {};
const objects: { url: string | undefined; numbers: number[] }[] = [];
const logged: string[] = [];
beforeAll(async () => {
  world = await openChainWorld();
  dataDir = await mkdtemp(join(tmpdir(), 'stoa-sink-'));
  bucket = createServer((request, response) => {
    let body = '';
    request.on('data', (part) => (body += String(part)));
    request.on('end', () => {
      objects.push({ url: request.url, numbers: readCheckpointLines(body).checkpoints.map(({ number }) => number) });
      void whileTaken().then(() => response.writeHead(200).end());
    });
  });
  await new Promise<void>((resolve) => bucket.listen(0, '127.0.0.1', resolve));
  const { port } = bucket.address() as AddressInfo;
  bucketUrl = `http://127.0.0.1:${port}`;
  exporting = await newReplica(dataDir);
});
afterAll(async () => {
  await world.stop();
  bucket.closeAllConnections();
  bucket.close();
  await rm(dataDir, { recursive: true });
});

async function newReplica(folder: string): Promise<CheckpointExport> {
  const allowed = `audit=${new URL(bucketUrl).host}`;
  const config = { dataDir: folder, egress: parseEgressAllow(allowed, { loopbackForConnections: false }) };
  const replicaId = newUuid();
  await sql`insert into replica (id) values (${replicaId})`.execute(world.db);
  const log = pino({ level: 'warn' }, { write: (line) => void logged.push(line) });
  return new CheckpointExport({ ...world.deps, config, replicaId, log });
}

const inFile = async (file = checkpointFile({ dataDir })) =>
  readCheckpointLines(await readFile(file, 'utf8')).checkpoints.map(({ number, seq }) => ({ number, seq }));
const writeAndExport = async (count: number) => {
  await world.write(count);
  await world.seal();
  await exporting.turn();
};
const verify = async (place: { dataDir: string; auditFile?: string } = { dataDir }) => {
  let text = '';
  const args = { checkpoints: undefined, publicKey: undefined, format: 'text' } as const;
  const exitCode = await runVerify(world.db, args, { place, out: (part) => (text += part), tell: () => {} });
  return { exitCode, text };
};
/** As a restore of an older backup leaves it. */
const setBackTo = async (number: number) => {
  const { rows } = await sql<{ seq: number }>`select seq from audit_checkpoint where number = ${number}`.execute(
    world.db,
  );
  const seq = rows[0]?.seq ?? 0;
  await sql`delete from audit_checkpoint where number > ${number}`.execute(world.superuser);
  await sql`delete from audit_event where id in (select event_id from audit_seal where seq > ${seq})`.execute(
    world.superuser,
  );
  await sql`delete from audit_seal where seq > ${seq}`.execute(world.superuser);
};

test('after a database was set back, its checkpoints go to a new file at once; the old one is set aside and not forgotten', async () => {
  await writeAndExport(500);
  const before = await inFile();
  expect(before.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5]);
  expect(await verify()).toMatchObject({ exitCode: 0 });

  await setBackTo(2);
  await exporting.turn();
  expect((await inFile()).map(({ number }) => number)).toEqual([1, 2]);
  await writeAndExport(100);
  const present = await inFile();
  expect(present.map(({ number }) => number)).toEqual([1, 2, 3]);

  const aside = join(dataDir, 'audit', 'checkpoints-set-aside-5.ndjson');
  expect(await inFile(aside)).toEqual(before);
  const broken = await verify();
  expect(broken.exitCode).toBe(1);
  expect(broken.text).toContain(`in ${aside}: the database was set back in between`);
  expect(broken.text).toContain(`Checkpoint 4 in ${aside} and 1 more are gone from the database.`);

  await rename(aside, join(dataDir, 'kept elsewhere'));
  expect(await verify()).toMatchObject({ exitCode: 0 });
});

test('a second one does not take the place of the first that was set aside', async () => {
  await setBackTo(2);
  await exporting.turn();
  await writeAndExport(100);
  await setBackTo(2);
  await exporting.turn();
  const names = await readdir(join(dataDir, 'audit'));
  expect(names.sort()).toEqual([
    'checkpoints-set-aside-3-2.ndjson',
    'checkpoints-set-aside-3.ndjson',
    'checkpoints.ndjson',
    'public-key.pem',
  ]);
});

test('a file that is there and cannot be read is told of, and never taken for none', async () => {
  const folder = join(dataDir, 'no file');
  await mkdir(folder);
  await mkdir(join(folder, 'public-key.pem'));
  await mkdir(join(folder, 'checkpoints.ndjson'));
  const { exitCode, text } = await verify({ dataDir, auditFile: join(folder, 'checkpoints.ndjson') });
  expect(exitCode).toBe(2);
  for (const name of ['checkpoints.ndjson', 'public-key.pem'])
    expect(text).toContain(`${join(folder, name)} cannot be read (EISDIR`);
  const below = join(dataDir, 'a file');
  await writeFile(below, '');
  expect((await verify({ dataDir, auditFile: join(below, 'x.ndjson') })).text).toContain('cannot be read (ENOTDIR');
});

test('the file of each host has its own state: one that fails is late, however well another goes', async () => {
  await writeFile(join(dataDir, 'no folder'), '');
  const other = await newReplica(join(dataDir, 'no folder'));
  await writeAndExport(100);
  logged.length = 0;
  for (let turn = 0; turn < 2; turn++) await other.turn();
  const stateOfFiles = async () =>
    (await readSinks(world.db))
      .filter((one) => one.kind === 'file')
      .map(({ failure, behind_since }) => ({ isFailing: failure !== null, isBehind: behind_since !== null }))
      .sort((a, b) => Number(a.isFailing) - Number(b.isFailing));
  expect(await stateOfFiles()).toEqual([
    { isFailing: false, isBehind: false },
    { isFailing: true, isBehind: true },
  ]);
  // The same failure again is logged once.
  expect(logged.filter((line) => line.includes('could not be exported'))).toHaveLength(1);
});

test('a bucket that is set during an export is given everything, whatever the one before it had taken', async () => {
  const settings = { endpoint: bucketUrl, region: 'eu-central-1', prefix: '', accessKeyId: 'key' };
  const set = (name: string) =>
    world.db.transaction().execute((tx) =>
      storeS3(tx, world.deps.secrets, {
        ...settings,
        bucket: name,
        secretAccessKey: givenSecret('secret'),
        enabled: true,
      }),
    );
  await set('first');
  whileTaken = () => set('second');
  await exporting.turn();
  whileTaken = async () => {};
  expect((await readSinks(world.db)).find((one) => one.kind === 's3')).toMatchObject({ exported_number: 0 });
  await exporting.turn();
  expect(objects.map(({ url, numbers }) => [url?.split('/')[1], numbers[0]])).toEqual([
    ['first', 1],
    ['second', 1],
  ]);
});
