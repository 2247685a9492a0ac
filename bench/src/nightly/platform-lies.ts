import type { ChildServer } from '@stoa/server/testing/child-server';
import { waitFor } from '@stoa/server/testing/register-platform';
import pg from 'pg';
import { pause } from '../measure.ts';
import type { Fault } from './fault.ts';
import type { FaultWorld } from './fault-world.ts';
import { approve, makeFlows, settle, stateOf, type Subject } from './flows.ts';
import { verify } from './verify.ts';

const lyingMilliseconds = 75_000;
/** What others change on the platform is found within so many seconds (reliability.md 4.2, "Drift by a DBA"). */
const mostSeconds = 60;

type Stage = { world: FaultWorld; server: ChildServer };
/** Something on the platform that undoes what it has just confirmed. */
type Liar = { lies(): Promise<number>; stop(): Promise<void> };
/** What must not be, and what was counted. */
type Told = { violations: string[]; counts: string };

/**
 * The platform confirms a statement, and what it confirmed is not so. The answer to a statement of ours is never believed: a grant that
 * was undone in its own transaction is never called access, and what is undone behind the look that proved it is found and set right
 * again each time. Once the liar is gone, what was decided is so.
 */
export const platformLies: Fault = {
  title: 'A platform that says success and does otherwise',
  async run({ makeWorld, report, tick }) {
    const world = await makeWorld();
    const server = await world.start();
    const stage = { world, server };
    const flows = await makeFlows(world);
    const asset = { flow: flows.asset, consumer: await world.addConsumer('asset_deceived'), requestId: '' };
    const access = { flow: flows.access, consumer: await world.addConsumer('deceived'), requestId: '' };
    const lies: [string, () => Promise<Told>][] = [
      ['GRANT SELECT is undone in its own transaction', () => undoneAtOnce(stage, asset)],
      ['memberships are taken away at once', () => undoneBehind(stage, access, { isGiving: true, liar: takeAway })],
      ['memberships are given again at once', () => undoneBehind(stage, access, { isGiving: false, liar: giveAgain })],
    ];
    for (const [what, lie] of lies) {
      const { violations, counts } = await lie().catch((error: unknown) => ({
        violations: [String(error)],
        counts: '',
      }));
      violations.push(...(await verify(world)));
      tick(violations.length);
      report({ what: `${what}; ${counts}`, runs: 1, violations });
    }
    await server.kill('SIGTERM');
  },
};

/** The look behind the grant shows that there is none: ACTIVE is never claimed, and a reason is. */
async function undoneAtOnce({ world, server }: Stage, subject: Subject): Promise<Told> {
  const violations: string[] = [];
  const liar = await undoGrants(world);
  const end = performance.now() + lyingMilliseconds;
  let said = { state: '', reason: '' };
  try {
    Object.assign(subject, await approve(world, server, subject));
    while (performance.now() < end) {
      said = await stateOf(world, server, subject.requestId);
      const seen = await subject.flow.read(subject.consumer);
      if (said.state === 'ACTIVE') violations.push(`it claimed ACTIVE, and the consumer is shown ${String(seen)}`);
      await pause(100);
    }
    if ((await liar.lies()) === 0) violations.push('nobody lied');
    if (said.reason === '') violations.push(`it is ${said.state} without a reason`);
  } finally {
    await liar.stop();
  }
  await settle(world, subject, { server, isOpen: true, seconds: 2 * mostSeconds });
  return { violations, counts: `it was ${said.state}, never ACTIVE` };
}

type Behind = {
  isGiving: boolean;
  liar: (world: FaultWorld, subject: Subject) => Promise<Liar & { longest(): number }>;
};

/** The look behind the statement was right, and is not any more: each lie is answered by a statement of ours, which it undoes again. */
async function undoneBehind(
  { world, server }: Stage,
  subject: Subject,
  { isGiving, liar: begin }: Behind,
): Promise<Told> {
  const violations: string[] = [];
  const found = await driftsFound(world);
  const liar = await begin(world, subject);
  let lies = 0;
  try {
    if (isGiving) Object.assign(subject, await approve(world, server, subject));
    else await subject.flow.revoke(server, subject.requestId);
    await pause(lyingMilliseconds);
    lies = await liar.lies();
    if (lies < 2) violations.push(`${lies} lies: the first was not found out, or there was none`);
    if (liar.longest() > mostSeconds) violations.push(`a lie stood for ${liar.longest().toFixed(1)} s`);
    // What lies on the way of our own revoke is not told as drift: it is taken away once more.
    if (isGiving && (await driftsFound(world)) === found) violations.push('nobody was told of what was undone');
  } finally {
    await liar.stop();
  }
  // Until the next look the last claim is of what the liar undid.
  const isSettled = () => settle(world, subject, { server, isOpen: isGiving });
  await waitFor(
    'the end to be as decided',
    () =>
      isSettled().then(
        () => true,
        () => false,
      ),
    2 * mostSeconds,
  );
  return { violations, counts: `${lies} lies, each stood for at most ${liar.longest().toFixed(1)} s` };
}

