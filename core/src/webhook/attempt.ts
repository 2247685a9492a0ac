/** What came of one attempt to deliver. `status` 0 means that no reply came. */
export type Reply = {
  readonly status: number;
  /** Seconds that the receiver asks to wait, where it does. */
  readonly retryAfter: number | null;
};

/** Seconds from one attempt of the schedule to the next; the first is made at once (product.md 12). */
const waits = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];
/** Attempts of the schedule in all. */
export const attemptsInAll = waits.length + 1;
const longestWait = 86_400;
const jitter = 0.2;
/** Seconds of pure failure after which an endpoint is told nothing more. */
export const patienceSeconds = 120 * 3_600;

export type Verdict =
  | { readonly state: 'DELIVERED' }
  /** `wait` in seconds. */
  | { readonly state: 'RETRYING'; readonly wait: number }
  | { readonly state: 'DEAD'; readonly why: string }
  /** The receiver wants no more of anything. */
  | { readonly state: 'GONE'; readonly why: string };

/** Only 2xx is a success: a redirect is not followed, and says that the message did not arrive here. */
export const isSuccess = (status: number): boolean => status >= 200 && status < 300;

/**
 * What follows an attempt of the schedule.
 * @param number which attempt of the schedule it was, from 1
 * @param chance between 0 and 1, spreads what failed together
 */
export function afterAttempt(reply: Reply, { number, chance }: { number: number; chance: number }): Verdict {
  if (isSuccess(reply.status)) return { state: 'DELIVERED' };
  if (reply.status === 410) return { state: 'GONE', why: 'The receiver answered 410: it wants no more.' };
  const wait = waits[number - 1];
  if (wait === undefined) return { state: 'DEAD', why: `None of ${attemptsInAll} attempts succeeded.` };
  const spread = wait * (1 + jitter * (2 * chance - 1));
  return { state: 'RETRYING', wait: Math.min(longestWait, Math.max(spread, reply.retryAfter ?? 0)) };
}

/**
 * Seconds of a Retry-After header, which names them or a date; null where it says neither.
 * @param now milliseconds
 */
export function readRetryAfter(header: string | undefined, now: number): number | null {
  if (header === undefined) return null;
  const text = header.trim();
  if (/^\d{1,9}$/.test(text)) return Number(text);
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : Math.max(0, (at - now) / 1_000);
}

/** Why an endpoint that failed just now is told nothing more; null while there is patience. */
export const suppressionOf = (failingSeconds: number): string | null =>
  failingSeconds >= patienceSeconds ? 'Nothing arrived for 120 hours.' : null;
