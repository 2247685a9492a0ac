import { generateKeyPairSync } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Findings } from './chain-report.ts';
import { type Checkpoint, keyIdOf, signCheckpoint } from './checkpoint.ts';
import { eventDigest } from './chain-link.ts';
import { findSwappedEvents } from './find-swaps.ts';
import { judgeCheckpoints } from './judge-checkpoints.ts';

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const keyId = keyIdOf(publicKey);

function signedRow(length: number): Checkpoint[] {
  const list: Checkpoint[] = [];
  for (let number = 1; number <= length; number++) {
    const time = new Date(number * 60_000).toISOString();
    const chain = { hash: '0'.repeat(64), seq: number, count: number, time, settled: time };
    const previous = list.at(-1)?.signature ?? '';
    list.push(signCheckpoint({ version: 1, installation: 'i', keyId, number, previous, ...chain }, privateKey));
  }
  return list;
}

/** How often others had their turn while `act` ran, which waits for nothing outside of the process. */
async function turnsDuring(act: () => Promise<unknown>): Promise<number> {
  let isOver = false;
  const done = act().then(() => (isOver = true));
  let turns = 0;
  for (; !isOver; turns++) await setImmediate();
  await done;
  return turns;
}

test('others have their turn while checkpoints are judged, and while altered events are compared with each other', async () => {
  const list = signedRow(500);
  const findings = new Findings();
  const stored = (async function* () {
    yield list;
  })();
  const judging = () =>
    judgeCheckpoints({ stored, outside: [{ name: 'f', checkpoints: list }] }, new Map([[keyId, publicKey]]), findings);
  expect(await turnsDuring(judging)).toBeGreaterThan(20);
  expect(findings.count).toBe(0);
  const sealedDigest = eventDigest('another', 0, '');
  const altered = list.slice(0, 60).map(({ seq }) => ({ seq, id: `e${seq}`, sequence: seq, rest: '', sealedDigest }));
  expect(await turnsDuring(() => findSwappedEvents(altered))).toBeGreaterThan(20);
});
