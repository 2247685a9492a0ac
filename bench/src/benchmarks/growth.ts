import { exponent, median, pause, timed } from '../measure.ts';
import { addConsumers, type Consumer } from '../people.ts';
import { publishTables } from '../products.ts';
import type { Figure } from '../report.ts';
import { approve, approveAsFacts, type Asked, askFor, untilActive, untilDrained } from '../requests.ts';
import type { World } from '../world.ts';
import { measurePublishing } from './publish.ts';

type Point = { size: number; cost: number };
type Curve = { what: string; points: Point[]; most: number; note?: string };

const approvals = 30;
const decades = [100, 1_000, 10_000];
/** Flat within what a noisy machine shows: ten times the size may cost a third more. */
const flat = 0.12;
/** No worse than the size, with the same allowance. */
const linear = 1.12;

let group = 0;
async function somePeople(world: World, count: number): Promise<Consumer[]> {
  const site = await world.large();
  return addConsumers(world.db, site.platform.superuser, { prefix: `growth${group++}`, count, known: site });
}

async function costOfApproving(world: World, asked: readonly Asked[]): Promise<number> {
  const times: number[] = [];
  for (const one of asked) {
    await pause(10);
    times.push(await timed(() => Promise.all([approve(world, one.requestId), untilActive(world.db, one.requestId)])));
  }
  return median(times.slice(5));
}

async function approvalByTables(world: World): Promise<Curve> {
  const points: Point[] = [];
  for (const tables of decades) {
    const { productId } = await publishTables(world, await world.large(), { name: `Tables ${tables}`, tables });
    const asked = await askFor(world, productId, await somePeople(world, approvals + 5));
    points.push({ size: tables, cost: await costOfApproving(world, asked) });
  }
  return { what: 'approving, by tables of the product', points, most: flat };
}

async function approvalByMembers(world: World): Promise<Curve> {
  const site = await world.large();
  const { productId } = await publishTables(world, site, { name: 'Members', tables: 6 });
  const points: Point[] = [];
  let members = 0;
  for (const size of decades) {
    const given = await askFor(world, productId, await somePeople(world, size - members));
    await approveAsFacts(world, { productId, connectionId: site.connectionId }, given);
    await untilDrained(world.db, site.connectionId);
    members = size;
    await world.db.query('analyze');
    const asked = await askFor(world, productId, await somePeople(world, approvals + 5));
    points.push({ size, cost: await costOfApproving(world, asked) });
  }
  return { what: 'approving, by members of the product', points, most: flat };
}

async function publishByTables(world: World): Promise<Curve> {
  const points: Point[] = [];
  for (const size of decades) points.push({ size, cost: (await measurePublishing(world, size, 3)).stoa });
  return { what: 'publishing, by tables of the product', points, most: linear };
}

async function reconcileByChanged(world: World): Promise<Curve> {
  const site = await world.large();
  const { productId } = await publishTables(world, site, { name: 'Changed', tables: 6 });
  const points: Point[] = [];
  for (const size of [10, 100, 1_000]) {
    const costs: number[] = [];
    for (let round = 0; round < 3; round++) {
      const asked = await askFor(world, productId, await somePeople(world, size));
      const where = { productId, connectionId: site.connectionId };
      await approveAsFacts(world, where, asked, 'pairs');
      costs.push(await timed(() => untilDrained(world.db, site.connectionId)));
    }
    points.push({ size, cost: median(costs) });
  }
  return { what: 'reconciling, by what changed', points, most: linear };
}

async function listByPage(world: World): Promise<Curve> {
  const points: Point[] = [];
  for (const size of [10, 100, 1_000]) {
    const path = `/api/access-request?sortBy=createdAt&limit=${size}`;
    const times: number[] = [];
    for (let i = 0; i < 11; i++) times.push(await timed(() => world.caller.expect(200, { method: 'GET', path })));
    points.push({ size, cost: median(times) });
  }
  return { what: 'a list, by its page', points, most: linear };
}

export async function measureGrowth(world: World): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const curve of [approvalByTables, approvalByMembers, publishByTables, reconcileByChanged, listByPage]) {
    const { what, points, most } = await curve(world);
    figures.push({
      id: 'G',
      what: `${what}: exponent`,
      unit: '',
      stoa: exponent(points),
      budget: { kind: 'most', value: most },
      note: points.map((p) => `${p.size}: ${p.cost.toFixed(1)} ms`).join(', '),
    });
  }
  return figures;
}
