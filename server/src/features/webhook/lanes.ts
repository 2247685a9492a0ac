import type { Secret } from '../../secrets/secrets.ts';
import { type Claimed, mostInFlight } from './claim-deliveries.ts';

/** The keys that sign for each webhook, within one turn: what a turn claimed was read at one time. */
export type OpenedKeys = Map<string, readonly Secret[]>;
export type Held = { readonly claimed: Claimed; readonly opened: OpenedKeys; readonly since: number };
type Lane = { waiting: Held[]; running: number };

/** An answer within so long is fast. */
const fastMilliseconds = 500;
/** What has waited for so long is given back: the process may have stood still, and the claim may be another's by now. */
const patienceMilliseconds = 2_000;
const mostWaiting = 5_000;

/**
 * What was claimed and waits for its turn, a lane for each webhook. Each has its own places: nobody waits for the slow. A receiver that
 * fails or hesitates loses what waits for it, and is sent to from turn to turn until it answers at once again.
 */
export class Lanes {
  readonly #lanes = new Map<string, Lane>();
  readonly #fast = new Set<string>();
  #returned: string[] = [];

  /** How many more may be claimed: each comes with its text. */
  get room(): number {
    let waiting = 0;
    for (const lane of this.#lanes.values()) waiting += lane.waiting.length;
    return Math.max(0, mostWaiting - waiting);
  }

  get fast(): readonly string[] {
    return [...this.#fast];
  }

  add(held: Held): void {
    const lane = this.#lanes.get(held.claimed.webhookId) ?? { waiting: [], running: 0 };
    lane.waiting.push(held);
    this.#lanes.set(held.claimed.webhookId, lane);
  }

  /** Webhooks for which something waits. */
  get waiting(): readonly string[] {
    return [...this.#lanes].flatMap(([webhookId, lane]) => (lane.waiting.length > 0 ? [webhookId] : []));
  }

  /** Gives back what waits for a webhook that was changed, turned off or deleted since it was claimed. */
  keep(versions: ReadonlyMap<string, string>): void {
    for (const [webhookId, lane] of this.#lanes)
      if (lane.waiting.some(({ claimed }) => claimed.version !== versions.get(webhookId))) this.#empty(lane);
  }

  /** What may be sent now to one receiver; each of it is told as ended once it has. */
  *nextOf(webhookId: string, now: number): Generator<Held> {
    const lane = this.#lanes.get(webhookId);
    if (lane === undefined) return;
    while (lane.running < mostInFlight) {
      const held = lane.waiting[0];
      if (held === undefined) break;
      if (now - held.since > patienceMilliseconds) {
        this.#empty(lane);
        break;
      }
      lane.waiting.shift();
      lane.running += 1;
      yield held;
    }
    if (lane.running === 0) this.#lanes.delete(webhookId);
  }

  *next(now: number): Generator<Held> {
    for (const webhookId of this.#lanes.keys()) yield* this.nextOf(webhookId, now);
  }

  /** @param how undefined: nothing is known of the receiver */
  ended(webhookId: string, how: { isSuccess: boolean; milliseconds: number } | undefined): void {
    const lane = this.#lanes.get(webhookId);
    if (lane === undefined) return;
    lane.running -= 1;
    if (how?.isSuccess === true && how.milliseconds < fastMilliseconds) this.#fast.add(webhookId);
    else {
      this.#fast.delete(webhookId);
      this.#empty(lane);
    }
  }

  /** What was claimed, is not sent, and has not been given back yet. */
  takeReturned(): string[] {
    const returned = this.#returned;
    this.#returned = [];
    return returned;
  }

  putBack(returned: readonly string[]): void {
    this.#returned.push(...returned);
  }

  /** Nothing that waits is sent any more. */
  close(): void {
    for (const lane of this.#lanes.values()) this.#empty(lane);
  }

  #empty(lane: Lane): void {
    this.#returned.push(...lane.waiting.map(({ claimed }) => claimed.id));
    lane.waiting = [];
  }
}
