import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { createDatabase, dropDatabase } from '../testing/postgres.ts';
import { generateSchema } from './generate-schema.ts';
import { migrate, readMigrations } from './migrate.ts';
import { applicationRole } from './pool.ts';

const migrations = join(import.meta.dirname, '../../migrations');
const made: string[] = [];

beforeAll(() => {
  process.env['STOA_ALLOW_UNSAFE_DATABASE'] = 'on';
});
afterEach(async () => {
  for (const url of made.splice(0)) await dropDatabase(url);
});

async function newDatabase(): Promise<string> {
  const url = await createDatabase();
  made.push(url);
  return url;
}

const words = (text: string): string[] =>
  text
    .replaceAll(/[\s,;|]+/g, ' ')
    .trim()
    .split(' ');

test('the types of the schema are those of the migrations', async () => {
  const url = await newDatabase();
  await migrate(url, migrations);
  const written = await readFile(join(import.meta.dirname, 'schema.ts'), 'utf8');
  expect(words(written)).toEqual(words(await generateSchema(url)));
});

test('replicas that start together migrate once, and a second start changes nothing', async () => {
  const url = await newDatabase();
  const both = await Promise.all([migrate(url, migrations), migrate(url, migrations)]);
  expect(both.flatMap((result) => result.applied)).toEqual((await readMigrations(migrations)).map((m) => m.name));
  expect((await migrate(url, migrations)).applied).toEqual([]);
});

test('a migration that was edited after it was applied stops the start with a sentence', async () => {
  const url = await newDatabase();
  const folder = await mkdtemp(join(tmpdir(), 'stoa-migrations-'));
  await cp(migrations, folder, { recursive: true });
  await migrate(url, folder);
  await writeFile(join(folder, '0001_foundation.sql'), 'select 1;');
  await expect(migrate(url, folder)).rejects.toThrow(
    'DATABASE_URL holds another version of the migration 0001_foundation.sql.',
  );
  await rm(folder, { recursive: true });
});

test('the application role may append to the tables of the audit, and neither change nor remove a row', async () => {
  const url = await newDatabase();
  await migrate(url, migrations);
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(`set role ${applicationRole}`);
  await client.query(`insert into audit_event (id, action, actor) values (gen_random_uuid(), 'Tried', '{}')`);
  for (const statement of [
    "update audit_event set action = 'Changed'",
    'delete from audit_event',
    'truncate audit_event',
    'update audit_seal set seq = seq + 1',
    'delete from audit_seal',
    'truncate audit_seal',
    "update audit_checkpoint set signature = ''",
    'delete from audit_checkpoint',
    'truncate audit_checkpoint',
    'alter table audit_event disable trigger all',
    'drop table audit_event',
    'delete from determination',
    "update data_use_agreement_version set body = 'Changed'",
    'delete from agreement_acceptance',
  ])
    await expect(client.query(statement)).rejects.toMatchObject({ code: '42501' });
  await client.end();
});
