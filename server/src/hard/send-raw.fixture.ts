import { Agent, request } from 'node:http';

/** A call as bytes on the wire: nothing is encoded or completed for it. */
export type RawCall = {
  method: string;
  path: string;
  headers: Readonly<Record<string, string>>;
  body?: string | Buffer;
};
export type RawAnswer = { status: number; type: string; text: string };
export type Sender = { send(call: RawCall): Promise<RawAnswer>; close(): void };

const patienceMilliseconds = 25_000;

/** Sends over connections that stay open. A stream of events is an answer once its head is there. */
export function makeSender(url: string): Sender {
  const agent = new Agent({ keepAlive: true, maxSockets: 4 });
  const { hostname, port } = new URL(url);
  const send = (call: RawCall): Promise<RawAnswer> =>
    new Promise((resolve, reject) => {
      const { method, path, headers, body } = call;
      const outgoing = request({ hostname, port, agent, method, path, headers, timeout: patienceMilliseconds });
      outgoing.on('timeout', () => outgoing.destroy(new Error('no answer came')));
      // The server had closed the connection that was to be used again: the call never reached it.
      const isLost = (error: Error & { code?: string }) => outgoing.reusedSocket && error.code === 'ECONNRESET';
      outgoing.on('error', (error) => (isLost(error) ? send(call).then(resolve, reject) : reject(error)));
      outgoing.on('response', (incoming) => {
        const [status, type] = [incoming.statusCode ?? 0, incoming.headers['content-type'] ?? ''];
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('end', () => resolve({ status, type, text: Buffer.concat(chunks).toString('utf8') }));
        incoming.on('error', reject);
        if (type.startsWith('text/event-stream')) {
          resolve({ status, type, text: '' });
          incoming.removeListener('error', reject);
          incoming.on('error', () => undefined);
          incoming.destroy();
        }
      });
      outgoing.end(body);
    });
  return { send, close: () => agent.destroy() };
}
