import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as email from '@stoa/contract/email';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sendEmail } from '../../channels/email-channel.ts';
import { lockEmailSettings, readEmailSettings, storeEmailSettings } from '../../channels/email-settings.ts';
import { forgetToken, mailToken } from '../../channels/mail-token.ts';
import { newUuid } from '../../db/new-id.ts';
import { applicationRole, openDatabase, openPool } from '../../db/pool.ts';
import { Secret } from '../../secrets/secrets.ts';
import { startTestServer, type TestServer } from '../../testing/app.ts';
import { makeCertificate } from '../../testing/certificate.ts';
import { isSomebodyWaiting } from '../../testing/locks.ts';
import type { TestPerson } from '../../testing/people.ts';
import { until } from '../../testing/until.ts';
import { askedId, decide, makeProduct } from '../access-request/requests.fixture.ts';
import { type MailServer, startMailServer } from './mail-server.fixture.ts';

const user = 'stoa@example.com';
const authority = makeCertificate('The authority of Example');
const own = makeCertificate('localhost', { issuer: authority, dnsName: 'localhost' });
const tls = { key: own.keyPem, cert: own.pem };
const issued = { token: 'no token yet', refresh: 'refresh-canary-1', asked: [] as URLSearchParams[], lifetime: 3_600 };
/** What the endpoint waits for before it answers. */
let mayAnswer = Promise.resolve();
/** Answers as RFC 6749 has it, and gives a new refresh token each time. */
const tokens = createServer((request, response) => {
  const parts: Buffer[] = [];
  request.on('data', (part: Buffer) => parts.push(part));
  request.on('end', async () => {
    const form = new URLSearchParams(Buffer.concat(parts).toString());
    issued.asked.push(form);
    await mayAnswer;
    const isRight = form.get('refresh_token') === issued.refresh && form.get('client_secret') === 'client-canary';
    response.writeHead(isRight ? 200 : 400, { 'content-type': 'application/json' });
    if (!isRight) return response.end('{"error":"invalid_grant","error_description":"The token is over."}');
    issued.token = `bearer-canary-${issued.asked.length}`;
    issued.refresh = `refresh-canary-${issued.asked.length + 1}`;
    const { token, refresh, lifetime } = issued;
    response.end(
      JSON.stringify({ access_token: token, refresh_token: refresh, expires_in: lifetime, token_type: 'Bearer' }),
    );
  });
});
let server: TestServer;
let byPassword: MailServer;
let byToken: MailServer;
let admin: TestPerson;
let consumer: TestPerson;
let tokenUrl = '';

beforeAll(async () => {
  await new Promise<void>((resolve) => tokens.listen(0, '127.0.0.1', resolve));
  const { port } = tokens.address() as AddressInfo;
  tokenUrl = `http://127.0.0.1:${port}/token`;
  byPassword = await startMailServer({ user, pass: 'password-canary', tls });
  byToken = await startMailServer({ user, pass: '', tls, bearer: () => issued.token });
  server = await startTestServer({ env: { STOA_EGRESS_ALLOW: `mail=127.0.0.1:${port}` } });
  admin = await server.person({ username: 'admin', permissions: ['APPLICATION_ADMIN', 'GOVERNANCE'] });
  consumer = await server.person({ username: 'consumer' });
});
afterAll(async () => {
  await server?.stop();
  await byPassword?.stop();
  await byToken?.stop();
  await new Promise((resolve) => tokens.close(resolve));
});

const settings = (over: object) => ({
  host: 'localhost',
  port: byPassword.port,
  security: 'starttls' as const,
  username: user,
  ca: authority.pem,
  fromName: 'Stoa',
  fromAddress: user,
  ...over,
});
const oauth = (over: object = {}) => ({
  tokenUrl,
  clientId: 'stoa-mail',
  clientSecret: 'client-canary',
  refreshToken: issued.refresh,
  ...over,
});

/** Whatever happened is told and mailed: no mail that comes late meets what the next test does to the token. */
const untilAllIsSent = () =>
  until(async () => {
    // Not one that is being sent at this moment, which is claimed for longer.
    await sql`update message_delivery set next_attempt_at = now()
      where state = 'RETRYING' and last_error is not null and next_attempt_at < now() + interval '50 seconds'`.execute(
      server.deps.db,
    );
    const { rows } = await sql<{ waits: boolean }>`
      select exists (select from event_pending) or exists (select from message_delivery where state <> 'SENT') as waits`.execute(
      server.deps.db,
    );
    return rows[0]?.waits === false || undefined;
  });

