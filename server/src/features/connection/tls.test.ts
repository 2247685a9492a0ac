import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as connections from '@stoa/contract/connection';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findFreePort } from '../../db/embedded/port.ts';
import { type EmbeddedPostgres, startEmbedded } from '../../db/embedded/start.ts';
import { startTestServer, type TestServer } from '../../testing/app.ts';
import { makeCertificate } from '../../testing/certificate.ts';
import type { TestPerson } from '../../testing/people.ts';
import { until } from '../../testing/until.ts';

/** The one name that the server's certificate has; 127.0.0.1 is the same server by another. */
const named = 'localhost';
const authority = makeCertificate('Authority of the test');
const stranger = makeCertificate('Authority of the test');
const password = 'account-password';

let stoa: TestServer;
let admin: TestPerson;
let folder = '';
let platform: EmbeddedPostgres;
let root: pg.Client;

/** Puts the lines of a text into a file of the server's data folder, where it works, for nobody else to read. */
const writeOnServer = (file: string, text: string) =>
  root.query(`copy (select line from unnest(string_to_array(${pg.escapeLiteral(text.trim())}, e'\\n')) as line)
    to program 'umask 077; cat > ${file}'`);

beforeAll(async () => {
  stoa = await startTestServer();
  admin = await stoa.person({ username: 'appadmin', permissions: ['APPLICATION_ADMIN'] });
  folder = await mkdtemp(join(tmpdir(), 'stoa-tls-'));
  const port = await findFreePort();
  platform = await startEmbedded({ dataDir: folder, log: () => undefined, port, isDurable: false });
  root = new pg.Client({ host: platform.host, port, database: 'postgres', ...platform.superuser });
  root.on('error', () => undefined);
  await root.connect();
  const certificate = makeCertificate('A PostgreSQL', { issuer: authority, dnsName: named });
  await writeOnServer('server.crt', certificate.pem);
  await writeOnServer('server.key', certificate.keyPem);
  await root.query('create schema sales; create table sales.orders (id int)');
  await root.query('alter system set ssl = on');
  await root.query('select pg_reload_conf()');
  await until(speaksTls);
  const script = await admin.call(connections.createConnectionScript, {
    body: { technology: 'PostgreSQL', config: configOf({ tls: 'require' }) },
  });
  await root.query(script.body.script);
  await root.query(`alter role stoa_connector password ${pg.escapeLiteral(password)}`);
});
afterAll(async () => {
  await stoa?.stop();
  await root?.end();
  await platform?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** A new setting holds for sessions that begin after the server has read it. */
async function speaksTls(): Promise<true | undefined> {
  const { host, port, superuser } = platform;
  const client = new pg.Client({ host, port, database: 'postgres', ...superuser, ssl: { rejectUnauthorized: false } });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return true;
  } catch {
    return undefined;
  } finally {
    await client.end().catch(() => undefined);
  }
}

type Config = Partial<connections.ConnectionConfig> & Pick<connections.ConnectionConfig, 'tls'>;
const configOf = (over: Config): connections.ConnectionConfig => ({
  host: named,
  port: platform.port,
  database: 'postgres',
  ...over,
});
const bodyOf = (connectionKey: string, over: Config): connections.CreateConnectionBody => ({
  connectionKey,
  technology: 'PostgreSQL',
  config: configOf(over),
  authType: 'password',
  credentials: { username: 'stoa_connector', password },
});
async function checksOf(over: Config): Promise<Record<string, string>> {
  const { status, body } = await admin.call(connections.preflightConnection, { body: bodyOf('checked', over) });
  expect(status).toBe(200);
  return Object.fromEntries(body.checks.map((one) => [one.check, `${one.result}: ${one.detail}`]));
}

describe('A connection to a PostgreSQL that speaks TLS', () => {
  it('with verify-full trusts the named authority, for the name that is in the certificate', async () => {
    const checks = await checksOf({ tls: 'verify-full', ca: authority.pem });
    expect(checks).toMatchObject({ TLS: expect.stringMatching(/^pass/), AUTH: expect.stringMatching(/^pass/) });
  });

  it('with verify-full goes no further under another name, without the authority, or with another one of its name', async () => {
    const refused = [
      await checksOf({ tls: 'verify-full', ca: authority.pem, host: '127.0.0.1' }),
      await checksOf({ tls: 'verify-full' }),
      await checksOf({ tls: 'verify-full', ca: stranger.pem }),
    ];
    expect(refused).toEqual([
      { REACHABLE: expect.any(String), TLS: expect.stringMatching(/^fail: .*127\.0\.0\.1/) },
      { REACHABLE: expect.any(String), TLS: expect.stringMatching(/^fail: .*certificate/) },
      { REACHABLE: expect.any(String), TLS: expect.stringMatching(/^fail: .*certificate/) },
    ]);
  });

  it('with require is encrypted and says that nobody looked at the certificate', async () => {
    for (const host of [named, '127.0.0.1']) {
      const checks = await checksOf({ tls: 'require', host });
      expect(checks).toMatchObject({ TLS: expect.stringMatching(/^warn/), AUTH: expect.stringMatching(/^pass/) });
    }
  });

  it('is stored when it is verified, and its sessions are encrypted; a wrong name stores nothing', async () => {
    const wrong = bodyOf('wrong', { tls: 'verify-full', ca: authority.pem, host: '127.0.0.1' });
    const refused = await admin.call(connections.createConnection, { body: wrong });
    expect(refused).toMatchObject({ status: 422, body: { code: 'connection.preflight_failed' } });
    expect((await admin.call(connections.listConnections)).body.meta.totalCount).toBe(0);
    const right = bodyOf('right', { tls: 'verify-full', ca: authority.pem });
    expect((await admin.call(connections.createConnection, { body: right })).status).toBe(201);
    const params = { connectionKey: 'right' };
    await until(async () => {
      const { body } = await admin.call(connections.readConnection, { params });
      return body.crawl?.status === 'SUCCEEDED' ? true : undefined;
    });
    const { rows } = await root.query<{ ssl: boolean }>(
      "select ssl from pg_stat_ssl join pg_stat_activity using (pid) where usename = 'stoa_connector'",
    );
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.every((row) => row.ssl)).toBe(true);
    const moved = { params, body: { config: { ca: stranger.pem } } };
    expect(await admin.call(connections.updateConnection, moved)).toMatchObject({ status: 422 });
    const kept = await admin.call(connections.readConnection, { params });
    expect(kept.body.config).toMatchObject({ tls: 'verify-full', ca: authority.pem });
  });

  it('refuses a text that is no certificate, and a key, before anything is dialled', async () => {
    for (const ca of ['trust me', authority.keyPem, `${authority.pem}${authority.keyPem}`]) {
      const body = bodyOf('checked', { tls: 'verify-full', ca });
      const refused = await admin.call(connections.preflightConnection, { body });
      expect(refused).toMatchObject({ status: 400, body: { code: 'request.malformed' } });
      expect(JSON.stringify(refused.body)).not.toContain('PRIVATE KEY');
    }
  });
});
