import * as auth from '@stoa/contract/auth';
import { getAccessRequestById } from '@stoa/contract/access-request';
import { updateDomain } from '@stoa/contract/domain';
import { readUser } from '@stoa/contract/user';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { startTestServer, type TestServer } from '../testing/app.ts';
import { callerOf, type TestPerson } from '../testing/people.ts';

let server: TestServer;
let olga: TestPerson;
beforeAll(async () => {
  server = await startTestServer();
  olga = await server.person({ username: 'olga' });
});
afterAll(() => server.stop());
afterEach(() => vi.restoreAllMocks());

test('who tried what they may not do or see stands in the log, with no word of what they sent', async () => {
  const told: [level: string, facts: unknown, said: unknown][] = [];
  for (const level of ['warn', 'info'] as const)
    vi.spyOn(server.deps.log, level).mockImplementation((facts: unknown, said: unknown) => {
      told.push([level, facts, said]);
    });
  const logged = () =>
    told.map(([level, facts, said]) => {
      const { user, ip, code, operation } = facts as Record<string, { operationId?: string }>;
      return [level, said, user, ip, code, operation?.operationId];
    });
  const { globalUserId } = olga;
  const by = (level: string, user: string | null, code: string, operation: string) => [
    level,
    'a call was refused',
    user,
    '127.0.0.1',
    code,
    operation,
  ];
  expect((await olga.call(readUser, { params: { globalUserId } })).status).toBe(403);
  expect((await olga.call(getAccessRequestById, { params: { id: 'c2bgbd7feiqozy0gjiv3r34do' } })).status).toBe(404);
  const made = callerOf(server.url, 'stoa_pat_made-up');
  expect((await made.call(auth.getCurrentUser)).status).toBe(401);
  const cookie = 'stoa_session=ended-by-itself';
  expect((await server.nobody.call(auth.getCurrentUser, { headers: { cookie } })).status).toBe(401);
  expect(logged()).toEqual([
    by('warn', globalUserId, 'permission.denied', 'readUser'),
    by('info', globalUserId, 'resource.not_found', 'getAccessRequestById'),
    by('warn', null, 'auth.not_authenticated', 'user'),
    by('info', null, 'auth.not_authenticated', 'user'),
  ]);
  expect(JSON.stringify(told)).not.toMatch(/made-up|ended-by-itself|c2bgbd7feiqozy0gjiv3r34do/);
  told.length = 0;
  const sent = { description: 7 } as unknown as { description: string };
  expect((await olga.call(auth.createToken, { body: sent })).status).toBe(400);
  expect(logged()).toEqual([by('info', globalUserId, 'request.malformed', 'createToken')]);
  told.length = 0;
  // Nobody who has not signed in yet tried anything.
  expect((await server.nobody.call(auth.getCurrentUser)).status).toBe(401);
  expect((await olga.call(auth.getCurrentUser)).status).toBe(200);
  expect(told).toEqual([]);
  // Held against a read of the same address, which is refused as well.
  const headers = { 'if-match': '"as I know it"' };
  const params = { id: '0190a5e0-0000-7000-8000-000000000000' };
  expect((await olga.call(updateDomain, { params, body: { name: 'Mine' }, headers })).status).toBe(403);
  expect(logged()).toEqual([by('warn', globalUserId, 'permission.denied', 'updateDomain')]);
});
