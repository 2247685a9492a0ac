import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ChainWorld, openChainWorld } from '../testing/audit-chain.ts';
import { newUuid } from '../db/new-id.ts';
import type { Reader } from '../db/pool.ts';
import { sealEvents } from './seal-events.ts';
import { verifyAuditChain } from './verify-chain.ts';

let world: ChainWorld;
beforeAll(async () => {
  world = await openChainWorld();
});
afterAll(() => world.stop());

const insert = async (db: Reader): Promise<string> => {
  const id = newUuid();
  await sql`insert into audit_event (id, action, actor) values (${id}, 'Tried', '{}')`.execute(db);
  return id;
};
const seqOf = async (id: string) =>
  (await sql<{ seq: number }>`select seq from audit_seal where event_id = ${id}`.execute(world.db)).rows[0]?.seq;
const isSound = async () => {
  const report = await verifyAuditChain(world.db);
  return report.findingCount === 0 && report.uncovered.unsealed === 0 && report.events === report.sealed;
};

test('an event that is committed late is sealed after those that were written later, and nobody waits', async () => {
  const { db } = world;
  let late = '';
  await db.transaction().execute(async (slow) => {
    late = await insert(slow);
    const early = await insert(db);
    await world.seal();
    expect(await seqOf(early)).toBeGreaterThan(0);
    // The sealer holds nothing that a writer needs, and a writer nothing that the sealer needs.
    await insert(db);
    await world.seal();
    expect(await seqOf(late)).toBeUndefined();
    expect((await verifyAuditChain(db)).findingCount).toBe(0);
  });
  await world.seal();
  expect(await seqOf(late)).toBeGreaterThan(2);
  expect(await isSound()).toBe(true);
});

test('numbers of what was rolled back leave no trace but a gap that is forgotten', async () => {
  const { db } = world;
  await db
    .transaction()
    .execute(async (tx) => {
      await insert(tx);
      throw new Error('rolled back');
    })
    .catch(() => {});
  const next = await insert(db);
  await world.seal();
  expect(await seqOf(next)).toBeGreaterThan(0);
  expect(await isSound()).toBe(true);
  await sql`update audit_gap set since = now() - interval '61 minutes'`.execute(db);
  await world.seal();
  expect((await sql`select from audit_gap`.execute(db)).rows).toEqual([]);
});

test('sealers of two replicas at once make one chain of a stream of events', async () => {
  const { db, deps } = world;
  await Promise.all(
    Array.from({ length: 60 }, async (_, n) => {
      if (n % 3 === 0) await db.transaction().execute(async (tx) => void (await insert(tx), await insert(tx)));
      else if (n % 3 === 1) await sealEvents(deps, { batch: 7, perCheckpoint: 10 });
      else await insert(db);
    }),
  );
  await world.seal();
  expect(await isSound()).toBe(true);
});

test('a checkpoint comes after so many events, and names the one before', async () => {
  await world.write(350);
  await world.seal();
  const { rows } = await sql<{ count: number; linked: boolean }>`
    select seq - lag(seq) over (order by number) as count, previous_signature = lag(signature, 1, '') over (order by number) as linked
    from audit_checkpoint order by number desc limit 3`.execute(world.db);
  expect(rows).toMatchObject([
    { count: 100, linked: true },
    { count: 100, linked: true },
    { count: 100, linked: true },
  ]);
});

/** What docs/audit.md tells the owner of the database to run. */
async function goOnAfterCut(): Promise<void> {
  const page = await readFile(join(import.meta.dirname, '../../../docs/audit.md'), 'utf8');
  const statements = /### When the chain was cut[\s\S]*?```sql\n([\s\S]*?)```/.exec(page)?.[1] ?? '';
  for (const statement of statements.split(';').filter((one) => one.trim() !== ''))
    await sql.raw(statement).execute(world.superuser);
}

test('a chain that is shorter than was signed is not sealed on, until its owner did what is written for that', async () => {
  await sql`delete from audit_seal where seq > 300`.execute(world.superuser);
  await insert(world.db);
  await expect(sealEvents(world.deps)).rejects.toThrow(/ends at 300, but a checkpoint was signed/);
  await goOnAfterCut();
  await world.seal();
  expect(await isSound()).toBe(true);
  const { rows } = await sql<{ seals: number; events: number }>`
    select (select count(*) from audit_seal) as seals, (select count(*) from audit_event) as events`.execute(world.db);
  expect(rows[0]?.seals).toBe(rows[0]?.events);
});
