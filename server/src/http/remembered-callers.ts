import type { Caller } from './authenticate.ts';
import { hashToken } from './authenticate.ts';

/** Each credential is looked at afresh so often: that is when its last use is written down. */
const rememberedMilliseconds = 30_000;
const most = 10_000;

/**
 * Whose a credential was a moment ago. It proves nothing: it spares the way to the database for operations that look at the
 * credential themselves, in the statement that reads what they decide on (`credentialHolds`).
 */
export class RememberedCallers {
  readonly #known = new Map<string, { caller: Caller; until: number }>();

  find(credential: string): Caller | undefined {
    const key = keyOf(credential);
    const known = this.#known.get(key);
    if (known === undefined || performance.now() < known.until) return known?.caller;
    this.#known.delete(key);
    return undefined;
  }

  keep(credential: string, caller: Caller): void {
    // The oldest goes first.
    for (const oldest of this.#known.keys()) {
      if (this.#known.size < most) break;
      this.#known.delete(oldest);
    }
    this.#known.set(keyOf(credential), { caller, until: performance.now() + rememberedMilliseconds });
  }
}

/** No secret is kept in the process for longer than its call. */
const keyOf = (credential: string): string => hashToken(credential).toString('base64');
