import { createServer } from 'node:http';
import { createWebhook, updateWebhook } from '@stoa/contract/webhook';
import { pause, percentile } from '../measure.ts';
import type { Figure } from '../report.ts';
import { untilTrue } from '../requests.ts';
import { receiverPort, type World } from '../world.ts';

const events = 1_000;
const receivers = 20;
/** Of the receivers, the last two: one never answers, one always fails. */
const hanging = receivers - 2;
const failing = receivers - 1;
const healthy = receivers - 2;
const perSecond = 25;

type Arrival = { receiver: number; id: string; at: number };

/** Receivers on one port, told apart by their paths. */
async function startReceivers(): Promise<{ arrivals: Arrival[]; stop: () => Promise<void> }> {
  const arrivals: Arrival[] = [];
  const server = createServer((request, response) => {
    const receiver = Number(request.url?.slice(1));
    arrivals.push({ receiver, id: String(request.headers['webhook-id']), at: Date.now() });
    request.resume();
    if (receiver === hanging) return;
    request.on('end', () => response.writeHead(receiver === failing ? 500 : 204).end());
  });
  await new Promise<void>((resolve) => server.listen(receiverPort, '127.0.0.1', resolve));
  const stop = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { arrivals, stop };
}

/**
 * Events as operations write them, about two hundred targets. Each would wake who tells of them once it is committed; here one
 * operation at their end does, which tells of nothing itself.
 */
async function emit(world: World, { hookId, count }: { hookId: string; count: number }): Promise<void> {
  await world.db.query(
    `with told as (
       insert into event (type, target_id, actor_id, actor_name, data, created_at)
       select 'marketplace.data_product.state.updated', md5((n % 200)::text)::uuid, 'bench', 'Bench',
         '{"name":"Bench","fields":["description"],"suspended":false}', clock_timestamp() from generate_series(1, $1::int) n returning sequence
     ) insert into event_pending (sequence) select sequence from told`,
    [count],
  );
  const woken = await world.appadmin.call(updateWebhook, { params: { id: hookId }, body: { description: 'awake' } });
  if (woken.status !== 200) throw new Error(JSON.stringify(woken.body));
}

type Told = { p95: number; median: number; seconds: number; missing: number; twice: number };

/** Tells `events` in batches, and waits until each healthy receiver has all of them. */
async function tell(
  world: World,
  arrivals: Arrival[],
  { hookId, batch }: { hookId: string; batch: number },
): Promise<Told> {
  arrivals.length = 0;
  const { rows: last } = await world.db.query<{ max: string }>('select coalesce(max(sequence), 0) as max from event');
  const from = Number(last[0]?.max);
  const start = performance.now();
  for (let sent = 0; sent < events; sent += batch) {
    await emit(world, { hookId, count: batch });
    if (sent + batch < events) await pause((batch / perSecond) * 1_000);
  }
  const open = `select count(*) = 0 as is_true from webhook_delivery d join webhook w on w.id = d.webhook_id
    where d.state <> 'DELIVERED' and w.url not like '%/${hanging}' and w.url not like '%/${failing}'`;
  await untilTrue(
    world.db,
    { text: `select not exists (select from event_pending) and (${open}) as done` },
    { every: 200, seconds: 180 },
  );
  const seconds = (performance.now() - start) / 1_000;
  const { rows } = await world.db.query<{ id: string; at: number }>(
    'select id, extract(epoch from created_at)::float8 * 1000 as at from event where sequence > $1',
    [from],
  );
  const createdAt = new Map(rows.map((row) => [row.id, row.at]));
  const first = new Map<string, number>();
  let twice = 0;
  for (const { receiver, id, at } of arrivals) {
    const created = createdAt.get(id);
    if (receiver >= healthy || created === undefined) continue;
    if (first.has(`${receiver} ${id}`)) twice += 1;
    else first.set(`${receiver} ${id}`, at - created);
  }
  const waits = [...first.values()];
  return {
    p95: percentile(waits, 0.95) / 1_000,
    median: percentile(waits, 0.5) / 1_000,
    seconds,
    missing: events * healthy - first.size,
    twice,
  };
}

/** 1,000 events to 20 receivers, one of which hangs and one of which fails (reliability.md W1). */
export async function measureWebhooks(world: World): Promise<Figure[]> {
  const { arrivals, stop } = await startReceivers();
  try {
    let hookId = '';
    for (let n = 0; n < receivers; n++) {
      const made = await world.appadmin.call(createWebhook, { body: { url: `http://127.0.0.1:${receiverPort}/${n}` } });
      if (made.status !== 200) throw new Error(JSON.stringify(made.body));
      hookId = made.body.id;
    }
    const paced = await tell(world, arrivals, { hookId, batch: 5 });
    const burst = await tell(world, arrivals, { hookId, batch: events });
    const note = (told: Told) =>
      `median ${told.median.toFixed(2)} s; ${told.missing} missing, ${told.twice} came twice`;
    return [
      {
        id: 'W1',
        what: `first attempt, ${perSecond} events/s, p95`,
        unit: 's',
        stoa: paced.p95,
        budget: { kind: 'most', value: 5 },
        note: note(paced),
      },
      {
        id: 'W1',
        what: `first attempt, ${events} events at once, p95`,
        unit: 's',
        stoa: burst.p95,
        budget: { kind: 'most', value: 5 },
        note: note(burst),
      },
      { id: '-', what: `deliveries of the burst`, unit: '/s', stoa: (events * healthy) / burst.seconds },
      {
        id: 'I7',
        what: 'missing at the healthy',
        unit: '',
        stoa: paced.missing + burst.missing,
        budget: { kind: 'exactly', value: 0 },
      },
    ];
  } finally {
    await stop();
  }
}
