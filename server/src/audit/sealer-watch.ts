import { sql } from 'kysely';
import type { Reader } from '../db/pool.ts';
import type { Log } from '../log.ts';
import { longestLag } from './audit-sinks.ts';

/** Events that have no place in the chain yet. */
export type Unsealed = { readonly since: Date | null; readonly seconds: number };

/** Since when the oldest event waits for its seal; the database's clock judges. */
export async function readUnsealed(db: Reader): Promise<Unsealed> {
  const { rows } = await sql<Unsealed>`
    select e.since, coalesce(greatest(extract(epoch from now() - e.since), 0), 0)::float8 as seconds
    from (select min(event_timestamp) as since from (select event_timestamp from audit_event
      where sequence > (select seen_sequence from audit_sealer) order by sequence limit 1) first) e`.execute(db);
  return rows[0] ?? { since: null, seconds: 0 };
}

/** Says aloud when nothing is sealed any more, whatever the reason: a chain that was cut, a key that does not open, a hung server. */
export class SealerWatch {
  readonly #deps: { readonly db: Reader; readonly log: Log };
  #toldAt = Number.NEGATIVE_INFINITY;

  constructor(deps: { readonly db: Reader; readonly log: Log }) {
    this.#deps = deps;
  }

  async look(): Promise<void> {
    const { since, seconds } = await readUnsealed(this.#deps.db);
    const now = performance.now();
    if (seconds * 1_000 < longestLag || now - this.#toldAt < longestLag) return;
    this.#toldAt = now;
    this.#deps.log.error({ waitingSince: since }, 'the audit trail has not been sealed for more than five minutes');
  }
}
