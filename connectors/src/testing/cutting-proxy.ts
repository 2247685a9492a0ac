import { connect, createServer } from 'node:net';
import type { Socket } from 'node:net';

export type CutPoint = 'before-server' | 'before-client';

/**
 * Stands between a client and a server and cuts the line around one message: before it reaches the server, or after the
 * server has done it and before the client hears of that.
 */
export type CuttingProxy = {
  readonly port: number;
  readonly cutAt: (text: string, point: CutPoint) => void;
  readonly close: () => Promise<void>;
};

export async function startCuttingProxy(target: {
  readonly host: string;
  readonly port: number;
}): Promise<CuttingProxy> {
  let armed: { text: string; point: CutPoint } | null = null;
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(target.port, target.host);
    let mute = false;
    const end = (): void => {
      client.destroy();
      upstream.destroy();
    };
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', end);
      socket.on('close', () => {
        sockets.delete(socket);
        end();
      });
    }
    client.on('data', (data) => {
      const cut = armed !== null && data.includes(armed.text) ? armed.point : null;
      if (cut !== null) armed = null;
      if (cut === 'before-server') return end();
      mute ||= cut === 'before-client';
      upstream.write(data);
    });
    upstream.on('data', (data) => {
      if (!mute) client.write(data);
      // The first bytes of the answer mean that the server has reached its end: now the client is left alone.
      else end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    cutAt: (text, point) => {
      armed = { text, point };
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
