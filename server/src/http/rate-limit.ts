import { sql } from 'kysely';
import type { Reader } from '../db/pool.ts';
import { Refusal } from './refusal.ts';

type Counted = { count: number; before: number; passed: number };

/**
 * Counts one more act in windows that every replica shares; refuses once there were more than `limit` in the last window,
 * estimated as this one's count and the share of the previous one that still lies within reach.
 */
export async function takeRate(
  db: Reader,
  bucket: string,
  rate: { limit: number; windowSeconds: number },
): Promise<void> {
  const { rows } = await sql<Counted>`
    with now_window as (select to_timestamp(floor(extract(epoch from now()) / ${rate.windowSeconds}) * ${rate.windowSeconds}) as start)
    insert into rate_count as r (bucket, window_start, count) select ${bucket}, start, 1 from now_window
    on conflict (bucket, window_start) do update set count = r.count + 1
    returning r.count, extract(epoch from now() - r.window_start)::float8 as passed,
      coalesce((select p.count from rate_count p
        where p.bucket = ${bucket} and p.window_start = r.window_start - make_interval(secs => ${rate.windowSeconds})), 0) as before`.execute(
    db,
  );
  const row = rows[0];
  if (!row || row.count + row.before * (1 - row.passed / rate.windowSeconds) <= rate.limit) return;
  const wait = Math.max(1, Math.ceil(rate.windowSeconds - row.passed));
  throw new Refusal('auth.too_many_attempts', {
    headers: {
      'retry-after': String(wait),
      'ratelimit-policy': `"default";q=${rate.limit};w=${rate.windowSeconds}`,
      ratelimit: `"default";r=0;t=${wait}`,
    },
  });
}
