import { Agent, request } from 'node:http';

export type Answer = { status: number; body: string };
/** Calls the API over kept-open connections: a plain client that costs little beside the server it measures. */
export type Caller = {
  send(method: string, path: string, body?: unknown): Promise<Answer>;
  /** As `send`, and fails on any other status. */
  expect(status: number, call: { method: string; path: string; body?: unknown }): Promise<Answer>;
  close(): void;
};

/** @param agent whose connections the calls share, with those of others */
export function openCaller(url: string, token: string, agent = new Agent({ keepAlive: true, maxSockets: 16 })): Caller {
  const { hostname, port } = new URL(url);
  const send: Caller['send'] = (method, path, body) =>
    new Promise((resolve, reject) => {
      const text = body === undefined ? '' : JSON.stringify(body);
      const headers = {
        authorization: `Bearer ${token}`,
        ...(text === '' ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
      };
      const call = request({ agent, hostname, port, path, method, headers }, (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('error', reject);
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, body: Buffer.concat(parts).toString('utf8') }),
        );
      });
      call.on('error', reject);
      call.end(text);
    });
  return {
    send,
    async expect(status, { method, path, body }) {
      const answer = await send(method, path, body);
      if (answer.status !== status)
        throw new Error(`${method} ${path} answered ${answer.status}: ${answer.body.slice(0, 500)}`);
      return answer;
    },
    close: () => agent.destroy(),
  };
}
