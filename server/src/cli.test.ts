import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getCurrentUser } from '@stoa/contract/auth';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import pg from 'pg';
import { newCuid, newUuid } from './db/new-id.ts';
import { readSigningKey } from './audit/signing-key.ts';
import { lastCheckpoint, storedCheckpoints } from './audit/stored-checkpoints.ts';
import { migrate } from './db/migrate.ts';
import { startTestServer, type TestServer } from './testing/app.ts';
import { type BuiltCommand, buildCommand, type EndedCommand } from './testing/built-command.ts';
import { callerOf } from './testing/people.ts';
import { createDatabase, dropDatabase } from './testing/postgres.ts';
import { until } from './testing/until.ts';

let server: TestServer;
let command: BuiltCommand;
beforeAll(async () => {
  command = await buildCommand('cli');
  server = await startTestServer();
});
afterAll(() => server.stop());

/** The command as a process of its own, as the operator's shell would start it. */
const run = (args: string[], env: Record<string, string> = { DATABASE_URL: server.databaseUrl }) =>
  command(args, { HOME: process.env['HOME'] ?? '', ...env });

test('the command prints a token that works, alone on standard output, and leaves an audit row', async () => {
  const ada = await server.person({ username: 'ada', name: 'Ada Lovell' });
  const ended = await run(['token', 'create', '--user', 'ADA', '--description', 'nightly export']);
  expect(ended.code).toBe(0);
  expect(ended.stdout).toMatch(/^stoa_pat_[\w-]+\n$/);
  expect(ended.stderr).toContain('Ada Lovell');
  const me = await callerOf(server.url, ended.stdout.trim()).call(getCurrentUser);
  expect(me.body.globalUserId).toBe(ada.globalUserId);
  const { rows } = await sql<{ actor: object; related_resources: object }>`
    select actor, related_resources from audit_event where targets @> '[{"name": "nightly export"}]'`.execute(
    server.deps.db,
  );
  expect(rows).toMatchObject([
    { actor: { type: 'SYSTEM_ACTOR', name: 'stoa token create' }, related_resources: [{ id: ada.globalUserId }] },
  ]);
});

test('the command takes the second factor of whoever is locked out away, with their sessions and an audit row', async () => {
  const lena = await server.person({ username: 'lena', name: 'Lena Ohm' });
  const reset = (username: string) => run(['second-factor', 'reset', '--user', username]);
  const none = await reset('lena');
  expect([none.code, none.stderr]).toEqual([1, expect.stringContaining('Lena Ohm has no second factor')]);
  expect((await reset('nobody')).stderr).toContain('there is no user "nobody"');
  expect((await run(['second-factor', 'reset'])).stderr).toContain('Usage: stoa second-factor reset');
  await sql`insert into second_factor (global_user_id, secret, activated_at)
    values (${lena.globalUserId}, 'not opened here', now())`.execute(server.deps.db);
  await sql`insert into recovery_code (code_hash, global_user_id) values ('\\x00', ${lena.globalUserId})`.execute(
    server.deps.db,
  );
  const ended = await reset('LENA');
  expect([ended.code, ended.stdout]).toEqual([0, '']);
  expect(ended.stderr).toContain('Lena Ohm');
  const { rows } = await sql`select actor ->> 'name' as actor, payload ->> 'secondFactor' as became,
      (select count(*)::int from second_factor) as factors, (select count(*)::int from recovery_code) as codes
    from audit_event where action = 'UserUpdated' and targets @> ${JSON.stringify([{ id: lena.globalUserId }])}::jsonb`.execute(
    server.deps.db,
  );
  expect(rows).toEqual([{ actor: 'stoa second-factor reset', became: 'reset', factors: 0, codes: 0 }]);
});

