import { inParallel, timed } from '../measure.ts';
import { addConsumers } from '../people.ts';
import { publishTables, quoted } from '../products.ts';
import type { Figure } from '../report.ts';
import {
  approve,
  type Asked,
  askFor,
  databaseNow,
  nativeWorkSince,
  setState,
  untilDrained,
  untilTrue,
  wake,
} from '../requests.ts';
import { connect, type Site, type World } from '../world.ts';

const atOnce = 8;
const warmUp = 400;
/** Once as the first of a server that has just begun, and once by one that is at work. */
const single = 3_000;
const backlog = 5_000;

/** Eight sessions that each write one decision a transaction: as fast as this machine can promise anything. */
async function commitsByHand(world: World): Promise<number> {
  const sessions = await Promise.all(Array.from({ length: atOnce }, () => connect(world.databaseUrl)));
  await world.db.query(`create table if not exists bench_decision (id bigint generated always as identity primary key,
    person text not null, decision text not null, decided_at timestamptz not null default now())`);
  const took = await timed(() =>
    inParallel(
      Array.from({ length: single }, (_, i) => i),
      atOnce,
      async (i, worker) =>
        sessions[worker]?.query({
          name: 'decide',
          text: `insert into bench_decision (person, decision) values ($1, 'APPROVED')`,
          values: [String(i)],
        }),
    ),
  );
  await Promise.all(sessions.map((session) => session.end()));
  return (single / took) * 1000;
}

/** The whole backlog as one GRANT, and one read of who is a member now. */
async function drainByHand(site: Site, people: readonly Asked[]): Promise<number> {
  const platform = await site.platform.connectAs(site.platform.connector);
  await platform.query('create role bench_drain');
  const took = await timed(async () => {
    await platform.query(`grant bench_drain to ${people.map((p) => quoted(p.username)).join(', ')}`);
    await platform.query(`select member from pg_auth_members where roleid = 'bench_drain'::regrole`);
  });
  await platform.query('drop role bench_drain');
  await platform.end();
  return took;
}

const untilGranted = (world: World, asked: readonly Asked[]) =>
  untilTrue(
    world.db,
    {
      text: `select count(*) = $2 from membership_status where access_request_id = any($1::text[]) and state = 'ACTIVE'`,
      values: [asked.map((one) => one.requestId), asked.length],
    },
    { every: 20 },
  );

export async function measureApprovalsAtOnce(world: World): Promise<Figure[]> {
  const site = await world.small();
  const { connectionId } = site;
  const { productId } = await publishTables(world, site, { name: 'Approve at once', tables: 6 });
  const people = await addConsumers(world.db, site.platform.superuser, {
    prefix: 'many',
    count: warmUp + 2 * single + backlog,
    known: site,
  });
  const asked = await askFor(world, productId, people);
  await world.db.query('vacuum analyze');
  const decide = (list: readonly Asked[]) => inParallel(list, atOnce, (one) => approve(world, one.requestId));
  await decide(asked.slice(0, warmUp));
  await untilDrained(world.db, connectionId);

  const floor = await commitsByHand(world);
  const decideAll = async (from: number) => {
    const singles = asked.slice(from, from + single);
    const start = performance.now();
    await decide(singles);
    const decided = performance.now() - start;
    await untilGranted(world, singles);
    return { rate: (single / decided) * 1000, behind: performance.now() - start - decided };
  };
  const first = await decideAll(warmUp);
  const { rate, behind } = await decideAll(warmUp + single);

  const waiting = asked.slice(warmUp + 2 * single);
  await setState(world, connectionId, 'paused');
  await decide(waiting);
  const byHand = await drainByHand(site, waiting);
  const since = await databaseNow(world.db);
  await setState(world, connectionId, 'active');
  const begun = performance.now();
  await wake(world, connectionId);
  await untilDrained(world.db, connectionId);
  const drained = performance.now() - begun;
  await untilGranted(world, waiting);
  const native = await nativeWorkSince(world, since);
  return [
    {
      id: 'P3',
      what: `approvals per second through the API, ${atOnce} at once, reconciling`,
      unit: '/s',
      floor,
      stoa: rate,
      budget: { kind: 'least', value: 500 },
      note: 'floor: one commit each by 8 sessions; the client shares the cores',
    },
    { id: '-', what: 'the same, by a server that has just begun', unit: '/s', stoa: first.rate },
    { id: '-', what: `${single} approvals: last answer -> all granted and recorded`, unit: 'ms', stoa: behind },
    {
      id: 'P3',
      what: `backlog of ${backlog} approvals: platform back -> all proved and recorded`,
      unit: 's',
      floor: byHand / 1000,
      stoa: drained / 1000,
      budget: { kind: 'most', value: 2 },
      note: `floor: one GRANT of all and one read; ${native.statements} native statements, ${native.milliseconds.toFixed(0)} ms`,
    },
  ];
}
