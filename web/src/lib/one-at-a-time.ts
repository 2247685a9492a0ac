/**
 * Lets one of several equal acts through at a time: a second click comes before the page has drawn that the first one is under
 * way. Acts that send something else do not wait for each other.
 */
export class OneAtATime {
  readonly #underWay = new Set<string>();

  /** False where the same is under way already. */
  begin(input: unknown): boolean {
    const act = fingerprintOf(input);
    if (this.#underWay.has(act)) return false;
    this.#underWay.add(act);
    return true;
  }

  end(input: unknown): void {
    this.#underWay.delete(fingerprintOf(input));
  }

  /** Nobody waits for what is under way any more. */
  forget(): void {
    this.#underWay.clear();
  }
}

/** An act is told apart by what it sends. */
export const fingerprintOf = (input: unknown): string => JSON.stringify(input) ?? '';