test('what cannot be done is said in a sentence on standard error, with an exit code', async () => {
  const gone = await server.person({ username: 'gone' });
  await sql`update app_user set status = 'disabled' where global_user_id = ${gone.globalUserId}`.execute(
    server.deps.db,
  );
  const dataDir = mkdtempSync(join(tmpdir(), 'stoa-cli-'));
  const cases: [Promise<EndedCommand>, number, RegExp][] = [
    [run(['token', 'create', '--user', 'nobody', '--description', 'x']), 1, /there is no user "nobody"/],
    [run(['token', 'create', '--user', 'gone', '--description', 'x']), 1, /is disabled/],
    [run(['token', 'create', '--user', 'ada']), 2, /Usage: stoa token create/],
    [run(['token', 'create', '--user', 'ada', '--colour', 'red']), 2, /Usage/],
    [run(['token', 'destroy']), 2, /no command "token destroy"/],
    [
      run(['token', 'create', '--user', 'ada', '--description', 'x'], { DATABASE_URL: 'postgres://127.0.0.1:1/x' }),
      1,
      /did not let us in/,
    ],
    [
      run(['token', 'create', '--user', 'ada', '--description', 'x'], { STOA_DATA_DIR: dataDir }),
      1,
      /there is no Stoa in/,
    ],
    [run(['token', 'create', '--user', 'a', '--description', 'x'], { DATABASE_URL: 'mysql://x' }), 2, /DATABASE_URL/],
  ];
  for (const [ended, code, sentence] of cases) {
    const { stdout, stderr, code: got } = await ended;
    expect(stderr).toMatch(sentence);
    expect({ got, stdout }).toEqual({ got: code, stdout: '' });
    expect(stderr).not.toContain('    at ');
  }
  rmSync(dataDir, { recursive: true });
});

const at = '2026-01-01T00:00:00.000Z';
const somebody = { globalUserId: newUuid(), username: 'somebody', name: 'Somebody' };
/** A file of proofs of a request for which nothing has run. */
const emptyProof = {
  format: 'stoa-proof',
  version: 1,
  installation: 'this',
  madeAt: at,
  request: {
    id: newCuid(),
    type: 'DATA_ACCESS',
    status: 'PENDING',
    target: { id: newUuid(), type: 'DATA_PRODUCT', name: 'Something' },
    requester: somebody,
    beneficiary: somebody,
    createdAt: at,
    decidedAt: null,
    expiration: null,
    endedAt: null,
    endReason: null,
  },
  decisions: [],
  statements: [],
  proofs: [],
  publicKey: null,
  leftOut: { proofs: false, statements: false, auditEvents: false },
};

test('the audit chain is verified with what was kept outside: 0 intact, 1 broken, 2 not checked', async () => {
  const { db, secrets, installationId } = server.deps;
  const folder = mkdtempSync(join(tmpdir(), 'stoa-audit-'));
  const [checkpoints, key] = [join(folder, 'checkpoints.ndjson'), join(folder, 'key.pem')];
  await server.person({ username: 'audited' });
  await until(() => lastCheckpoint(db, installationId));
  const all = await storedCheckpoints(db, { installation: installationId, above: 0, limit: 1000 });
  writeFileSync(checkpoints, `${all.map((one) => JSON.stringify(one)).join('\n')}\n{"cut`);
  writeFileSync(key, (await readSigningKey(db, secrets))?.publicKey.export({ type: 'spki', format: 'pem' }) ?? '');
  const verify = (...args: string[]) => run(['audit', 'verify', '--format', 'json', ...args]);
  const given = ['--checkpoints', checkpoints, '--public-key', key];
  const [intact, unkept] = await Promise.all([verify(...given), verify('--public-key', key)]);
  expect(intact).toMatchObject({ code: 0, stderr: expect.stringContaining('passed over') });
  expect(JSON.parse(intact.stdout)).toMatchObject({ outcome: 'intact', findingCount: 0 });
  expect(unkept.code).toBe(2);
  const superuser = new pg.Client(server.databaseUrl);
  await superuser.connect();
  const { rows } = await superuser.query<{ event: object; seal: { hash: string } }>(
    `select json_build_object('id', e.id, 'sequence', e.sequence, 'action', e.action, 'actionStatus', e.action_status,
       'at', to_char(e.event_timestamp at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) as event, json_build_object('seq', seq::int, 'digest', encode(event_digest, 'hex'), 'previousHash', encode(prev_hash, 'hex'),
       'hash', encode(hash, 'hex')) as seal from audit_seal s join audit_event e on e.id = s.event_id where seq = 1`,
  );
  const proof = (hash = rows[0]?.seal.hash) => {
    const file = join(folder, `proof-${hash}.json`);
    const seal = { ...rows[0]?.seal, hash };
    writeFileSync(
      file,
      JSON.stringify({ ...emptyProof, checkpoint: all[0], auditEvents: [{ ...rows[0]?.event, seal }] }),
    );
    return ['--proof', file];
  };
  const [proved, forged] = await Promise.all([
    verify(...given, ...proof()),
    run(['audit', 'verify', ...given, ...proof('00')]),
  ]);
  expect(proved.code).toBe(0);
  expect(JSON.parse(proved.stdout)).toMatchObject({
    outcome: 'intact',
    proof: { held: 1, findings: [], unchecked: [] },
  });
  expect(forged).toMatchObject({ code: 1, stdout: expect.stringContaining('is NOT what the audit says') });
  await superuser.query('delete from audit_event where id = (select event_id from audit_seal where seq = 1)');
  await superuser.end();
  const broken = await run(['audit', 'verify', ...given]);
  expect(broken).toMatchObject({ code: 1, stdout: expect.stringContaining('First: place 1, deleted.') });
  rmSync(folder, { recursive: true });
});

