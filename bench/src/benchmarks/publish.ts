import { median, timed } from '../measure.ts';
import { publishTables, quoted, tableNames } from '../products.ts';
import type { Figure } from '../report.ts';
import { databaseNow, nativeWorkSince, untilDrained } from '../requests.ts';
import type { Site, World } from '../world.ts';

const rounds = 5;
/** A server and its sessions that have published before: the first times pay for compiling and planning. */
const warmUp = 3;

/** CREATE ROLE and the named GRANTs, as somebody would type them. */
async function grantByHand(site: Site, tables: number): Promise<number> {
  const platform = await site.platform.connectAs(site.platform.connector);
  const schemas = [...new Set(site.registered.sources.slice(0, tables).map((s) => quoted(s.path.at(-2) ?? '')))];
  const took = await timed(async () => {
    await platform.query('create role bench_publish');
    await platform.query(`grant usage on schema ${schemas.join(', ')} to bench_publish`);
    await platform.query(`grant select on table ${tableNames(site, tables)} to bench_publish`);
  });
  await platform.query(`revoke usage on schema ${schemas.join(', ')} from bench_publish`);
  await platform.query(`revoke select on table ${tableNames(site, tables)} from bench_publish`);
  await platform.query('drop role bench_publish');
  await platform.end();
  return took;
}

export async function measurePublishing(world: World, tables: number, times: number) {
  const site = await world.large();
  const [floor, stoa, answered, native]: number[][] = [[], [], [], []];
  for (let round = 0; round < times; round++) {
    floor?.push(await grantByHand(site, tables));
    const since = await databaseNow(world.db);
    const name = `Publish ${tables} round ${round} at ${since.getTime()}`;
    const published = await publishTables(world, site, { name, tables });
    stoa?.push(published.milliseconds);
    answered?.push(published.answeredMilliseconds);
    native?.push((await nativeWorkSince(world, since)).milliseconds);
    await world.governor.send('DELETE', `/api/data-product/${published.productId}`);
    // What a deletion takes away and what the next floor grants are the same rows of the catalog.
    await untilDrained(world.db, site.connectionId);
  }
  const of = (list: number[] | undefined) => median(list ?? []);
  return { floor: of(floor), stoa: of(stoa), answered: of(answered), native: of(native) };
}

export async function measurePublish(world: World): Promise<Figure[]> {
  const figures: Figure[] = [];
  await measurePublishing(world, 1_000, warmUp);
  for (const tables of [1_000, 10_000]) {
    const { floor, stoa, answered, native } = await measurePublishing(world, tables, rounds);
    figures.push({
      id: 'P5',
      what: `publish ${tables} tables: sent -> granted, read back and recorded`,
      unit: 'ms',
      floor,
      stoa,
      budget: { kind: 'ratio', most: 3 },
      note: `floor: role and named GRANT; answered after ${answered.toFixed(0)} ms, native work ${native.toFixed(0)} ms`,
    });
  }
  return figures;
}
