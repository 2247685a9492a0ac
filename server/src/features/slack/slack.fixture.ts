import { setSlackApp, startSlackInstall } from '@stoa/contract/slack';
import { openSession } from '../../http/authenticate.ts';
import type { TestServer } from '../../testing/app.ts';
import type { TestPerson } from '../../testing/people.ts';
import type { LocalSlack } from '../../testing/slack.ts';

/** Somebody in a browser: a session of their own, with the headers a browser would send. */
export async function browserOf(server: TestServer, person: TestPerson): Promise<Record<string, string>> {
  const { token } = await openSession(server.deps.db, {
    globalUserId: person.globalUserId,
    ip: '127.0.0.1',
    userAgent: 'test',
  });
  return { cookie: `stoa_session=${token}`, origin: server.url };
}

export const credentialsOf = ({ clientId, clientSecret, signingSecret }: LocalSlack) => ({
  clientId,
  clientSecret,
  signingSecret,
});

/** Follows the way back from Slack; answers where the browser goes on. */
export async function goBack(server: TestServer, url: string, browser: Record<string, string>): Promise<string> {
  const { pathname, search } = new URL(url);
  const answer = await server.nobody.send('GET', pathname + search, undefined, browser);
  if (answer.status !== 302) throw new Error(`the callback answered ${answer.status}`);
  return answer.headers.get('location') ?? '';
}

/** Slack as it is in most tests: connected. */
export async function connectSlack(server: TestServer, slack: LocalSlack, admin: TestPerson): Promise<void> {
  slack.requestUrl = `${server.url}/api/notification/slack/interaction`;
  await admin.call(setSlackApp, { body: credentialsOf(slack) });
  const browser = await browserOf(server, admin);
  const started = await server.nobody.call(startSlackInstall, { headers: browser });
  const where = await goBack(server, slack.allow(started.body.url), browser);
  if (!where.includes('outcome=connected')) throw new Error(`Slack was not connected: ${where}`);
}