test('an installation is verified: its exit code says whether all of it holds', async () => {
  const held = await run(['verify', '--settle', '0', '--only', 'I1,i12', '--format', 'json']);
  expect(held.code).toBe(0);
  expect(JSON.parse(held.stdout)).toMatchObject({
    exitCode: 0,
    invariants: [
      { invariant: 'I1', status: 'held' },
      { invariant: 'I12', status: 'held' },
    ],
  });
  const cases: [string[], RegExp][] = [
    [['--only', 'I99'], /no invariant "I99"/],
    [['--colour', 'red'], /Usage: stoa verify/],
    [['--settle', '0', '--connection', 'nowhere'], /no connection "nowhere"/],
  ];
  const endings = await Promise.all(cases.map(([args]) => run(['verify', ...args])));
  for (const [n, ended] of endings.entries())
    expect(ended).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(cases[n]?.[1] ?? /^$/) });
});

/** The command that needs no database, as its user's shell would start it. */
function runStoa(args: string[], env: Record<string, string>): Promise<Omit<EndedCommand, 'signal'>> {
  const child = spawn(process.execPath, [join(import.meta.dirname, '../../cli/bin/stoa.mjs'), ...args], {
    env: { PATH: process.env['PATH'] ?? '', ...env },
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (text) => (output.stdout += String(text)));
  child.stderr.on('data', (text) => (output.stderr += String(text)));
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, ...output })));
}