it('a server with a certificate of one’s own is reached over STARTTLS once its authority is known, and not before', async () => {
  const password = 'password-canary';
  const { ca: _, ...unknown } = settings({ password });
  const refused = await admin.call(email.testEmailConfiguration, { body: unknown });
  expect(refused.body).toMatchObject({ status: 'FAILED', message: expect.stringMatching(/certificate/i) });
  expect(byPassword.received).toEqual([]);
  const taken = await admin.call(email.testEmailConfiguration, {
    body: settings({ password, fromName: 'Data at Example', primaryColor: '#ffd600' }),
  });
  expect(taken.body.status).toBe('SUCCESS');
  const [mail] = byPassword.received.map((one) => one.mail.html);
  // Under the name and in the colour of the installation, with dark words on what is light.
  expect(mail).toContain('>Data at Example<');
  expect(mail).toContain('background:#ffd600;color:#000000');
});

it('a token instead of a password is asked for once, proves the login, and its secrets are sealed', async () => {
  const nobody = await admin.call(email.updateEmailConfiguration, {
    body: settings({ port: byToken.port, username: '', oauth: oauth() }),
  });
  expect(nobody.status).toBe(400);
  const wrong = await admin.call(email.testEmailConfiguration, {
    body: settings({ port: byToken.port, oauth: oauth({ refreshToken: 'of another' }) }),
  });
  expect(wrong.body).toEqual({
    status: 'FAILED',
    message: 'The token endpoint answered 400: invalid_grant (The token is over.)',
  });
  const saved = await admin.call(email.updateEmailConfiguration, {
    body: settings({ port: byToken.port, oauth: oauth() }),
  });
  expect(saved.body).toMatchObject({ hasPassword: false, oauth: { tokenUrl, clientId: 'stoa-mail' } });
  issued.asked.length = 0;
  const product = await makeProduct(server, admin);
  for (let n = 1; n <= 2; n++) {
    const id = await askedId(consumer, product);
    await decide(admin, id, 'DENIED');
    await untilAllIsSent();
    expect(byToken.received.length).toBeGreaterThanOrEqual(n);
  }
  expect(issued.asked).toHaveLength(1);
  expect(issued.asked[0]?.get('grant_type')).toBe('refresh_token');
  const { rows } = await sql<{ text: string }>`
    select string_agg(t, ' ') as text from (select value::text as t from setting union all select payload::text from audit_event
      union all select coalesce(last_error, '') from message_delivery) x`.execute(server.deps.db);
  expect(rows[0]?.text).not.toMatch(/canary/);
});

it('goes on with the refresh token that came with the last one, asks anew when the server refuses, and keeps to one endpoint', async () => {
  // The provider ended the token before its time: the mail is refused, and sent with the next one.
  issued.token = 'of another session';
  const before = byToken.received.length;
  const id = await askedId(consumer, await makeProduct(server, admin));
  await decide(admin, id, 'DENIED');
  await untilAllIsSent();
  expect(byToken.received.length).toBeGreaterThan(before);
  expect(issued.asked.map((form) => form.get('refresh_token'))).toHaveLength(2);
  const { refreshToken: _, clientSecret: __, ...kept } = oauth();
  const same = settings({ port: byToken.port, oauth: kept });
  expect((await admin.call(email.testEmailConfiguration, { body: same })).body.status).toBe('SUCCESS');
  const elsewhere = { ...same, oauth: { ...kept, tokenUrl: 'https://login.example.com/token' } };
  expect((await admin.call(email.updateEmailConfiguration, { body: elsewhere })).body).toMatchObject({
    code: 'email.password_needed',
  });
});

const withToken = (over: object = {}) => settings({ port: byToken.port, oauth: oauth(over) });
/** As the web app sends it: it knows no secrets. */
const stored = () => withToken({ refreshToken: undefined, clientSecret: undefined });
const readTokens = async () => (await readEmailSettings(server.deps.db, server.deps.secrets))?.oauth ?? undefined;
const lateMessage = {
  deliveryId: newUuid(),
  notificationId: newUuid(),
  type: 'ACCESS_REVOKED' as const,
  to: { globalUserId: newUuid(), name: 'Zoe', email: 'zoe@example.com' },
  subject: 'Late',
  message: 'Late.',
  details: [],
  action: null,
  requestId: null,
  createdAt: new Date(0),
  attempt: 1,
};

