import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getCurrentUser } from '@stoa/contract/auth';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestServer, type TestServer } from './testing/app.ts';
import { callerOf } from './testing/people.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

type Ended = { code: number | null; stdout: string; stderr: string };

/** The command as a process of its own, as the operator's shell would start it. */
function run(args: string[], env: Record<string, string> = { DATABASE_URL: server.databaseUrl }): Promise<Ended> {
  const child = spawn(process.execPath, ['--import', 'tsx', join(import.meta.dirname, 'cli.ts'), ...args], {
    env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...env },
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (text) => (output.stdout += String(text)));
  child.stderr.on('data', (text) => (output.stderr += String(text)));
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, ...output })));
}

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

test('what cannot be done is said in a sentence on standard error, with an exit code', async () => {
  const gone = await server.person({ username: 'gone' });
  await sql`update app_user set status = 'disabled' where global_user_id = ${gone.globalUserId}`.execute(
    server.deps.db,
  );
  const dataDir = mkdtempSync(join(tmpdir(), 'stoa-cli-'));
  const cases: [Promise<Ended>, number, RegExp][] = [
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