test('a file is tried and applied through the API with a token, and refused rows are told with their line', async () => {
  const admin = await server.person({ username: 'imports', permissions: ['USER_ADMIN'] });
  const folder = mkdtempSync(join(tmpdir(), 'stoa-import-'));
  const env = { STOA_URL: server.url, STOA_TOKEN: admin.token };
  const file = (text: string) => {
    writeFileSync(join(folder, 'groups.csv'), text);
    return join(folder, 'groups.csv');
  };
  const groups = async () =>
    (
      await sql<{ name: string }>`select name from user_group where name like 'Filed%' order by 1`.execute(
        server.deps.db,
      )
    ).rows;
  const tried = await runStoa(['import', 'groups', file('name\nFiled\n')], env);
  expect(tried).toMatchObject({ code: 0, stdout: expect.stringContaining('created 1') });
  expect(await groups()).toEqual([]);
  expect((await runStoa(['import', 'groups', join(folder, 'groups.csv'), '--apply'], env)).code).toBe(0);
  expect(await groups()).toEqual([{ name: 'Filed' }]);
  const refused = await runStoa(['import', 'members', file('group,username\nFiled,nobody.here\n'), '--apply'], env);
  expect(refused).toMatchObject({ code: 1, stdout: expect.stringContaining('line 2: refused') });
  const stranger = await runStoa(['import', 'groups', file('name\nFiled 2\n')], {
    ...env,
    STOA_TOKEN: 'stoa_pat_none',
  });
  expect(stranger).toMatchObject({ code: 1, stderr: expect.stringContaining('401') });
  expect((await runStoa(['import', 'groups'], env)).code).toBe(2);
  await server.person({ username: 'imports-2', permissions: ['USER_ADMIN'] });
  const { globalUserId } = await server.person({ username: 'imports-3', permissions: ['AUDIT'] });
  await sql`update app_user set status = 'disabled', disabled_at = now() - interval '8 days' where global_user_id = ${globalUserId}`.execute(
    server.deps.db,
  );
  const waits = await runStoa(['import', 'users', file('username,status\nimports-3,active\n'), '--apply'], env);
  expect(waits).toMatchObject({ code: 3, stderr: expect.stringContaining('/admin/people-changes?row=') });
  rmSync(folder, { recursive: true });
});

test('the keys are listed, rotated and wrapped with another root key from the command line, and the former one is refused', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'stoa-keys-'));
  const [former, next] = [join(folder, 'former.key'), join(folder, 'next.key')];
  writeFileSync(former, Buffer.alloc(32, 7).toString('base64'), { mode: 0o600 });
  writeFileSync(next, Buffer.alloc(32, 9).toString('base64'), { mode: 0o600 });
  const url = await createDatabase();
  await migrate(url, join(import.meta.dirname, '../migrations'));
  const env = (file: string) => ({ DATABASE_URL: url, STOA_DATA_DIR: folder, STOA_SECRET_KEY_FILE: file });
  const listed = await run(['keys', 'list'], env(former));
  expect(listed).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^root key \w+\nconnection\.secret .*\n {2}dk_\S+ +active/),
  });
  const id = randomUUID();
  const client = new pg.Client(url);
  await client.connect();
  await client.query(`insert into webhook (id, url, secret) values ('${id}', 'https://127.0.0.1/', 'k1.damaged')`);
  const named = expect.stringContaining(
    `1 secret does not open, having been changed or moved, and stays as it is, with its key: webhook.secret ${id}.`,
  );
  expect(await run(['keys', 'rotate'], env(former))).toMatchObject({
    code: 1,
    stdout: expect.stringMatching(/^root key /),
    stderr: named,
  });
  const rewrapped = await run(['keys', 'rewrap', '--to', next], env(former));
  expect(rewrapped).toMatchObject({ code: 0, stderr: named });
  expect(rewrapped.stderr).toContain('data keys are wrapped');
  const file = join(folder, 'stoa.backup');
  await client.query('revoke insert on audit_event from stoa_app');
  const untold = await run(['backup', file], env(next));
  expect(untold).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('is whole, but the audit could not be told'),
  });
  await client.query('grant insert on audit_event to stoa_app');
  expect((await run(['backup', `${file}2`], env(next))).code).toBe(0);
  const { rows } = await client.query(
    `select action, payload from audit_event where action in ('RootKeyChanged', 'BackupTaken') order by sequence`,
  );
  const rootOf = ({ stdout }: EndedCommand) => /^root key (\w+)/.exec(stdout)?.[1];
  expect(rows).toMatchObject([
    { action: 'RootKeyChanged', payload: { former: rootOf(listed), rootKeyId: rootOf(rewrapped) } },
    { action: 'BackupTaken', payload: { file: `${file}2`, withRootKey: false } },
  ]);
  await client.end();
  expect(await run(['keys', 'list'], env(former))).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('give that one'),
  });
  expect((await run(['keys', 'list'], env(next))).code).toBe(0);
  expect((await run(['keys', 'rewrap'], env(next))).code).toBe(2);
  await dropDatabase(url);
  rmSync(folder, { recursive: true });
}, 300_000);
