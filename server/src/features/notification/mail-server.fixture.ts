import type { AddressInfo } from 'node:net';
import { type ParsedMail, simpleParser } from 'mailparser';
import { SMTPServer } from 'smtp-server';

export type Received = { mail: ParsedMail; to: string[]; raw: string };
export type MailServer = {
  port: number;
  received: Received[];
  /** What the server says to a receiver, instead of taking the message: `550`, `451`. */
  refuse: Map<string, number>;
  stop(): Promise<void>;
};

type Asked = {
  readonly user: string;
  readonly pass: string;
  /** It encrypts once connected, and takes no login before. */
  readonly tls?: { readonly key: string; readonly cert: string };
  /** It takes tokens alone, and of them this one. */
  readonly bearer?: () => string;
};

/** A real SMTP server on loopback that asks for a login and keeps what it takes. */
export async function startMailServer(login: Asked): Promise<MailServer> {
  const received: Received[] = [];
  const refuse = new Map<string, number>();
  const server = new SMTPServer({
    ...(login.tls ?? { disabledCommands: ['STARTTLS'] }),
    authOptional: true,
    allowInsecureAuth: login.tls === undefined,
    ...(login.bearer === undefined ? {} : { authMethods: ['XOAUTH2'] }),
    onAuth({ username, password, accessToken }, _session, done) {
      const isRight =
        username === login.user &&
        (login.bearer === undefined ? password === login.pass : accessToken === login.bearer());
      done(isRight ? null : new Error('535 wrong login'), isRight ? { user: username } : undefined);
    },
    onRcptTo({ address }, _session, done) {
      const code = refuse.get(address);
      if (code === undefined) done();
      else done(Object.assign(new Error(code >= 500 ? 'No such mailbox' : 'Try again later'), { responseCode: code }));
    },
    onData(stream, session, done) {
      const parts: Buffer[] = [];
      stream.on('data', (part: Buffer) => parts.push(part));
      const keep = async () => {
        const raw = Buffer.concat(parts);
        const mail = await simpleParser(raw);
        received.push({ mail, raw: raw.toString(), to: session.envelope.rcptTo.map(({ address }) => address) });
      };
      stream.on('end', () => void keep().finally(done));
    },
  });
  server.on('error', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.server.address() as AddressInfo;
  return { port, received, refuse, stop: () => new Promise((resolve) => server.close(() => resolve())) };
}
