import { sql } from 'kysely';
import { transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { failPoint } from '../../work/fail-point.ts';
import { type Attempt, attemptDelivery, keysOf, verdictOf } from './attempt-delivery.ts';
import { claimDue, type Claimed, freeAbandoned, giveBack, readVersions, takeClaimLock } from './claim-deliveries.ts';
import { type Held, Lanes, type OpenedKeys } from './lanes.ts';
import { type Finished, recordAttempts } from './record-attempts.ts';

/** Also without having been woken: retries come due by the clock, and other replicas may be gone. */
const pollMilliseconds = 1_000;
/** Attempts that end within so long of each other are stored together. */
const gatherMilliseconds = 10;
/** How long a stop waits for what is on its way. */
const stopMilliseconds = 3_000;

/**
 * Sends what webhooks are told. Each turn stores what has come back and claims what there is room for; the sending itself goes on
 * beside it, so that a receiver that hangs holds its own places and nothing else. A delivery is
 * sent by whoever claimed it and stored with its claim: killed in between, it is sent again under the same id.
 */
export class WebhookSender {
  readonly #deps: Deps;
  readonly #onFinished: (delay: number) => void;
  readonly #inFlight = new Set<Promise<void>>();
  readonly #lanes = new Lanes();
  #finished: Finished[] = [];
  #freedAt = Number.NEGATIVE_INFINITY;
  #isStopped = false;

  /** @param onFinished is called when a turn is worth taking, with the milliseconds until then */
  constructor(deps: Deps, onFinished: (delay: number) => void) {
    this.#deps = deps;
    this.#onFinished = onFinished;
  }

  /** Answers after how many milliseconds to take the next turn, if nothing happens before. */
  async turn(): Promise<number> {
    const gone = new Set(
      this.#finished.flatMap(({ claimed, verdict }) => (verdict.state === 'GONE' ? [claimed.webhookId] : [])),
    );
    const [stored, claimed] = await Promise.allSettled([this.#store(), this.#isStopped ? [] : this.#claim()]);
    if (claimed.status === 'fulfilled') {
      if (claimed.value.length > 0) failPoint('webhook.claimed');
      const opened: OpenedKeys = new Map();
      const since = performance.now();
      for (const one of claimed.value) {
        // Claimed beside the storing of what ends it.
        if (gone.has(one.webhookId)) this.#lanes.putBack([one.id]);
        else this.#lanes.add({ claimed: one, opened, since });
      }
      this.#start(this.#lanes.next(since));
    }
    for (const one of [stored, claimed]) if (one.status === 'rejected') throw one.reason;
    return pollMilliseconds;
  }

  /** Lets what is on its way come back for a moment, and gives the rest to others. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#lanes.close();
    const patience = new Promise<void>((resolve) => setTimeout(resolve, stopMilliseconds).unref());
    await Promise.race([Promise.all(this.#inFlight), patience]);
    await this.#store();
    await sql`update webhook_delivery set claimed_by = null, claimed_at = null where claimed_by = ${this.#deps.replicaId}`.execute(
      this.#deps.db,
    );
  }

  /** What has come back, and what is not sent after all. It makes room, for which the next turn claims. */
  async #store(): Promise<void> {
    const finished = this.#finished;
    const returned = this.#lanes.takeReturned();
    if (finished.length === 0 && returned.length === 0) return;
    this.#finished = [];
    const { replicaId } = this.#deps;
    try {
      await transact(this.#deps, async (tx, after) => {
        await recordAttempts({ tx, after, replicaId }, finished);
        await giveBack(tx, replicaId, returned);
      });
      this.#onFinished(gatherMilliseconds);
    } catch (error) {
      // They have been sent: lost here, they would be sent again.
      this.#finished = [...finished, ...this.#finished];
      this.#lanes.putBack(returned);
      throw error;
    }
  }

  async #claim(): Promise<Claimed[]> {
    const { replicaId } = this.#deps;
    return transact(this.#deps, async (tx) => {
      const { waiting } = this.#lanes;
      if (waiting.length > 0) this.#lanes.keep(await readVersions(tx, waiting));
      const most = this.#lanes.room;
      if (most === 0) return [];
      await takeClaimLock(tx);
      if (performance.now() - this.#freedAt >= pollMilliseconds) {
        await freeAbandoned(tx, replicaId);
        this.#freedAt = performance.now();
      }
      return claimDue(tx, { replicaId, fast: this.#lanes.fast, most });
    });
  }

  #start(next: Iterable<Held>): void {
    for (const held of next) {
      const sending = this.#send(held).finally(() => {
        this.#inFlight.delete(sending);
        if (!this.#isStopped) this.#start(this.#lanes.nextOf(held.claimed.webhookId, performance.now()));
        this.#onFinished(gatherMilliseconds);
      });
      this.#inFlight.add(sending);
    }
  }

  async #send({ claimed, opened }: Held): Promise<void> {
    const startedAt = new Date();
    let attempt: Attempt | undefined;
    try {
      const keys = opened.get(claimed.webhookId) ?? keysOf(this.#deps, claimed);
      opened.set(claimed.webhookId, keys);
      attempt = await attemptDelivery(this.#deps, { ...claimed, keys });
      this.#finished.push({ claimed, attempt, verdict: verdictOf(attempt, claimed.scheduled), startedAt });
    } catch (error) {
      this.#deps.log.error({ err: error, delivery: claimed.id }, 'a delivery could not be tried; its claim runs out');
    } finally {
      this.#lanes.ended(claimed.webhookId, attempt);
    }
  }
}
