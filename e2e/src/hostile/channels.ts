import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { updateTeamsConfiguration } from '@stoa/contract/notification-channel';
import { type MailServer, startMailServer } from '@stoa/server/features/notification/mail-server.fixture';
import { connectSlack } from '@stoa/server/features/slack/slack.fixture';
import { callerOf } from '@stoa/server/testing/people';
import { LocalSlack } from '@stoa/server/testing/slack';
import { until } from '@stoa/server/testing/until';
import { storeMailSettings } from './store-words.ts';
import type { HostileStoa } from './world.ts';
import type { Writer } from './writer.ts';

export type Channels = {
  readonly env: Record<string, string>;
  readonly mail: MailServer;
  readonly slack: LocalSlack;
  /** What a channel of Teams was sent. */
  readonly cards: unknown[];
  connect(writer: Writer, stoa: HostileStoa, emails: readonly string[]): Promise<void>;
  stop(): Promise<void>;
};

/** A mail server, a server that speaks as Slack does, and one that takes cards of Teams. */
export async function startChannels(writer: Writer): Promise<Channels> {
  const login = { user: writer.line(200), pass: 'none' };
  const mail = await startMailServer(login);
  const slack = new LocalSlack();
  await slack.start();
  const cards: unknown[] = [];
  const teams = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      cards.push(JSON.parse(Buffer.concat(parts).toString()));
      response.writeHead(202).end();
    });
  });
  await new Promise<void>((resolve) => teams.listen(0, '127.0.0.1', resolve));
  const { port } = teams.address() as AddressInfo;
  return {
    env: { ...slack.env, STOA_EGRESS_ALLOW: `${slack.env['STOA_EGRESS_ALLOW']},teams=127.0.0.1:${port}` },
    mail,
    slack,
    cards,
    async connect(of, stoa, emails) {
      const { admin, url } = stoa;
      await storeMailSettings(of, admin, { ...login, port: mail.port });
      const server = { ...stoa, nobody: callerOf(url, undefined), databaseUrl: '', person: () => Promise.reject() };
      for (const email of emails) slack.addPerson(email);
      await connectSlack(server, slack, admin);
      await of.write(admin, updateTeamsConfiguration, { body: { url: `http://127.0.0.1:${port}/workflow` } });
    },
    async stop() {
      await mail.stop();
      await slack.stop();
      await new Promise((resolve) => teams.close(resolve));
    },
  };
}

/** Waits until everybody was told of everything. */
export async function waitUntilTold({ deps }: HostileStoa): Promise<void> {
  await until(async () => {
    const { db } = deps;
    const events = await db.selectFrom('event_pending').select('sequence').limit(1).execute();
    const messages = await db
      .selectFrom('message_delivery')
      .select('id')
      .where('state', '=', 'PENDING')
      .limit(1)
      .execute();
    return events.length + messages.length === 0 || undefined;
  }, 120);
}
