import { readFileSync } from 'node:fs';
import { reconcileConnection } from '@stoa/contract/connection';
import { postgresConnector } from '@stoa/connectors/postgres/connector';
import { median, sample } from '../measure.ts';
import { addConsumers } from '../people.ts';
import { publishTables } from '../products.ts';
import type { Figure } from '../report.ts';
import { approveAsFacts, askFor, untilDrained, untilTrue } from '../requests.ts';
import type { Site, World } from '../world.ts';

const rounds = 7;
const members = 10_000;

/** What any reconciler has to know: every grant on every table, and every member of every role. */
const rawRead = [
  `select c.oid, c.relname, c.relnamespace, c.relowner, c.relkind, c.relacl::text from pg_class c where c.relkind in ('r', 'p', 'v', 'm', 'f')`,
  `select roleid, member, grantor, admin_option, inherit_option from pg_auth_members`,
];
const hashRead = `select
  (select sum(hashtextextended(concat_ws('|', c.oid, c.relname, c.relowner, c.relkind, c.relacl::text), 0)) from pg_class c
    where c.relkind in ('r', 'p', 'v', 'm', 'f')),
  (select sum(hashtextextended(concat_ws('|', roleid, member, grantor, admin_option, inherit_option), 0)) from pg_auth_members)`;

/** Asks for a whole run, as the button does, and waits until it is recorded. */
export async function reconcileWhole(world: World, site: Site): Promise<void> {
  const { connectionKey } = site.registered;
  const answer = await world.appadmin.call(reconcileConnection, { params: { connectionKey } });
  if (answer.status !== 202) throw new Error(`the reconcile was refused: ${JSON.stringify(answer.body)}`);
  const look = { text: `select status = 'SUCCEEDED' from task where id = $1`, values: [answer.body.taskId] };
  await untilTrue(world.db, look, { every: 2 });
}

/** Megabytes that the server has in memory. */
export function residentMemory(world: World): number {
  const status = readFileSync(`/proc/${world.server.process.pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
}

export async function measureReconcile(world: World): Promise<Figure[]> {
  const site = await world.large();
  const { connectionId, platform } = site;
  const { productId } = await publishTables(world, site, { name: 'Everything', tables: 10_000 });
  const people = await addConsumers(world.db, platform.superuser, { prefix: 'member', count: members });
  await approveAsFacts(world, { productId, connectionId }, await askFor(world, productId, people));
  await untilDrained(world.db, connectionId);
  await world.db.query('analyze');
  await platform.superuser.query('analyze');
  const input = {
    config: { host: platform.host, port: platform.port, database: platform.database, tls: 'disable' },
    credentials: platform.connector,
    settings: {},
    installationId: '00000000-0000-4000-8000-000000000000',
    connectionId,
    namePrefix: 'stoa_',
  };
  const session = await postgresConnector.open(input);
  const hand = await platform.connectAs(platform.connector);
  const raw = await sample(rounds, async () => {
    for (const text of rawRead) await hand.query(text);
  });
  const hashes = await sample(rounds, () => hand.query(hashRead));
  const fingerprints = await sample(rounds, () => session.fingerprint());
  await hand.end();
  await session.close();
  await reconcileWhole(world, site);
  const before = residentMemory(world);
  const whole = await sample(rounds, () => reconcileWhole(world, site));
  const memory = residentMemory(world);
  return [
    {
      id: 'P6',
      what: 'sweep, nothing changed, 10,000 tables and 10,000 members: by hashes',
      unit: 'ms',
      floor: median(hashes),
      stoa: median(fingerprints),
      budget: { kind: 'ratio', most: 2 },
      note: 'what runs every 30 s; a run follows only when a hash moved',
    },
    {
      id: '-',
      what: 'whole run, nothing changed: every fact, every grant, every proof, recorded',
      unit: 'ms',
      floor: median(raw),
      stoa: median(whole),
      note: 'floor: the bare read of all grants and members, rows fetched',
    },
    {
      id: '-',
      what: 'memory of the server after whole runs',
      unit: 'MB',
      stoa: memory,
      note: `${before.toFixed(0)} MB before them`,
    },
  ];
}
