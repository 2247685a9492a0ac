/**
 * Work that costs little more for several than for one. What comes while nothing is under way begins at once, alone; what
 * comes meanwhile waits for the end of that and goes together.
 */
export class Gather<Input, Output> {
  readonly #run: (inputs: readonly Input[]) => Promise<readonly PromiseSettledResult<Output>[]>;
  readonly #most: number;
  #waiting: { input: Input; settle: (result: PromiseSettledResult<Output>) => void }[] = [];
  #isRunning = false;

  /**
   * @param run settles each input, in their order; it must not wait for anybody, since all that comes waits for it
   * @param most how many go together at most
   */
  constructor(run: (inputs: readonly Input[]) => Promise<readonly PromiseSettledResult<Output>[]>, most: number) {
    this.#run = run;
    this.#most = most;
  }

  add(input: Input): Promise<Output> {
    return new Promise((resolve, reject) => {
      const settle = (result: PromiseSettledResult<Output>) =>
        result.status === 'fulfilled' ? resolve(result.value) : reject(result.reason);
      this.#waiting.push({ input, settle });
      this.#next();
    });
  }

  #next(): void {
    if (this.#isRunning || this.#waiting.length === 0) return;
    const batch = this.#waiting.splice(0, this.#most);
    this.#isRunning = true;
    this.#run(batch.map(({ input }) => input))
      .catch((reason: unknown) => batch.map((): PromiseRejectedResult => ({ status: 'rejected', reason })))
      .then((results) => {
        for (const [place, { settle }] of batch.entries())
          settle(results[place] ?? { status: 'rejected', reason: new Error('a run settled too few of its inputs') });
      })
      .finally(() => {
        this.#isRunning = false;
        this.#next();
      });
  }
}
