import { sql } from 'kysely';
import type { Reader } from '../db/pool.ts';
import { Refusal } from './refusal.ts';

/** Counts one more act in a window that every replica shares; refuses once there were more than `limit`. */
export async function takeRate(
  db: Reader,
  bucket: string,
  rate: { limit: number; windowSeconds: number },
): Promise<void> {
  const { rows } = await sql<{ count: number; wait: number }>`
    insert into rate_count (bucket, window_start, count)
    values (${bucket}, to_timestamp(floor(extract(epoch from now()) / ${rate.windowSeconds}) * ${rate.windowSeconds}), 1)
    on conflict (bucket, window_start) do update set count = rate_count.count + 1
    returning count, ceil(extract(epoch from window_start) + ${rate.windowSeconds} - extract(epoch from now()))::int as wait`.execute(
    db,
  );
  const row = rows[0];
  if (row && row.count > rate.limit) {
    throw new Refusal('auth.too_many_attempts', {
      headers: {
        'retry-after': String(row.wait),
        'ratelimit-policy': `"default";q=${rate.limit};w=${rate.windowSeconds}`,
        ratelimit: `"default";r=0;t=${row.wait}`,
      },
    });
  }
}
