import type { PlatformSession } from '@stoa/connectors/connector';
import { listDrift } from '@stoa/contract/connection';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Deps } from '../deps.ts';
import { waitFor } from '../testing/register-platform.ts';
import { sweepByHand } from '../testing/sweep-by-hand.ts';
import { actsOn, containersOf, makeRoad, type Road } from './road-acts.fixture.ts';
import { enqueueSweeps } from './sweep.ts';
import { type Consumer, connectionKey, quote } from './walk-world.fixture.ts';

sweepByHand();

let world: Road['world'];
let product: Road['product'];
let connectionId: string;

beforeAll(async () => {
  ({ world, product, connectionId } = await makeRoad('Swept'));
}, 180_000);
afterAll(() => world?.drop());
const { consumer, table, settled, approved, revoke, quiet, takeMembership } = actsOn(
  () => world,
  () => product.id,
);
const sweep = async () => {
  await enqueueSweeps(world.server.deps);
  await quiet();
};
/** Whether a container is to be looked at again. */
const isMoved = async () => {
  const { rows } = await sql<{ moved: boolean }>`select bool_or(moved_by_us) as moved from container`.execute(
    world.server.deps.db,
  );
  return rows[0]?.moved;
};
const findings = async () => {
  const { body } = await world.people.appadmin.call(listDrift, { params: { connectionKey } });
  return body.data.map(({ finding, principal }) => `${finding} ${principal}`).toSorted();
};
const canRead = (who: Consumer) => world.platform.readAs(who.login, table());
const grantDirect = (who: Consumer) =>
  world.platform.superuser.query(
    `grant usage on schema ${table().schema} to ${quote(who.login.username)}; grant select on ${table().schema}.${table().name} to ${quote(who.login.username)}`,
  );
const revokeDirect = (who: Consumer) =>
  world.platform.superuser.query(
    `revoke select on ${table().schema}.${table().name} from ${quote(who.login.username)}; revoke usage on schema ${table().schema} from ${quote(who.login.username)}`,
  );
const allQuiet = async () => {
  await quiet();
  await sweep();
  await sweep();
  await sweep();
};
/** What is seen after some sweeps; then everything is looked at anew, so that no test leaves anything to the next. */
async function afterSweeps<T>(see: () => Promise<T>): Promise<T> {
  for (let i = 0; i < 3; i++) await sweep();
  const seen = await see();
  await sql`update connection set fingerprint = null`.execute(world.server.deps.db);
  await allQuiet();
  return seen;
}
const ann = () => consumer(0);
const ben = () => consumer(1);
const cid = () => consumer(2);
const dot = () => consumer(3);

/** Every session that is opened from here on does one thing like this; answers how they were opened before. */
function through<K extends 'fingerprint' | 'applyThenProbe'>(
  what: K,
  act: (target: PlatformSession, ...given: Parameters<PlatformSession[K]>) => ReturnType<PlatformSession[K]>,
): Deps['platforms']['session'] {
  const { platforms } = world.server.deps;
  const before = platforms.session.bind(platforms);
  platforms.session = async (...args) => {
    const session = await before(...args);
    const acting = (...given: Parameters<PlatformSession[K]>) => act(session, ...given);
    return { ...session, [what]: acting };
  };
  return before;
}

test('a bypass opened by a whole look that also gave a membership is closed when it is gone', async () => {
  const a = await approved(ann());
  await settled(a, 'ACTIVE');
  await allQuiet();
  await grantDirect(ben());
  await takeMembership(ann());
  await sweep();
  expect(await findings()).toContain(`bypass ${ben().login.username}`);
  expect(await canRead(ann())).toBe('rows');
  await revokeDirect(ben());
  await sweep();
  await sweep();
  await sweep();
  expect(await findings()).toEqual([]);
});

test('a bypass that is taken and given again around a whole look is still known', async () => {
  await grantDirect(ben());
  await allQuiet();
  expect(await findings()).toContain(`bypass ${ben().login.username}`);
  await revokeDirect(ben());
  await takeMembership(ann());
  await sweep();
  expect(await findings()).toEqual([]);
  await grantDirect(ben());
  expect(await afterSweeps(findings)).toEqual([`bypass ${ben().login.username}`]);
  await revokeDirect(ben());
  await allQuiet();
});

test('an approval that is recorded while a sweep looks, and then taken by hand, is given back', async () => {
  await allQuiet();
  expect(await isMoved()).toBe(false);
  const { deps } = world.server;
  let id = '';
  const real = through('fingerprint', async (target) => {
    const seen = await target.fingerprint();
    if (id === '') {
      id = 'asked';
      id = await approved(cid());
      await settled(id, 'ACTIVE');
    }
    return seen;
  });
  await sweep();
  deps.platforms.session = real;
  expect(await canRead(cid())).toBe('rows');
  await takeMembership(cid());
  expect(await canRead(cid())).toBe('42501');
  const after = await afterSweeps(() => canRead(cid()));
  await revoke(id);
  await settled(id, 'REMOVED');
  expect(after).toBe('rows');
});

