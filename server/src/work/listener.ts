import { EventEmitter } from 'node:events';
import pg from 'pg';
import type { Log } from '../log.ts';
import { replicaLockClass } from './advisory-locks.ts';

export type Channel = 'stoa_live' | 'stoa_reconcile' | 'stoa_keys';

/**
 * One connection of this replica for notifications, in and out. It comes back by itself; until then everybody who listens
 * also polls, so a lost notification costs delay only.
 */
export class Listener {
  readonly #emitter = new EventEmitter();
  readonly #options: { url: string; log: Log; replicaId: string };
  #client: pg.Client | undefined;
  #isStopped = false;

  constructor(options: { url: string; log: Log; replicaId: string }) {
    this.#options = options;
  }

  on(channel: Channel, listener: (payload: string) => void): void {
    this.#emitter.on(channel, listener);
  }

  notify(channel: Channel, payload = ''): void {
    this.#client?.query('select pg_notify($1, $2)', [channel, payload]).catch(() => {});
  }

  async start(): Promise<void> {
    if (this.#isStopped) return;
    const client = new pg.Client({
      connectionString: this.#options.url,
      application_name: 'stoa listener',
      // A notification counts as a commit, and nothing that one says is lost with it: it need not wait for the disk.
      options: '-c synchronous_commit=off',
      keepAlive: true,
    });
    client.on('notification', (message) => this.#emitter.emit(message.channel, message.payload ?? ''));
    client.on('error', () => {});
    client.on('end', () => {
      if (!this.#isStopped) setTimeout(() => this.start().catch(() => {}), 1_000).unref();
    });
    try {
      await client.connect();
      await client.query('listen stoa_live; listen stoa_reconcile; listen stoa_keys');
      // Held as long as this process lives: what a dead replica held is free at once, not only when its lease is old.
      await client.query('select pg_advisory_lock_shared($1, hashtext($2))', [
        replicaLockClass,
        this.#options.replicaId,
      ]);
      this.#client = client;
    } catch (error) {
      this.#options.log.warn({ err: error }, 'notifications wait for the database; polling goes on');
    }
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#client?.end().catch(() => {});
  }
}