async function driftsFound(world: FaultWorld): Promise<number> {
  const rows = await world.query(`select from audit_event where action = 'DriftFound'`);
  return rows.length;
}

/** Behind each GRANT on a table, in its transaction and in its name, what it gave is taken away again. */
async function undoGrants({ platform: { superuser } }: FaultWorld): Promise<Liar> {
  await superuser.query(`
    create schema liar;
    grant usage on schema liar to public;
    create sequence liar.lies;
    grant usage on sequence liar.lies to public;
    create function liar.undo() returns event_trigger language plpgsql as $$
      declare given record;
      begin
        for given in
          select c.oid::regclass as object, r.rolname as grantee from pg_class c, aclexplode(c.relacl) a
            join pg_roles r on r.oid = a.grantee
          where c.relnamespace = 'area_3'::regnamespace and a.privilege_type = 'SELECT'
            and a.grantor in (current_user::regrole, c.relowner) and not r.rolcanlogin and a.grantee <> c.relowner
        loop
          execute format('revoke select on %s from %I', given.object, given.grantee);
          perform nextval('liar.lies');
        end loop;
      end $$;
    create event trigger liar on ddl_command_end when tag in ('GRANT') execute function liar.undo()`);
  return {
    async lies() {
      const { rows } = await superuser.query<{ n: string }>(
        'select case when is_called then last_value else 0 end as n from liar.lies',
      );
      return Number(rows[0]?.n);
    },
    async stop() {
      await superuser.query('drop event trigger liar; drop schema liar cascade');
    },
  };
}

const membershipsOf = `
  select c.rolname as container, m.rolname as member, g.rolname as grantor from pg_auth_members a
    join pg_roles c on c.oid = a.roleid join pg_roles m on m.oid = a.member join pg_roles g on g.oid = a.grantor
  where m.rolname = $1`;
type Membership = { container: string; member: string; grantor: string };
const quote = (name: string): string => pg.escapeIdentifier(name);

const takeAway = (world: FaultWorld, { consumer }: Subject): ReturnType<Behind['liar']> =>
  busy(world, async (client) => {
    const { rows } = await client.query<Membership>(membershipsOf, [consumer.login.username]);
    for (const { container, member, grantor } of rows)
      await client.query(`revoke ${quote(container)} from ${quote(member)} granted by ${quote(grantor)}`);
    return rows.length;
  });

async function giveAgain(world: FaultWorld, { consumer }: Subject): ReturnType<Behind['liar']> {
  const { rows: had } = await world.platform.superuser.query<Membership>(membershipsOf, [consumer.login.username]);
  return busy(world, async (client) => {
    const { rows } = await client.query<Membership>(membershipsOf, [consumer.login.username]);
    const lost = had.filter(({ container }) => !rows.some((row) => row.container === container));
    for (const { container, member, grantor } of lost)
      await client.query(
        `grant ${quote(container)} to ${quote(member)} with inherit true, set false granted by ${quote(grantor)}`,
      );
    return lost.length;
  });
}

/** A session that does the same over and over; `act` answers how often it lied. */
async function busy({ platform }: FaultWorld, act: (client: pg.Client) => Promise<number>): ReturnType<Behind['liar']> {
  const { user = '', password = '' } = platform.superuser;
  const client = await platform.connectAs({ username: user, password: password ?? '' });
  const times: number[] = [];
  let isOver = false;
  const running = (async () => {
    while (!isOver) {
      const lies = await act(client).catch(() => 0);
      for (let n = 0; n < lies; n++) times.push(performance.now());
      await pause(2);
    }
  })();
  return {
    lies: () => Promise.resolve(times.length),
    longest: () => Math.max(0, ...times.map((at, n) => ((times[n + 1] ?? performance.now()) - at) / 1_000)),
    async stop() {
      isOver = true;
      await running;
      await client.end();
    },
  };
}
