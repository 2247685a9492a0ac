import { pause, percentile, sample } from '../measure.ts';
import { addConsumers, type Consumer, loginPassword } from '../people.ts';
import { publishTables, quoted, tableNames } from '../products.ts';
import type { Figure } from '../report.ts';
import { approve, askFor, databaseNow, nativeWorkSince, untilActive } from '../requests.ts';
import type { Site, World } from '../world.ts';

const samples = 200;
const warmUp = 20;
/** People whom the platform was never asked about: no plan of theirs was looked at before the decision. */
const firstSights = 40;

type Times = { verified: number[]; read: number[] };

async function readAs(site: Site, consumer: Consumer): Promise<void> {
  const path = site.registered.sources[0]?.path ?? [];
  const table = { schema: path.at(-2) ?? '', name: path.at(-1) ?? '' };
  const answer = await site.platform.readAs({ username: consumer.username, password: loginPassword }, table);
  if (answer !== 'rows') throw new Error(`the consumer was answered ${answer}`);
}

type ByHand = { decide: (user: string) => Promise<void>; grant: (user: string) => Promise<void>; end(): Promise<void> };

/** The least that could be called an approval: one commit, one GRANT, and one look at what the consumer may now do. */
async function prepareByHand(world: World, site: Site): Promise<ByHand> {
  const platform = await site.platform.connectAs(site.platform.connector);
  await world.db.query(`create table if not exists bench_decision (id bigint generated always as identity primary key,
    person text not null, decision text not null, decided_at timestamptz not null default now())`);
  const schemas = [...new Set(site.registered.sources.map((s) => quoted(s.path.at(-2) ?? '')))].join(', ');
  await platform.query('create role bench_by_hand');
  await platform.query(`grant usage on schema ${schemas} to bench_by_hand`);
  await platform.query(`grant select on table ${tableNames(site, 6)} to bench_by_hand`);
  const table = tableNames(site, 1);
  return {
    async decide(user) {
      await world.db.query({
        name: 'decide',
        text: `insert into bench_decision (person, decision) values ($1, 'APPROVED')`,
        values: [user],
      });
    },
    async grant(user) {
      await platform.query(`grant bench_by_hand to ${quoted(user)}`);
      const { rows } = await platform.query<{ may: boolean }>({
        name: 'may',
        text: `select has_table_privilege($1, $2, 'SELECT') as may`,
        values: [user, table],
      });
      if (rows[0]?.may !== true) throw new Error('the grant had no effect');
    },
    end: () => platform.end(),
  };
}

const keep = (times: Times, verified: number, read: number) => {
  times.verified.push(verified);
  times.read.push(read);
};

export async function measureApproval(world: World): Promise<Figure[]> {
  const site = await world.small();
  const { productId } = await publishTables(world, site, { name: 'Approve one by one', tables: 6 });
  const count = samples + warmUp;
  const mine = await addConsumers(world.db, site.platform.superuser, { prefix: 'one', count, known: site });
  const strangers = await addConsumers(world.db, site.platform.superuser, { prefix: 'stranger', count: firstSights });
  const theirs = await addConsumers(world.db, site.platform.superuser, { prefix: 'hand', count });
  const asked = await askFor(world, productId, mine);
  const unknown = await askFor(world, productId, strangers);
  await world.db.query('vacuum analyze');
  const byHand = await prepareByHand(world, site);
  const [floor, stoa] = [
    { verified: [], read: [] },
    { verified: [], read: [] },
  ] as [Times, Times];
  const answered: number[] = [];
  let since = new Date();
  for (let i = 0; i < count; i++) {
    if (i === warmUp) since = await databaseNow(world.db);
    await pause(15);
    const other = theirs[i];
    const one = asked[i];
    if (!other || !one) break;
    let start = performance.now();
    await byHand.decide(other.username);
    await byHand.grant(other.username);
    const granted = performance.now() - start;
    await readAs(site, other);
    if (i >= warmUp) keep(floor, granted, performance.now() - start);
    await pause(15);
    start = performance.now();
    await approve(world, one.requestId);
    const answeredAt = performance.now() - start;
    // Looked for only now: asking each millisecond from the start would share the two cores with what is measured.
    await untilActive(world.db, one.requestId);
    const verified = performance.now() - start;
    await readAs(site, one);
    if (i < warmUp) continue;
    answered.push(answeredAt);
    keep(stoa, verified, performance.now() - start);
  }
  await byHand.end();
  const { statements } = await nativeWorkSince(world, since);
  const first = await sample(
    firstSights,
    (i) =>
      Promise.all([approve(world, unknown[i]?.requestId ?? ''), untilActive(world.db, unknown[i]?.requestId ?? '')]),
    () => pause(15),
  );
  return [
    { id: '-', what: 'approve -> answered, p50', unit: 'ms', stoa: percentile(answered, 0.5) },
    ...describe('approve -> granted and verified', floor.verified, stoa.verified),
    ...describe("approve -> read by the consumer's fresh connection", floor.read, stoa.read),
    {
      id: '-',
      what: 'approve -> verified, of a person never seen on the platform before, p50',
      unit: 'ms',
      floor: percentile(floor.verified, 0.5),
      stoa: percentile(first, 0.5),
      note: 'with a look at who they are there, which the plan on the review page does beforehand',
    },
    {
      id: 'P2',
      what: `native statements per approval (${samples} approvals)`,
      unit: '',
      floor: 1,
      stoa: statements / samples,
      budget: { kind: 'exactly', value: 1 },
    },
  ];
}

function describe(what: string, floor: readonly number[], stoa: readonly number[]): Figure[] {
  const at = (share: number) => ({ floor: percentile(floor, share), stoa: percentile(stoa, share) });
  return [
    { id: 'P1', what: `${what}, p50`, unit: 'ms', ...at(0.5), budget: { kind: 'ratio', most: 4 } },
    { id: 'P1', what: `${what}, p95`, unit: 'ms', ...at(0.95), budget: { kind: 'most', value: 100 } },
    { id: 'P1', what: `${what}, p99`, unit: 'ms', ...at(0.99), budget: { kind: 'most', value: 250 } },
  ];
}
