import { getCurrentUser } from '@stoa/contract/auth';
import { sql } from 'kysely';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { startTestServer, type TestServer } from '../testing/app.ts';
import type { TestPerson } from '../testing/people.ts';

let server: TestServer;
let auditor: TestPerson;
const dataDir = mkdtempSync(join(tmpdir(), 'stoa-methods-'));
beforeAll(async () => {
  mkdirSync(join(dataDir, 'no-web', 'static'), { recursive: true });
  writeFileSync(join(dataDir, 'no-web', 'index.html'), '<!doctype html><title>Stoa</title>');
  writeFileSync(join(dataDir, 'no-web', 'static', 'app.js'), 'void 0;');
  server = await startTestServer({ dataDir });
  auditor = await server.person({ username: 'auditor', permissions: ['AUDIT', 'GOVERNANCE'] });
});
afterAll(async () => {
  await server.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

const read = (path: string) => auditor.send('GET', path);
const look = (path: string) => auditor.send('HEAD', path);

test('HEAD answers what GET does, without the body', async () => {
  for (const path of [
    '/health',
    '/api/domain',
    '/api/auth/user',
    '/api/openapi.json',
    '/api/openapi.yaml',
    '/api/asset/link/export',
    '/api/report/who-has-access/csv',
    '/static/app.js',
    '/some/page',
  ]) {
    const [got, seen] = [await read(path), await look(path)];
    expect([path, seen.status, seen.body]).toEqual([path, got.status, '']);
    expect(seen.headers.get('content-type')).toBe(got.headers.get('content-type'));
    expect(seen.headers.get('etag')).toBe(got.headers.get('etag'));
    // The nonce of a page is another one each time, as long.
    expect(seen.headers.get('content-length')).toBe(got.headers.get('content-length'));
  }
  const { headers } = await read('/api/domain');
  const known = { 'if-none-match': headers.get('etag') ?? '' };
  expect((await auditor.send('HEAD', '/api/domain', undefined, known)).status).toBe(304);
});

test('the API is described alike as JSON and as YAML', async () => {
  const yaml = await server.nobody.send('GET', '/api/openapi.yaml');
  expect(yaml.headers.get('content-type')).toBe('application/yaml; charset=utf-8');
  expect(parse(String(yaml.body))).toEqual((await server.nobody.send('GET', '/api/openapi.json')).body);
});

test('HEAD is refused as GET is', async () => {
  expect((await server.nobody.send('HEAD', getCurrentUser.path)).status).toBe(401);
  const nobodys = await server.person({ username: 'consumer' });
  expect((await nobodys.send('HEAD', '/api/audit/export')).status).toBe(403);
  expect((await look('/api/domain/0190a5e0-0000-7000-8000-000000000000')).status).toBe(404);
  expect((await look('/api/nothing')).status).toBe(404);
});

test('HEAD of a stream ends, and of the audit is no export', async () => {
  const stream = await look('/api/events/stream');
  expect([stream.status, stream.headers.get('content-type')]).toEqual([200, 'text/event-stream; charset=utf-8']);
  expect((await look('/api/audit/export')).status).toBe(200);
  const { rows } = await sql`select from audit_event where action = 'AuditExported'`.execute(server.deps.db);
  expect(rows).toEqual([]);
  expect((await look('/api/notification/slack/callback')).status).toBe(405);
});

test('a method that an address does not take is told with those it does', async () => {
  const id = '0190a5e0-0000-7000-8000-000000000000';
  for (const [method, path, allow] of [
    ['POST', `/api/data-product/${id}`, 'GET, HEAD, PUT, DELETE, OPTIONS'],
    ['PUT', '/api/domain', 'POST, GET, HEAD, OPTIONS'],
    ['GET', '/api/data-product/preview/', undefined],
    ['PATCH', '/api/openapi.json', 'GET, HEAD, OPTIONS'],
    ['GET', '/api/csp-report', 'POST, OPTIONS'],
    ['DELETE', '/some/page', 'GET, HEAD, OPTIONS'],
    ['DELETE', '/api/nothing', undefined],
  ] as const) {
    const { status, headers, body } = await auditor.send(method, path);
    expect([path, status, headers.get('allow')]).toEqual([path, allow === undefined ? 404 : 405, allow ?? null]);
    expect(headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    expect(body).toMatchObject({ code: allow === undefined ? 'route.not_found' : 'route.method_not_allowed' });
  }
});

test('a method that nothing here takes is told as that', async () => {
  const status = await new Promise((resolve, reject) => {
    const sent = request(`${server.url}/api/domain`, { method: 'PROPFIND' }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    });
    sent.on('error', reject).end();
  });
  expect(status).toBe(405);
});

test('OPTIONS tells what an address takes, and opens it to no other site', async () => {
  const { status, headers, body } = await server.nobody.send('OPTIONS', '/api/domain', undefined, {
    origin: 'https://elsewhere.example',
    'access-control-request-method': 'POST',
  });
  expect([status, headers.get('allow'), body]).toEqual([204, 'POST, GET, HEAD, OPTIONS', '']);
  expect([...headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
  expect((await server.nobody.send('OPTIONS', '/api/nothing')).status).toBe(404);
});
