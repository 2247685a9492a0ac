import type { Deps } from '../../deps.ts';

export async function endExpiredAccess(_deps: Deps): Promise<void> {}

/** Milliseconds until the next approved request ends. */
export async function nextExpiry(_deps: Deps): Promise<number> {
  return 10_000;
}
