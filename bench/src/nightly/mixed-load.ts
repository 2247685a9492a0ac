import { cancelAccessRequest, getAccessRequestById } from '@stoa/contract/access-request';
import type { ChildServer } from '@stoa/server/testing/child-server';
import { pause } from '../measure.ts';
import { at, type Consumer, type FaultWorld } from './fault-world.ts';
import { decide, type Flow, makeFlows } from './flows.ts';

/** Two servers over one database; one that was killed comes back. */
export class Replicas {
  readonly #world: FaultWorld;
  readonly #servers: (ChildServer | undefined)[] = [undefined, undefined];

  constructor(world: FaultWorld) {
    this.#world = world;
  }

  async start(): Promise<this> {
    for (const index of this.#servers.keys()) await this.restart(index);
    return this;
  }

  async restart(index: number): Promise<void> {
    this.#servers[index] = await this.#world.start();
  }

  /** Kills one of the two without a word, and starts it again. */
  async killOne(): Promise<void> {
    const index = Math.floor(Math.random() * this.#servers.length);
    const server = this.#servers[index];
    this.#servers[index] = undefined;
    await server?.kill();
    await this.restart(index);
  }

  get alive(): ChildServer[] {
    return this.#servers.filter((server) => server !== undefined);
  }

  any(): ChildServer {
    const server = this.alive[Math.floor(Math.random() * this.alive.length)];
    if (server === undefined) throw new Error('no server lives');
    return server;
  }

  async stop(): Promise<void> {
    await Promise.all(this.alive.map((server) => server.kill('SIGTERM')));
  }
}

/**
 * People who ask, decide, cancel and revoke at whichever replica lives, one after the other each. What fails on the way is looked up
 * and carried on with, as a person would; what was acknowledged is kept in the journal.
 */
export class MixedLoad {
  readonly #world: FaultWorld;
  readonly #replicas: Replicas;
  readonly #acting: Promise<void>[] = [];
  #isOver = false;
  /** By request, what the last acknowledged determination said. */
  readonly journal = new Map<string, string>();
  acts = 0;

  constructor(world: FaultWorld, replicas: Replicas) {
    this.#world = world;
    this.#replicas = replicas;
  }

  async start(people: number): Promise<this> {
    const flows = await makeFlows(this.#world);
    const suffix = Math.random().toString(36).slice(2, 8);
    for (let n = 0; n < people; n++) {
      const consumer = await this.#world.addConsumer(`load_${suffix}_${n}`);
      this.#acting.push(this.#act(consumer, n % 3 === 0 ? flows.asset : flows.access));
    }
    return this;
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#acting);
  }

  /** Sentences about what was acknowledged and is not so. */
  async lost(): Promise<string[]> {
    const rows = await this.#world.query<{ id: string; status: string }>(
      'select id, status from access_request where id = any($1::text[])',
      [[...this.journal.keys()]],
    );
    const statusOf = new Map(rows.map(({ id, status }) => [id, status]));
    const mayBe: Record<string, readonly string[]> = {
      APPROVED: ['APPROVED', 'REVOKED', 'EXPIRED'],
      DENIED: ['DENIED'],
    };
    return [...this.journal].flatMap(([id, said]) => {
      const status = statusOf.get(id) ?? 'gone';
      return mayBe[said]?.includes(status) ? [] : [`${said} was acknowledged on ${id}, which is ${status}`];
    });
  }

  async #act(consumer: Consumer, flow: Flow): Promise<void> {
    let requestId: string | undefined;
    while (!this.#isOver) {
      await pause(20 + Math.random() * 200);
      try {
        requestId = await this.#step(consumer, flow, requestId);
        this.acts += 1;
      } catch {
        // The server was killed under it, or does not answer: somebody would try again, and does.
        await pause(100);
        requestId = await this.#openRequest(consumer).catch(() => requestId);
      }
    }
  }

  async #step(consumer: Consumer, flow: Flow, requestId: string | undefined): Promise<string | undefined> {
    const server = this.#replicas.any();
    const { governor } = this.#world;
    if (requestId === undefined) return flow.ask(server, consumer);
    const { body } = await at(server, governor).call(getAccessRequestById, { params: { id: requestId } });
    if (body.status === 'APPROVED') {
      if (Math.random() < 0.5) await flow.revoke(server, requestId);
      return requestId;
    }
    if (body.status !== 'PENDING') return undefined;
    const chance = Math.random();
    if (chance < 0.1) {
      await at(server, consumer.person).call(cancelAccessRequest, { params: { id: requestId } });
      return requestId;
    }
    const said = chance < 0.2 ? 'DENIED' : 'APPROVED';
    const answer = await decide(server, governor, requestId, said);
    if (answer.status === 200) this.journal.set(requestId, said);
    return requestId;
  }

  async #openRequest({ person }: Consumer): Promise<string | undefined> {
    const rows = await this.#world.query<{ id: string }>(
      `select id from access_request where beneficiary = $1 and status in ('PENDING', 'APPROVED') order by created_at desc limit 1`,
      [person.globalUserId],
    );
    return rows[0]?.id;
  }
}