it('sends at once use a refresh token once, here and in another replica: who waits reads what the first one stored', async () => {
  await admin.call(email.deleteEmailConfiguration, {});
  expect((await admin.call(email.updateEmailConfiguration, { body: withToken() })).status).toBe(200);
  const mailSettings = await readEmailSettings(server.deps.db, server.deps.secrets);
  const used = mailSettings?.oauth ?? undefined;
  if (mailSettings === undefined || used === undefined) throw new Error('no login is stored');
  issued.asked.length = 0;
  let go = () => {};
  mayAnswer = new Promise((resolve) => {
    go = resolve;
  });
  const pool = openPool({ url: server.databaseUrl, max: 2, log: server.deps.log, role: applicationRole });
  const replica = { ...server.deps, db: openDatabase(pool) };
  const here = [1, 2].map(() => admin.call(email.testEmailConfiguration, { body: stored() }));
  await until(async () => issued.asked.length > 0 || undefined);
  const there = mailToken(replica, { oauth: used, isTried: false });
  await until(async () => (await isSomebodyWaiting(server.deps.db)) || issued.asked.length > 2 || undefined);
  const late = sendEmail(server.deps, { ...mailSettings, oauth: used }, lateMessage, { milliseconds: 1 });
  // Nobody waits for the endpoint to change the settings.
  const coloured = { ...stored(), primaryColor: '#112233' };
  expect((await admin.call(email.updateEmailConfiguration, { body: coloured })).status).toBe(200);
  go();
  expect((await Promise.all(here)).map(({ body }) => body.status)).toEqual(['SUCCESS', 'SUCCESS']);
  expect((await there).reveal()).toBe(issued.token);
  await pool.end();
  // It was given up before its token came: another attempt may be under way by now.
  expect(await late).toEqual({
    kind: 'retry',
    error: 'The mail server did not take the message within 0.001 seconds.',
  });
  expect(byToken.received.filter(({ mail }) => mail.subject === lateMessage.subject)).toEqual([]);
  expect(issued.asked).toHaveLength(1);
  expect((await readTokens())?.refreshToken.reveal()).toBe(issued.refresh);
  // A token that was refused before this one came ends nothing.
  await forgetToken(server.deps, used, new Secret('an earlier one'));
  expect((await admin.call(email.testEmailConfiguration, { body: stored() })).body.status).toBe('SUCCESS');
  expect(issued.asked).toHaveLength(1);
});

it('a refresh token that a test used up is saved as what came back for it, and is not used again', async () => {
  await admin.call(email.deleteEmailConfiguration, {});
  issued.asked.length = 0;
  const entered = withToken();
  for (let n = 1; n <= 2; n++)
    expect((await admin.call(email.testEmailConfiguration, { body: entered })).body.status).toBe('SUCCESS');
  expect((await admin.call(email.getEmailConfiguration, {})).body).toEqual({ connected: false });
  expect((await admin.call(email.updateEmailConfiguration, { body: entered })).status).toBe(200);
  expect((await readTokens())?.refreshToken.reveal()).toBe(issued.refresh);
  issued.token = 'of another session';
  expect((await admin.call(email.testEmailConfiguration, { body: stored() })).body.status).toBe('FAILED');
  expect((await admin.call(email.testEmailConfiguration, { body: stored() })).body.status).toBe('SUCCESS');
  expect(issued.asked).toHaveLength(2);
  // The same settings once more, as a script would send them, take nothing back.
  expect((await admin.call(email.updateEmailConfiguration, { body: entered })).status).toBe(200);
  expect((await admin.call(email.testEmailConfiguration, { body: stored() })).body.status).toBe('SUCCESS');
  const { rows } = await sql`select from setting where name = 'email_tried'`.execute(server.deps.db);
  expect(rows).toEqual([]);
});

it('settings that are saved while a refresh token is followed by another go on with the other', async () => {
  const { db, secrets } = server.deps;
  const next = new Secret('refresh-canary-next');
  const saved = await db.transaction().execute(async (tx) => {
    await lockEmailSettings(tx);
    const call = admin.call(email.updateEmailConfiguration, { body: { ...stored(), fromName: 'Data' } });
    await until(async () => (await isSomebodyWaiting(server.deps.db)) || undefined);
    const now = await readEmailSettings(tx, secrets);
    if (now?.oauth == null) throw new Error('no login is stored');
    await storeEmailSettings(tx, secrets, { ...now, oauth: { ...now.oauth, refreshToken: next } });
    return { call };
  });
  expect((await saved.call).body).toMatchObject({ fromName: 'Data' });
  expect((await readTokens())?.refreshToken.reveal()).toBe(next.reveal());
});
