import { AsyncLocalStorage } from 'node:async_hooks';
import { streamEvents } from '@stoa/contract/event';
import type { Operation } from '@stoa/contract/operation';
import { getHealth, getLiveness, getMetrics, getReadiness } from '@stoa/contract/system';
import type { Log } from '../log.ts';
import { turnedAwayCalls } from './metrics.ts';
import { Refusal } from './refusal.ts';

/** A stream lasts; whoever watches over a server has to hear of it most when it has too much to do. */
const uncounted = new Set<string>([streamEvents, getHealth, getLiveness, getReadiness, getMetrics].map(({ id }) => id));

/** Changes are still taken where reading is turned away: by so much more than the limit. */
const roomForChanges = 1.25;
const secondsBetweenWords = 60;

const innerReads = new AsyncLocalStorage<true>();

/** Runs `read`, a call that this server makes to itself within another: it is counted and logged with that one. */
export const asInnerRead = <T>(read: () => PromiseLike<T>): Promise<T> =>
  // What is sent when somebody waits for it is to be waited for in here.
  innerReads.run(true, async () => await read());
export const isInnerRead = (): boolean => innerReads.getStore() === true;

/**
 * How many calls are being answered. Who comes beyond the limit is turned away at once: else all would wait, each longer than the one
 * before, and what is answered in the end is what nobody waits for any more.
 */
export class OpenCalls {
  readonly #most: number;
  readonly #log: Log;
  #open = 0;
  #turnedAway = 0;
  #toldAt = Number.NEGATIVE_INFINITY;

  /** @param most how many calls that read are answered at once */
  constructor(most: number, log: Log) {
    this.#most = most;
    this.#log = log;
  }

  async run<T>(operation: Operation, answer: () => Promise<T>): Promise<T> {
    if (uncounted.has(operation.id) || isInnerRead()) return answer();
    const most = operation.method === 'GET' ? this.#most : Math.ceil(this.#most * roomForChanges);
    if (this.#open >= most) throw this.#turnAway();
    this.#open += 1;
    try {
      return await answer();
    } finally {
      this.#open -= 1;
    }
  }

  #turnAway(): Refusal {
    turnedAwayCalls.inc();
    this.#turnedAway += 1;
    if (performance.now() - this.#toldAt > secondsBetweenWords * 1_000) {
      this.#log.warn({ open: this.#open, turnedAway: this.#turnedAway }, 'more calls come than can be answered');
      this.#toldAt = performance.now();
      this.#turnedAway = 0;
    }
    return new Refusal('server.overloaded', { headers: { 'retry-after': '1' } });
  }
}
