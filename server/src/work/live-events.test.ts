import { streamEvents } from '@stoa/contract/event';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openSession } from '../http/authenticate.ts';
import { startTestServer, type TestServer } from '../testing/app.ts';
import { waitFor } from '../testing/register-platform.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const insert = (from: number, to: number) =>
  sql`insert into live_event (type, subject_id) select 'task', n::text from generate_series(${from}::int, ${to}::int) n`;

test('every event arrives once, also one whose transaction ends long after its number was passed over', async () => {
  const { db, live } = server.deps;
  const seen: string[] = [];
  const stop = live.subscribe(
    // What the server itself does meanwhile is no task.
    (event) => void (event.type === 'task' && seen.push(event.id)),
    () => {},
  );
  await insert(1, 1).execute(db);
  live.wake();
  await waitFor('the first', async () => seen.includes('1'));
  const late = await db.startTransaction().execute();
  await insert(2, 2).execute(late);
  await insert(3, 6_000).execute(db);
  live.wake();
  await waitFor('the crowd', async () => seen.includes('6000'), 10);
  await late.commit().execute();
  live.wake();
  await waitFor('the late one', async () => seen.includes('2'), 5);
  expect(new Set(seen).size).toBe(seen.length);
  expect(seen).toHaveLength(6_000);
  stop();
});

test('a page that comes after a quiet time is not told of everything that happened in it', async () => {
  const { db, live } = server.deps;
  await sql`insert into live_event (type, subject_id, created_at)
    select 'task', 'old', now() - interval '5 minutes' from generate_series(1, 500)`.execute(db);
  const seen: string[] = [];
  const stop = live.subscribe(
    (event) => seen.push(event.id),
    () => {},
  );
  await insert(7_000, 7_000).execute(db);
  live.wake();
  await waitFor('the new one', async () => seen.includes('7000'), 5);
  expect(seen).not.toContain('old');
  stop();
});

test('a page is told to read messages again that came between its reading and its listening, also while others listen', async () => {
  const { db, live } = server.deps;
  const stop = live.subscribe(
    () => {},
    () => {},
  );
  const { token, globalUserId } = await server.person({ username: 'reader' });
  const open = async () => {
    const headers = { authorization: `Bearer ${token}` };
    const stream = await fetch(server.url + streamEvents.path, { headers });
    const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader();
    return { next: async () => (await reader?.read())?.value ?? '', close: () => reader?.cancel() };
  };
  await sql`insert into live_event (type, subject_id) values ('notification', ${globalUserId})`.execute(db);
  const page = await open();
  let text = '';
  await waitFor('what to read again', async () => {
    text += await page.next();
    return text.includes('event: again\ndata: notification\n');
  });
  await page.close();
  stop();
});

test('a stream ends with the session that opened it, and tells nothing of what comes later', async () => {
  const { db, live } = server.deps;
  const { globalUserId } = await server.person({ username: 'leaver' });
  const session = await openSession(db, { globalUserId, ip: '127.0.0.1', userAgent: 'vitest' });
  const stream = await fetch(server.url + streamEvents.path, { headers: { cookie: `stoa_session=${session.token}` } });
  expect(stream.status).toBe(200);
  const text = stream.text();
  await sql`delete from session where global_user_id = ${globalUserId}`.execute(db);
  const now = performance.now.bind(performance);
  vi.spyOn(performance, 'now').mockImplementation(() => now() + 6_000);
  await insert(9_001, 9_001).execute(db);
  live.wake();
  expect(await text).not.toContain('9001');
  vi.restoreAllMocks();
});
