import { readConnection, recheckConnection, syncConnection } from '@stoa/contract/connection';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { publish, waitFor } from '../testing/register-platform.ts';
import { sweepByHand } from '../testing/sweep-by-hand.ts';
import { actsOn, makeRoad, type Road } from './road-acts.fixture.ts';
import { keptText } from './statement-audit.ts';
import { enqueueSweeps } from './sweep.ts';
import { connectionKey, quote } from './walk-world.fixture.ts';

sweepByHand();

let world: Road['world'];
let product: Road['product'];

beforeAll(async () => {
  ({ world, product } = await makeRoad('Odd'));
  await quiet();
}, 180_000);
afterAll(() => world?.drop());

const { consumer, table, approved, settled, quiet, revoke } = actsOn(
  () => world,
  () => product.id,
);
const run = (text: string) => world.platform.superuser.query(text);
/** Twice: what the first look leads to is looked at by the second. */
const sweep = async () => {
  for (let look = 0; look < 2; look++) {
    await enqueueSweeps(world.server.deps);
    await quiet();
  }
};
const checked = async (check: string) => {
  const { body } = await world.people.appadmin.call(recheckConnection, { params: { connectionKey } });
  return body.checks.find((one) => one.check === check)?.result;
};
/** Whatever is odd about something else: somebody is given access, and loses it again. */
const othersComeAndGo = async () => {
  const id = await approved(consumer(3));
  await settled(id, 'ACTIVE');
  await revoke(id);
  await settled(id, 'REMOVED');
};

test('a platform that refuses with a long text of its own, cut in the middle of a character, holds up nobody', async () => {
  const refused = world.registered.sources[2];
  await run(`create function public.refuse() returns event_trigger language plpgsql as $$ begin
    if current_query() like '%"${refused?.path[2]}"%' then raise exception '%', repeat('x', 499) || '😀 and more'; end if; end $$;
    create event trigger refuse on ddl_command_start when tag in ('GRANT') execute function public.refuse()`);
  const other = await publish(world.people.governor, world.registered, {
    name: 'Refused',
    sourceIds: [refused?.id ?? 0],
  });
  const id = await approved(consumer(0), other.id);
  await settled(id, 'FAILED');
  await othersComeAndGo();
  await run('drop event trigger refuse; drop function public.refuse()');
  await settled(id, 'ACTIVE');
  expect(keptText(`${'x'.repeat(19_999)}😀`)).toBe('x'.repeat(19_999));
}, 180_000);

test('a login that got a name which no statement may hold keeps what it has, and holds up nobody', async () => {
  const odd = consumer(1);
  const id = await approved(odd);
  await settled(id, 'ACTIVE');
  await run(`alter role ${quote(odd.login.username)} rename to "odd\tname"`);
  await revoke(id);
  await settled(id, 'REMOVE_FAILED');
  await othersComeAndGo();
  await run(`alter role "odd\tname" rename to ${quote(odd.login.username)}`);
  await settled(id, 'REMOVED');
}, 180_000);

test('a container that got such a name is told of, and holds up no other product', async () => {
  const { rows } = await sql<{ number: number }>`select number from container where target_id = ${product.id}`.execute(
    world.server.deps.db,
  );
  const container = quote(`stoa_dp_${Number(rows[0]?.number).toString(36)}`);
  const sourceIds = world.registered.sources.slice(3, 4).map((source) => source.id);
  const other = await publish(world.people.governor, world.registered, { name: 'Other', sourceIds });
  await run(`alter role ${container} rename to "odd\tname"`);
  await sweep();
  const failed = await approved(consumer(2));
  await settled(failed, 'FAILED');
  await settled(await approved(consumer(2), other.id), 'ACTIVE');
  await run(`alter role "odd\tname" rename to ${container}`);
  await sweep();
  await settled(failed, 'ACTIVE');
}, 180_000);

test('sweeps go on where the account may not use the schema of Stoa, or finds a table of others in it', async () => {
  const account = quote(world.platform.connector.username);
  const outage = async () =>
    (await sql<{ error: string | null }>`select run_error as error from connection`.execute(world.server.deps.db)).rows;
  for (const [odd, back] of [
    [`revoke usage on schema stoa from ${account}`, `grant usage on schema stoa to ${account}`],
    [`create table stoa.ent (a int); grant select on stoa.ent to ${account}`, 'drop table stoa.ent'],
  ]) {
    await run(odd ?? '');
    await sweep();
    expect(await outage()).toEqual([{ error: null }]);
    expect(await checked('REACHABLE')).toBe('pass');
    await othersComeAndGo();
    await run(back ?? '');
  }
});

test('a table whose owner says that it has endlessly many rows is crawled with all others', async () => {
  const { schema, name } = table();
  const { appadmin } = world.people;
  for (const rows of ['Infinity', 'NaN', '-1']) {
    await run(`update pg_class set reltuples = '${rows}' where oid = '${schema}.${name}'::regclass`);
    await appadmin.call(syncConnection, { params: { connectionKey } });
    const crawl = await waitFor('the crawl', async () => {
      const { body } = await appadmin.call(readConnection, { params: { connectionKey } });
      return body.crawl?.status !== 'RUNNING' && body.crawl;
    });
    expect(crawl.status).toBe('SUCCEEDED');
  }
});

test('the checks of a connection go on where SQL that they show names a role of the server itself', async () => {
  const { schema, name } = table();
  const account = quote(world.platform.connector.username);
  await run(`grant pg_read_all_stats to ${account}; grant insert on ${schema}.${name} to pg_read_all_stats`);
  expect(await checked('REACHABLE')).toBe('pass');
  const { body } = await world.people.appadmin.call(recheckConnection, { params: { connectionKey } });
  expect(body.checks.find(({ check }) => check === 'EXCESS_PRIVILEGE')?.repair).toContain(
    `REVOKE "pg_read_all_stats" FROM ${account};`,
  );
  await run(`revoke pg_read_all_stats from ${account}; revoke insert on ${schema}.${name} from pg_read_all_stats`);
});

test('one member who cannot be put in or taken out holds up no other of the same statement', async () => {
  const [odd, other] = [consumer(0), consumer(3)];
  const { rows } = await sql<{ number: number }>`select number from container where target_id = ${product.id}`.execute(
    world.server.deps.db,
  );
  const container = quote(`stoa_dp_${Number(rows[0]?.number).toString(36)}`);
  const pause = (state: string) => sql`update connection set state = ${state}`.execute(world.server.deps.db);
  const login = quote(odd.login.username);
  // A circle of memberships is refused.
  await run(`grant ${login} to ${container}`);
  await pause('paused');
  const [first, second] = [await approved(odd), await approved(other)];
  await pause('active');
  await settled(second, 'ACTIVE');
  await settled(first, 'FAILED');
  await run(`revoke ${login} from ${container}`);
  await settled(first, 'ACTIVE');

  // So is it to take out who has put in another.
  await run(`grant ${container} to ${login} with admin option granted by ${quote(world.platform.connector.username)};
    set role ${login}; grant ${container} to ${quote(consumer(1).login.username)}; reset role`);
  await pause('paused');
  await revoke(first);
  await revoke(second);
  await pause('active');
  await settled(second, 'REMOVED');
  await settled(first, 'REMOVE_FAILED');
  await run(`set role ${login}; revoke ${container} from ${quote(consumer(1).login.username)}; reset role`);
  await settled(first, 'REMOVED');
}, 300_000);
