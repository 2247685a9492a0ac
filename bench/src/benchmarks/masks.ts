import { syncConnection, updateConnection } from '@stoa/contract/connection';
import { createPolicy, setPolicyState } from '@stoa/contract/policy-resource';
import { maskLayerScript } from '@stoa/server/provisioning/mask-layer-script';
import type pg from 'pg';
import { median, timed } from '../measure.ts';
import { quoted } from '../products.ts';
import type { Figure } from '../report.ts';
import { untilTrue } from '../requests.ts';
import type { Site, World } from '../world.ts';

const rows = 1_000_000;
/** As many as the budget of a look-up is about. */
const lookupRows = 10_000_000;
const table = 'area_1.masked_rows';
const view = 'shared_area_1.masked_rows';
const lookupTable = 'area_1.lookup_rows';
const lookupView = 'shared_area_1.lookup_rows';
const hand = 'area_1.masked_by_hand';
const scan = (from: string): pg.QueryConfig => ({ text: `select count(email), max(length(email)) from ${from}` });
const sought = 'person-777777@example.com';
const onceSent = (from: string): pg.QueryConfig => ({ text: `select id from ${from} where email = '${sought}'` });
/** As a program looks up by a key: parsed once in its session, then run with values. */
const prepared = (from: string): pg.QueryConfig => ({
  name: from,
  text: `select id from ${from} where email = $1`,
  values: [sought],
});

async function makeTable(
  { platform: { superuser, owner, connector } }: Site,
  name: string,
  size: number,
): Promise<void> {
  await superuser.query(`create table ${name} as select n as id, 'person-' || n || '@example.com' as email, n * 1.5 as amount from generate_series(1, ${size}) n;
    create index on ${name} (email); alter table ${name} owner to ${quoted(owner)}; analyze ${name};
    grant select on ${name} to ${quoted(connector.username)} with grant option`);
}

/** Tables with a mask on one of their columns, and beside the one that is scanned the view that a person would have written. */
async function prepare(world: World, site: Site): Promise<void> {
  const { superuser, connector, database } = site.platform;
  await makeTable(site, table, rows);
  await makeTable(site, lookupTable, lookupRows);
  await superuser.query(`create table area_1.ent (usr text, key text, primary key (usr, key));
    create view ${hand} as select id, case when (select exists (select from area_1.ent e where e.usr = current_user and e.key = 'k'))
      then email else 'hidden' end as email, amount from ${table}`);
  const { rows: own } = await world.db.query<{ id: string }>(
    `select value ->> 'id' as id from setting where name = 'installation'`,
  );
  const account = connector.username;
  await superuser.query(maskLayerScript({ installationId: own[0]?.id ?? '' }, { account, database }));
  const { connectionKey } = site.registered;
  await world.appadmin.call(syncConnection, { params: { connectionKey }, query: {} });
  await untilTrue(
    world.db,
    {
      text: `select count(*) = 2 from data_source s join data_object o on o.id = s.data_object_id
    where o.name in ('masked_rows', 'lookup_rows') and s.enabled`,
      values: [],
    },
    { every: 100, seconds: 60 },
  );
  const policy = await world.governor.call(createPolicy, {
    body: {
      policy: {
        name: 'Hidden in the benchmark',
        type: 'data',
        scope: { kind: 'global' },
        action: {
          kind: 'mask',
          masking: { maskingType: 'constant', value: 'hidden' },
          target: { columns: 'nameRegex', regex: 'email' },
        },
        who: { for: 'everyone' },
        circumstances: [{ type: 'all' }],
      },
    },
  });
  if (policy.status !== 201) throw new Error(JSON.stringify(policy.body));
  const { id, version } = policy.body;
  await world.governor.call(setPolicyState, { params: { id }, body: { state: 'active', version } });
  await untilStand(world, []);
}

/** Until both views stand, with other bodies than `before`. */
const untilStand = (world: World, before: readonly string[]) =>
  untilTrue(
    world.db,
    {
      text: `select count(*) = 2 from source_protection p where p.state = 'view' and p.body_hash <> all($1)
        and p.view_path[3] in ('masked_rows', 'lookup_rows')`,
      values: [before],
    },
    { every: 50, seconds: 60 },
  );