test('a membership is given back also if it was taken, given back before the look, and taken again before the next sweep', async () => {
  const { deps } = world.server;
  await allQuiet();
  const [container = ''] = await containersOf(world, ann());
  await takeMembership(ann());
  // The key waits, as in a crowd: its look is held back.
  const kick = vi.spyOn(deps.reconciler, 'kick').mockImplementation(() => {});
  await enqueueSweeps(deps);
  await world.platform.superuser.query(
    `grant ${quote(container)} to ${quote(ann().login.username)} with inherit true, set false granted by ${quote(world.platform.connector.username)}`,
  );
  kick.mockRestore();
  deps.reconciler.kick(connectionId);
  await quiet();
  await takeMembership(ann());
  expect(await afterSweeps(() => canRead(ann()))).toBe('rows');
});

test('a loss that was mended by a run that ended before its record is mended again', async () => {
  const { deps } = world.server;
  await allQuiet();
  await takeMembership(ann());
  // The run that mends it loses its record: as after a kill between the statement and the record.
  let died = false;
  const real = through('applyThenProbe', async (target, ...given) => {
    const ran = await target.applyThenProbe(...given);
    if (died) return ran;
    died = true;
    throw new Error('killed');
  });
  await enqueueSweeps(deps);
  await quiet();
  deps.platforms.session = real;
  expect(died).toBe(true);
  expect(await canRead(ann())).toBe('rows');
  await takeMembership(ann());
  expect(await afterSweeps(() => canRead(ann()))).toBe('rows');
});

test('the direct grant of a person who came after the last whole look is found when access is approved', async () => {
  await allQuiet();
  const login = await world.platform.addLogin('newone');
  await world.platform.superuser.query(
    `grant usage on schema ${table().schema} to ${quote(login.username)}; grant select on ${table().schema}.${table().name} to ${quote(login.username)}`,
  );
  await allQuiet();
  const person = await world.server.person({ username: login.username });
  const id = await approved({ login, person });
  await settled(id, 'ACTIVE');
  await sweep();
  await sweep();
  await sweep();
  expect(await findings()).toEqual([`bypass ${login.username}`]);
});

test('a direct grant on a table that was made anew is found once a crawl knows the new one', async () => {
  const { deps } = world.server;
  const { superuser } = world.platform;
  const sweepAndCrawl = async () => {
    await sweep();
    await waitFor('no crawl', async () => {
      const { rows } = await sql`select from crawl where status = 'RUNNING'`.execute(deps.db);
      return rows.length === 0;
    });
    await quiet();
  };
  await allQuiet();
  const before = await findings();
  // Of a source that is in no product.
  const [, schema = '', name = ''] = world.registered.sources[3]?.path ?? [];
  const { rows } = await superuser.query<{ owner: string }>(
    'select tableowner as owner from pg_tables where schemaname = $1 and tablename = $2',
    [schema, name],
  );
  const who = quote(ben().login.username);
  await superuser.query(`drop table ${schema}.${name} cascade; create table ${schema}.${name} (id int);
    alter table ${schema}.${name} owner to ${quote(rows[0]?.owner ?? '')};
    grant usage on schema ${schema} to ${who}; grant select on ${schema}.${name} to ${who}`);
  await sql`update crawl set started_at = started_at - interval '1 hour', finished_at = finished_at - interval '1 hour'`.execute(
    deps.db,
  );
  for (let i = 0; i < 4; i++) await sweepAndCrawl();
  await settled(await approved(ben()), 'ACTIVE');
  for (let i = 0; i < 3; i++) await sweepAndCrawl();
  expect(await findings()).toEqual([...before, `bypass ${ben().login.username}`].toSorted());
});

test('a look at a container that goes along with a decision for its own takes nobody out', async () => {
  const { deps } = world.server;
  const [a, b] = [await approved(cid()), await approved(dot())];
  await settled(a, 'ACTIVE');
  await settled(b, 'ACTIVE');
  await allQuiet();
  // As many as a run takes: then the sweeps give way to nobody.
  await deps.db.transaction().execute(async (tx) => {
    await sql`insert into provisioning_key (connection_id, target_id, cause) select ${connectionId}, ${product.id}::uuid, 'sweep' from generate_series(1, 4999)`.execute(
      tx,
    );
    await sql`insert into provisioning_key (connection_id, target_id, global_user_id, cause) values (${connectionId}, ${product.id}, ${cid().person.globalUserId}, 'determination')`.execute(
      tx,
    );
  });
  deps.reconciler.kick(connectionId);
  await quiet();
  expect(await canRead(cid())).toBe('rows');
  expect(await canRead(dot())).toBe('rows');
});
