import {
  deleteSlackConfiguration,
  getSlackApp,
  getSlackConfiguration,
  setSlackApp,
  startSlackInstall,
  testSlackConnection,
} from '@stoa/contract/slack';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../../testing/app.ts';
import type { TestPerson } from '../../testing/people.ts';
import { LocalSlack } from '../../testing/slack.ts';
import { browserOf, connectSlack, credentialsOf, goBack } from './slack.fixture.ts';

let server: TestServer;
let admin: TestPerson;
let consumer: TestPerson;
const slack = new LocalSlack();
beforeAll(async () => {
  await slack.start();
  server = await startTestServer({ env: slack.env });
  admin = await server.person({ username: 'admin', permissions: ['APPLICATION_ADMIN'] });
  consumer = await server.person({ username: 'consumer' });
});
afterAll(async () => {
  await server?.stop();
  await slack.stop();
});

describe('the app at Slack', () => {
  it('is an application admin’s to see, to set and to remove', async () => {
    const calls = [
      getSlackApp,
      getSlackConfiguration,
      testSlackConnection,
      deleteSlackConfiguration,
      startSlackInstall,
    ];
    for (const operation of calls) {
      expect((await server.nobody.call(operation)).status).toBe(401);
      expect((await consumer.call(operation)).status).toBe(403);
    }
  });

  it('begins with nothing, and with a manifest that names this installation', async () => {
    const { body } = await admin.call(getSlackApp);
    expect(body).toMatchObject({ clientId: null, hasSecrets: false, installedAt: null });
    const manifest = JSON.parse(body.manifest);
    expect(manifest.oauth_config.redirect_urls).toEqual([body.redirectUrl]);
    expect(manifest.settings.interactivity.request_url).toBe(body.interactionUrl);
    expect((await admin.call(getSlackConfiguration)).body).toEqual({ isConfigured: false, configuration: {} });
    expect((await admin.call(testSlackConnection)).body).toMatchObject({ isValid: false });
  });

  it('needs both secrets once, keeps what is left out, and shows none of them', async () => {
    const browser = await browserOf(server, admin);
    const tooEarly = await server.nobody.call(startSlackInstall, { headers: browser });
    expect(tooEarly).toMatchObject({ status: 409, body: { code: 'slack.not_set_up' } });
    const { clientId, clientSecret, signingSecret } = credentialsOf(slack);
    const half = await admin.call(setSlackApp, { body: { clientId, clientSecret } });
    expect(half).toMatchObject({ status: 422, body: { code: 'slack.secret_missing' } });
    const whole = await admin.call(setSlackApp, { body: { clientId, clientSecret, signingSecret } });
    expect(whole).toMatchObject({ status: 200, body: { clientId, hasSecrets: true } });
    expect((await admin.call(setSlackApp, { body: { clientId } })).status).toBe(200);
    const other = await admin.call(setSlackApp, { body: { clientId: '1.2' } });
    expect(other).toMatchObject({ status: 422, body: { code: 'slack.secret_missing' } });
    expect(JSON.stringify((await admin.call(getSlackApp)).body)).not.toMatch(/secret-of-the-test/);
    const { rows } = await sql<{ text: string }>`
      select row_to_json(a)::text as text from slack_app a union all
      select row_to_json(e)::text from audit_event e`.execute(server.deps.db);
    expect(rows.map((row) => row.text).join()).not.toMatch(/secret-of-the-test/);
  });
});

describe('"Add to Slack"', () => {
  const start = async (browser: Record<string, string>) => {
    const { status, body } = await server.nobody.call(startSlackInstall, { headers: browser });
    expect(status).toBe(200);
    return body.url;
  };

  it('is done in a browser session, not with a token', async () => {
    const answer = await admin.call(startSlackInstall);
    expect(answer).toMatchObject({ status: 422, body: { code: 'slack.session_needed' } });
  });

  it('comes back once, to the session that began, and to nobody else', async () => {
    const browser = await browserOf(server, admin);
    const back = slack.allow(await start(browser));
    const others = [await browserOf(server, admin), await browserOf(server, consumer), {}];
    const outcomes = await Promise.all(others.map((other) => goBack(server, back, other)));
    expect(outcomes).toEqual([
      '/admin/settings/slack?outcome=stale',
      '/admin/settings/slack?outcome=forbidden',
      '/admin/settings/slack?outcome=stale',
    ]);
    expect(await goBack(server, back, browser)).toBe('/admin/settings/slack?outcome=connected');
    expect(await goBack(server, back, browser)).toBe('/admin/settings/slack?outcome=stale');
    const forged = back.replace(/state=[^&]+/, 'state=k1.a.b.c');
    expect(await goBack(server, forged, browser)).toBe('/admin/settings/slack?outcome=stale');
    const found = await admin.call(getSlackConfiguration);
    const configuration = { teamName: slack.team.name, teamId: slack.team.id, botUserId: 'U0BOT' };
    expect(found.body).toEqual({ isConfigured: true, configuration });
    expect((await admin.call(testSlackConnection)).body).toEqual({ isValid: true });
    const { rows } = await sql<{ bot_token: string }>`select bot_token from slack_installation`.execute(server.deps.db);
    expect(rows[0]?.bot_token).not.toContain('xoxb');
  });

  it('changes nothing when it is declined, or when Slack refuses the code', async () => {
    const browser = await browserOf(server, admin);
    const before = await admin.call(getSlackConfiguration);
    const state = new URL(await start(browser)).searchParams.get('state') ?? '';
    const declined = `${server.url}/api/notification/slack/callback?${new URLSearchParams({ error: 'access_denied', state }).toString()}`;
    expect(await goBack(server, declined, browser)).toBe('/admin/settings/slack?outcome=denied');
    const back = slack.allow(await start(browser)).replace(/code=[^&]+/, 'code=made-up');
    expect(await goBack(server, back, browser)).toBe('/admin/settings/slack?outcome=failed&error=invalid_code');
    slack.rotatesTokens = true;
    const rotating = await goBack(server, slack.allow(await start(browser)), browser);
    slack.rotatesTokens = false;
    expect(rotating).toBe('/admin/settings/slack?outcome=failed&error=token_rotation_enabled');
    expect((await admin.call(getSlackConfiguration)).body).toEqual(before.body);
  });

  it('tells what Slack says against the token, and removes everything', async () => {
    await connectSlack(server, slack, admin);
    slack.revokeTokens();
    const broken = await admin.call(testSlackConnection);
    expect(broken.body).toMatchObject({ isValid: false });
    expect(broken.body.errorMessage).toMatch(/^invalid_auth: /);
    await connectSlack(server, slack, admin);
    expect((await admin.call(deleteSlackConfiguration)).status).toBe(200);
    expect(slack.calls.at(-1)).toBe('auth.revoke');
    expect((await admin.call(getSlackApp)).body).toMatchObject({ clientId: null, hasSecrets: false });
    expect((await admin.call(deleteSlackConfiguration)).status).toBe(200);
  });
});
