import { QueryClient, QueryObserver } from '@tanstack/react-query';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Held, holdChanges } from './held-changes.ts';
import { applyEvents } from './live-stream.ts';

const list = 'searchAccessRequests';
const path = '/api/access-request';
let client: QueryClient;
let held: Held;
let time: number;
let reads: number;
let answer: () => Promise<number>;
let stops: (() => void)[];

const count = (): number => held.get(list)?.size ?? 0;
/** Turns, not time: what one turn leads to comes with the next, also where all of them are late. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((done) => setTimeout(done, 1));
}
const event = (id: string, version: number, type: 'access-request' | 'membership' = 'access-request') => ({
  type,
  id,
  version,
});

beforeEach(async () => {
  client = new QueryClient();
  held = new Map();
  time = 1_000_000;
  reads = 0;
  answer = () => Promise.resolve(++reads);
  stops = [];
});
afterEach(() => {
  for (const stop of stops) stop();
  client.clear();
});

async function showList() {
  const holding = holdChanges(
    client,
    (now) => {
      held = now;
    },
    () => time,
  );
  const shown = new QueryObserver(client, { queryKey: [list], queryFn: () => answer(), meta: { path, hold: true } });
  stops.push(
    shown.subscribe(() => undefined),
    holding.stop,
  );
  await settled();
  return { shown, hear: (...events: ReturnType<typeof event>[]) => applyEvents(client, events, holding) };
}

const act = (id: string) =>
  client
    .getMutationCache()
    .build(client, { mutationFn: () => Promise.resolve('done') })
    .execute({ params: { id } } as never);

describe('a list that is held', () => {
  it('counts what others change, each once, and is not read again', async () => {
    const { hear } = await showList();
    hear(event('r1', 1), event('r1', 2, 'membership'), event('r2', 3));
    await settled();
    expect([count(), reads]).toEqual([2, 1]);
  });

  it("is read again at once after one's own act, which is no news", async () => {
    const { hear } = await showList();
    await act('r1');
    hear(event('r1', 1), event('r1', 2, 'membership'));
    await settled();
    expect([count(), reads > 1]).toEqual([0, true]);
  });

  it('counts what becomes of it much later', async () => {
    const { hear } = await showList();
    await act('r1');
    time += 60_000;
    hear(event('r1', 1));
    expect(count()).toBe(1);
  });

  it('has nothing new any more once it was read for another reason', async () => {
    const { hear, shown } = await showList();
    hear(event('r1', 1));
    await shown.refetch();
    expect(count()).toBe(0);
  });

  it('keeps what happened while it was being read', async () => {
    const { hear, shown } = await showList();
    hear(event('r1', 1));
    let answerNow: (value: number) => void = () => undefined;
    answer = () => new Promise((resolve) => (answerNow = resolve));
    const reading = shown.refetch();
    await settled();
    hear(event('r1', 2));
    answerNow(2);
    await reading;
    expect(count()).toBe(1);
  });
});
