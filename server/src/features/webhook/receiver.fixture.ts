import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';

export type Received = { headers: IncomingHttpHeaders; body: string; at: number };
/** What the receiver answers to the n-th call, from 0; `hang`: nothing, ever. */
export type Answer = { status: number; headers?: Record<string, string>; body?: string } | 'hang' | 'cut';

/** A receiver on loopback that keeps what it gets; how it answers can be changed at any time. */
export class Receiver {
  readonly received: Received[] = [];
  /** The most calls that waited for an answer at the same moment. */
  mostAtOnce = 0;
  answer: (n: number, call: Received) => Answer = () => ({ status: 204 });
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<Receiver> {
    let atOnce = 0;
    const server = createServer((request, response) => {
      atOnce += 1;
      receiver.mostAtOnce = Math.max(receiver.mostAtOnce, atOnce);
      response.on('close', () => (atOnce -= 1));
      const parts: Buffer[] = [];
      request.on('data', (chunk: Buffer) => parts.push(chunk));
      request.on('end', () => {
        const call = { headers: request.headers, body: Buffer.concat(parts).toString(), at: performance.now() };
        receiver.received.push(call);
        const answer = receiver.answer(receiver.received.length - 1, call);
        if (answer === 'hang') return;
        if (answer === 'cut') return request.socket.destroy();
        response.writeHead(answer.status, answer.headers).end(answer.body);
      });
    });
    const receiver = new Receiver(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return receiver;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/hook`;
  }

  /** The messages, each verified with the library that receivers use. */
  verified(secret: string): Message[] {
    const webhook = new Webhook(secret);
    return this.received.map(({ headers, body }) => webhook.verify(body, headers as Record<string, string>) as Message);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

export type Message = {
  id: string;
  type: string;
  apiVersion: string;
  timestamp: string;
  sequence: number;
  actor: { globalUserId: string; name: string } | null;
  data: {
    request?: { id: string; status: string; provisioning: string | null };
    change?: Record<string, unknown>;
  } & Record<string, unknown>;
};
