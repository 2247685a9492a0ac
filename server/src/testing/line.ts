import { connect, createServer, type Server, type Socket } from 'node:net';

export type Cut = 'beforeSend' | 'afterSend' | 'onAnswer';
type Mode = 'through' | 'refuse' | 'swallow';
/** A line to a platform that can be out of order in every way a line can. */
export type Line = {
  port: number;
  be(mode: Mode): void;
  /** Cuts the line around the next message that holds the text; `onAnswer`: the server has done it, and nobody hears. */
  cutAround(text: string, when: Cut): void;
  cuts(): number;
  close(): Promise<void>;
};

/** Listens on a port of loopback and hands everything on to `target`, but for what it is told. */
export async function startLine(target: { host: string; port: number }): Promise<Line> {
  let mode: Mode = 'through';
  let armed: { text: string; when: Cut } | null = null;
  let cuts = 0;
  const sockets = new Set<Socket>();
  const server: Server = createServer((client) => {
    sockets.add(client);
    client.on('error', () => client.destroy());
    client.on('close', () => sockets.delete(client));
    if (mode === 'refuse') return client.destroy();
    if (mode === 'swallow') return client.resume();
    const upstream = connect(target.port, target.host);
    sockets.add(upstream);
    let isCut = false;
    const end = () => {
      client.destroy();
      upstream.destroy();
    };
    upstream.on('error', end).on('close', () => {
      sockets.delete(upstream);
      client.destroy();
    });
    client.on('close', end);
    client.on('data', (data) => {
      if (mode === 'swallow') return;
      const when = armed !== null && data.includes(armed.text) ? armed.when : null;
      if (when === null) return void upstream.write(data);
      armed = null;
      cuts += 1;
      if (when === 'beforeSend') return end();
      isCut = true;
      upstream.write(data, () => {
        // Whether the server still does what it was sent is its own affair.
        if (when === 'afterSend') end();
      });
    });
    upstream.on('data', (data) => {
      if (mode === 'swallow') return;
      if (isCut) end();
      else client.write(data);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const drop = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    be(next) {
      mode = next;
      // A line that swallows keeps what is open: that is what makes it worse than one that refuses.
      if (next !== 'swallow') drop();
    },
    cutAround(text, when) {
      armed = { text, when };
    },
    cuts: () => cuts,
    async close() {
      drop();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
