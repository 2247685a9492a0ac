import { AsyncLocalStorage } from 'node:async_hooks';
import { streamEvents } from '@stoa/contract/event';
import type { Operation } from '@stoa/contract/operation';
import { getHealth, getLiveness, getMetrics, getReadiness } from '@stoa/contract/system';
import type { Deps } from '../deps.ts';
import type { Log } from '../log.ts';
import { turnedAwayCalls } from './metrics.ts';
import { Refusal } from './refusal.ts';

/** A stream lasts; whoever watches over a server has to hear of it most when it has too much to do. */
const uncounted = new Set<string>([streamEvents, getHealth, getLiveness, getReadiness, getMetrics].map(({ id }) => id));

/** Changes are still taken where reading is turned away: by so much more than the limit. */
const roomForChanges = 1.25;
const secondsBetweenWords = 60;

/** After so many answers the limit is thought over: where half of them took longer than is wanted, fewer are let in than before. */
const answersLookedAt = 32;
const wantedMilliseconds = 300;
const steps = { down: 0.7, up: 1.1 };
/** So many are let in however long they take. */
const fewest = 16;

const innerReads = new AsyncLocalStorage<Deps>();

/** Runs `read`, a call that this server makes to itself within another: it is counted and logged with that one, and works with `deps`. */
export const asInnerRead = <T>(deps: Deps, read: () => PromiseLike<T>): Promise<T> =>
  // What is sent when somebody waits for it is to be waited for in here.
  innerReads.run(deps, async () => await read());
export const innerDeps = (): Deps | undefined => innerReads.getStore();
export const isInnerRead = (): boolean => innerDeps() !== undefined;

/**
 * How many calls are being answered. Who comes beyond the limit is turned away at once: else all would wait, each longer than the one
 * before, and what is answered in the end is what nobody waits for any more. A server that stood still for a moment has many open and
 * answers them soon; one that has more to do than it can takes in fewer and fewer, until they are answered in time.
 */
export class OpenCalls {
  readonly #most: number;
  readonly #log: Log;
  #limit: number;
  #open = 0;
  /** The most that were open at once, and how long each took, since the limit was thought over. */
  #peak = 0;
  #took: number[] = [];
  #turnedAway = 0;
  #toldAt = Number.NEGATIVE_INFINITY;

  /** @param most how many calls that read are answered at once */
  constructor(most: number, log: Log) {
    this.#most = most;
    this.#limit = most;
    this.#log = log;
  }

  async run<T>(operation: Operation, answer: () => Promise<T>): Promise<T> {
    if (uncounted.has(operation.id) || isInnerRead()) return answer();
    const limit = operation.method === 'GET' ? this.#limit : Math.ceil(this.#limit * roomForChanges);
    if (this.#open >= limit) throw this.#turnAway();
    this.#open += 1;
    this.#peak = Math.max(this.#peak, this.#open);
    const start = performance.now();
    try {
      return await answer();
    } finally {
      this.#open -= 1;
      this.#thinkOver(performance.now() - start);
    }
  }

  #thinkOver(took: number): void {
    this.#took.push(took);
    if (this.#took.length < answersLookedAt) return;
    const median = this.#took.toSorted((a, b) => a - b)[answersLookedAt / 2] ?? 0;
    // Few that wait for a slow platform are no crowd.
    const isCrowded = median > wantedMilliseconds && this.#peak > this.#limit / 2;
    if (isCrowded) this.#limit = Math.max(Math.min(fewest, this.#most), this.#limit * steps.down);
    else if (median <= wantedMilliseconds) this.#limit = Math.min(this.#most, this.#limit * steps.up);
    this.#took = [];
    this.#peak = this.#open;
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
