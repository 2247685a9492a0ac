import { setImmediate } from 'node:timers/promises';

/** Others have their turn after so many small looks, and earlier when those took longer than this. */
const between = 50;
const milliseconds = 10;

/** Lets a long computation share the process: calls, heartbeats and jobs go on beside it. */
export class Pace {
  #looks = 0;
  #since = performance.now();

  /** Counts one look; a promise when it is the turn of others, which is to be awaited before the next. */
  look(): Promise<void> | undefined {
    this.#looks += 1;
    if (this.#looks % between !== 0 && performance.now() - this.#since < milliseconds) return undefined;
    return this.#letOthers();
  }

  async #letOthers(): Promise<void> {
    await setImmediate();
    this.#since = performance.now();
  }
}
