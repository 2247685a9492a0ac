import { revokeAccess } from '@stoa/contract/access-request';
import { DatabaseError } from 'pg';
import { inParallel, percentile } from '../measure.ts';
import { addConsumers, loginPassword } from '../people.ts';
import { publishTables, quoted, tableNames } from '../products.ts';
import type { Figure } from '../report.ts';
import {
  approve,
  type Asked,
  askFor,
  databaseNow,
  nativeWorkSince,
  untilActive,
  untilDrained,
  untilTrue,
} from '../requests.ts';
import type { Site, World } from '../world.ts';

const samples = 100;
const expiring = 100;

/** Reads again and again in an open session until it is refused. */
async function readUntilRefused(site: Site, username: string, act: () => Promise<unknown>): Promise<number> {
  const session = await site.platform.connectAs({ username, password: loginPassword });
  const text = `select 1 from ${tableNames(site, 1)} limit 1`;
  await session.query(text);
  const start = performance.now();
  const acting = act();
  let refusedAfter: number | undefined;
  while (refusedAfter === undefined) {
    await session.query(text).catch((error: unknown) => {
      if (!(error instanceof DatabaseError) || error.code !== '42501') throw error;
      refusedAfter = performance.now() - start;
    });
    if (performance.now() - start > 20_000) throw new Error('still not refused');
  }
  await acting;
  await session.end();
  return refusedAfter;
}

async function revokeByHand(site: Site, people: readonly { username: string }[]): Promise<number[]> {
  const platform = await site.platform.connectAs(site.platform.connector);
  const schemas = [...new Set(site.registered.sources.map((s) => quoted(s.path.at(-2) ?? '')))].join(', ');
  await platform.query('create role bench_revoke');
  await platform.query(`grant usage on schema ${schemas} to bench_revoke`);
  await platform.query(`grant select on table ${tableNames(site, 6)} to bench_revoke`);
  const times: number[] = [];
  for (const { username } of people) {
    await platform.query(`grant bench_revoke to ${quoted(username)}`);
    times.push(
      await readUntilRefused(site, username, () => platform.query(`revoke bench_revoke from ${quoted(username)}`)),
    );
  }
  await platform.end();
  return times;
}

export async function measureEnds(world: World): Promise<Figure[]> {
  const site = await world.small();
  const { productId } = await publishTables(world, site, { name: 'Ends', tables: 6 });
  const people = await addConsumers(world.db, site.platform.superuser, { prefix: 'end', count: samples + expiring });
  const others = await addConsumers(world.db, site.platform.superuser, { prefix: 'byhand', count: samples });
  const asked = await askFor(world, productId, people);
  await inParallel(asked, 4, (one) => approve(world, one.requestId));
  await untilDrained(world.db, site.connectionId);
  const floor = await revokeByHand(site, others);
  const since = await databaseNow(world.db);
  const times: number[] = [];
  for (const one of asked.slice(0, samples)) {
    await untilActive(world.db, one.requestId);
    const params = { id: productId, requestId: one.requestId };
    times.push(await readUntilRefused(site, one.username, () => world.governor.call(revokeAccess, { params })));
  }
  await untilDrained(world.db, site.connectionId);
  const { statements } = await nativeWorkSince(world, since);
  return [
    ...([0.5, 0.95, 0.99] as const).map(
      (share): Figure => ({
        id: 'P13',
        what: `revoke -> next statement of the open session refused, p${share * 100}`,
        unit: 'ms',
        floor: percentile(floor, share),
        stoa: percentile(times, share),
        ...(share === 0.95 ? { budget: { kind: 'most', value: 100 } } : {}),
      }),
    ),
    {
      id: 'P2',
      what: `native statements per end of access (${samples} ends)`,
      unit: '',
      floor: 1,
      stoa: statements / samples,
      budget: { kind: 'exactly', value: 1 },
    },
    ...(await measureExpiry(world, percentile(floor, 0.5) / 1000, asked.slice(samples))),
  ];
}

/**
 * Ends a tenth of a second apart, all further away than the loop ever sleeps. The earliest moment of the removal is bounded
 * by a look while the access must still stand; the latest by when the refusal was proved and recorded.
 */
async function measureExpiry(world: World, floor: number, asked: readonly Asked[]): Promise<Figure[]> {
  const ids = asked.map((one) => one.requestId);
  await world.db.query(
    `update access_request r set expiration = now() + interval '12 seconds' + make_interval(secs => 0.1 * o.n)
     from unnest($1::text[]) with ordinality as o (id, n) where r.id = o.id`,
    [ids],
  );
  await untilTrue(
    world.db,
    {
      text: `select count(*) = $2 from membership_status where access_request_id = any($1::text[]) and state = 'REMOVED'`,
      values: [ids, ids.length],
    },
    { every: 50 },
  );
  const { rows } = await world.db.query<{ overrun: number; early: number }>(
    `select extract(epoch from m.removed_at - r.expiration)::float8 as overrun, extract(epoch from r.ended_at - r.expiration)::float8 as early
     from membership_status m join access_request r on r.id = m.access_request_id where r.id = any($1::text[])`,
    [ids],
  );
  const overrun = rows.map((row) => row.overrun);
  const early = rows.map((row) => row.early);
  return [
    { id: '-', what: 'expiry -> refusal proved and recorded, p50', unit: 's', floor, stoa: percentile(overrun, 0.5) },
    {
      id: 'P13',
      what: `expiry -> refusal proved and recorded, longest of ${expiring}`,
      unit: 's',
      floor,
      stoa: Math.max(...overrun),
      budget: { kind: 'most', value: 2 },
    },
    {
      id: 'P13',
      what: 'expiry -> taken away, shortest: never before its time',
      unit: 's',
      stoa: Math.min(...early),
      budget: { kind: 'least', value: 0 },
    },
  ];
}