/** One login that sees the mask, one that sees in clear by both views, each with a session of its own. */
async function makeReaders(world: World, site: Site): Promise<{ masked: pg.Client; clear: pg.Client }> {
  const { superuser } = site.platform;
  const { rows: keys } = await world.db.query<{ id: number }>(
    `select k.id from masked_column k join source_protection p on p.data_source_id = k.data_source_id
     where p.view_path[3] in ('masked_rows', 'lookup_rows')`,
  );
  const open = async (name: string): Promise<pg.Client> => {
    const login = await site.platform.addLogin(name);
    const who = quoted(login.username);
    await superuser.query(`grant usage on schema area_1, shared_area_1 to ${who};
      grant select on ${[table, hand, view, lookupTable, lookupView].join(', ')} to ${who}`);
    if (name === 'clear')
      await superuser.query({
        text: `insert into stoa.ent select r.rolname, r.oid, 'exempt', k.key, '', null, 'bench'
          from pg_roles r, unnest($2::text[]) k (key) where r.rolname = $1`,
        values: [login.username, keys.map(({ id }) => `um_${id.toString(36)}`)],
      });
    if (name === 'clear')
      await superuser.query({ text: `insert into area_1.ent values ($1, 'k')`, values: [login.username] });
    return site.platform.connectAs(login);
  };
  return { masked: await open('masked'), clear: await open('clear') };
}

type Comparison = { statement: (from: string) => pg.QueryConfig; rounds: number };

/** The server plans a prepared statement with its values five times before it keeps a plan without them: not measured. */
const warmUp = 10;

/** Medians of the same statement over each relation, taken in turn so that all of them meet the same machine. */
async function compare(
  reader: pg.Client,
  from: readonly string[],
  { statement, rounds }: Comparison,
): Promise<number[]> {
  const times = from.map((): number[] => []);
  for (let round = -warmUp; round < rounds; round++)
    for (const [place, one] of from.entries()) {
      const took = await timed(() => reader.query(statement(one)));
      if (round >= 0) times[place]?.push(took);
    }
  return times.map(median);
}

export async function measureMasks(world: World): Promise<Figure[]> {
  const site = await world.small();
  await prepare(world, site);
  const { masked, clear } = await makeReaders(world, site);
  const from = [table, hand, view];
  const [raw = 0, byHand = 0, ours = 0] = await compare(clear, from, { statement: scan, rounds: 9 });
  const [rawMasked = 0, byHandMasked = 0, oursMasked = 0] = await compare(masked, from, { statement: scan, rounds: 9 });
  const { rows: before } = await world.db.query<{ hash: string }>(
    `select body_hash as hash from source_protection where view_path[3] in ('masked_rows', 'lookup_rows')`,
  );
  const { connectionKey } = site.registered;
  await world.appadmin.call(updateConnection, {
    params: { connectionKey },
    body: { settings: { maskedLookup: 'union' } },
  });
  await untilStand(
    world,
    before.map(({ hash }) => hash),
  );
  const asked = [lookupTable, lookupView];
  const [rawPoint = 0, oursPoint = 0] = await compare(clear, asked, { statement: prepared, rounds: 200 });
  const [rawOnce = 0, oursOnce = 0] = await compare(clear, asked, { statement: onceSent, rounds: 200 });
  await Promise.all([masked.end(), clear.end()]);
  const ratio = (value: number, to: number): string => `${(value / to).toFixed(2)} of raw`;
  const rowsText = rows.toLocaleString('en-US');
  return [
    {
      id: 'P8',
      what: `scan of ${rowsText} rows by who sees in clear; floor: a view by hand`,
      unit: 'ms',
      floor: byHand,
      stoa: ours,
      budget: { kind: 'ratio', most: 1.25 },
      note: ratio(ours, raw),
    },
    {
      id: 'P8',
      what: 'the same by who sees the mask',
      unit: 'ms',
      floor: byHandMasked,
      stoa: oursMasked,
      budget: { kind: 'ratio', most: 1.1 },
      note: ratio(oursMasked, rawMasked),
    },
    {
      id: 'P9',
      what: `point read by a masked column of ${lookupRows.toLocaleString('en-US')} rows, in clear, with the union, prepared; floor: the table`,
      unit: 'ms',
      floor: rawPoint,
      stoa: oursPoint,
      budget: { kind: 'ratio', most: 2 },
    },
    {
      id: '-',
      what: 'the same, sent as a statement of its own and planned each time',
      unit: 'ms',
      floor: rawOnce,
      stoa: oursOnce,
    },
  ];
}
