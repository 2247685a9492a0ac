import { expect, test } from 'vitest';
import { type Claimed, mostInFlight } from './claim-deliveries.ts';
import { Lanes } from './lanes.ts';

const claimed = (webhookId: string, n: number): Claimed => ({
  id: `${webhookId}-${n}`,
  webhookId,
  version: 'first',
  messageId: `m-${n}`,
  body: '{}',
  contentType: 'application/json',
  url: 'https://example.org/',
  verifyTls: true,
  secret: '',
  formerSecret: null,
  scheduled: 0,
});
const fill = (lanes: Lanes, webhookId: string, count: number, since = 0) => {
  for (let n = 0; n < count; n++) lanes.add({ claimed: claimed(webhookId, n), opened: new Map(), since });
};
const idsOf = (held: Iterable<{ claimed: Claimed }>) => [...held].map((one) => one.claimed.id);
const well = { isSuccess: true, milliseconds: 5 };

test('each receiver has its own places, and what ends makes room for what waits, in its order', () => {
  const lanes = new Lanes();
  fill(lanes, 'a', mostInFlight + 5);
  fill(lanes, 'b', 2);
  expect(idsOf(lanes.next(1))).toHaveLength(mostInFlight + 2);
  expect(idsOf(lanes.next(1))).toEqual([]);
  lanes.ended('a', well);
  lanes.ended('a', well);
  expect(idsOf(lanes.nextOf('a', 1))).toEqual([`a-${mostInFlight}`, `a-${mostInFlight + 1}`]);
  expect(lanes.takeReturned()).toEqual([]);
});

test('who answers at once is fast until it fails, hesitates, or nothing is known of it; what waits for it is given back, once', () => {
  for (const ill of [{ isSuccess: false, milliseconds: 5 }, { isSuccess: true, milliseconds: 5_000 }, undefined]) {
    const lanes = new Lanes();
    fill(lanes, 'a', mostInFlight + 2);
    expect([...lanes.next(1)]).toHaveLength(mostInFlight);
    lanes.ended('a', well);
    expect(lanes.fast).toEqual(['a']);
    lanes.ended('a', ill);
    expect(lanes.fast).toEqual([]);
    const returned = [`a-${mostInFlight}`, `a-${mostInFlight + 1}`];
    expect(idsOf(lanes.next(1))).toEqual([]);
    expect(lanes.takeReturned()).toEqual(returned);
    expect(lanes.takeReturned()).toEqual([]);
    lanes.putBack(returned);
    expect(lanes.takeReturned()).toEqual(returned);
  }
});

test('what has waited too long, as in a process that stood still, is given back and not sent', () => {
  const lanes = new Lanes();
  fill(lanes, 'a', 3);
  expect(idsOf(lanes.next(60_000))).toEqual([]);
  expect(lanes.takeReturned()).toEqual(['a-0', 'a-1', 'a-2']);
});

test('what waits for a webhook that was changed or turned off is given back, and nothing else', () => {
  const lanes = new Lanes();
  for (const webhookId of ['same', 'changed', 'off']) fill(lanes, webhookId, mostInFlight + 1);
  expect([...lanes.next(1)]).toHaveLength(3 * mostInFlight);
  expect(lanes.waiting).toEqual(['same', 'changed', 'off']);
  lanes.keep(
    new Map([
      ['same', 'first'],
      ['changed', 'second'],
    ]),
  );
  expect(lanes.waiting).toEqual(['same']);
  expect(lanes.takeReturned()).toEqual([`changed-${mostInFlight}`, `off-${mostInFlight}`]);
});

test('there is room for so many texts and no more', () => {
  const lanes = new Lanes();
  const room = lanes.room;
  fill(lanes, 'a', mostInFlight + 3);
  expect(lanes.room).toBe(room - mostInFlight - 3);
  expect([...lanes.next(1)]).toHaveLength(mostInFlight);
  expect(lanes.room).toBe(room - 3);
  fill(lanes, 'a', room);
  expect(lanes.room).toBe(0);
});

test('closed, nothing that waits is sent any more', () => {
  const lanes = new Lanes();
  fill(lanes, 'a', mostInFlight + 1);
  expect([...lanes.next(1)]).toHaveLength(mostInFlight);
  lanes.close();
  lanes.ended('a', well);
  expect(idsOf(lanes.nextOf('a', 1))).toEqual([]);
  expect(lanes.takeReturned()).toEqual([`a-${mostInFlight}`]);
});
