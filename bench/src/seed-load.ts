import { createHash, randomBytes } from 'node:crypto';
import { createWebhook } from '@stoa/contract/webhook';
import { addConsumers, type Consumer } from './people.ts';
import { publishTables } from './products.ts';
import { approveAsFacts, askFor, untilDrained, untilTrue } from './requests.ts';
import { addSources, copyProducts, copyRequests, skewed } from './seed-lists.ts';
import { receiverPort, type Site, type World } from './world.ts';

/** STOA_LOAD_SHARE: for a try of the benchmark itself, less of what takes long to make. */
const size = (whole: number): number => Math.round(whole * Number(process.env['STOA_LOAD_SHARE'] ?? 1));

/** STOA_LOAD_MINUTES: how long each of the sustained stages lasts; the promises say 10. */
export const minutes = Number(process.env['STOA_LOAD_MINUTES'] ?? 10);
/** STOA_SOAK_MINUTES: how long the soak lasts; the promise says 60. */
export const soakMinutes = Number(process.env['STOA_SOAK_MINUTES'] ?? 60);

/** Everybody asks once for a product: so many products last for 20 requests a second twice, 10 in the soak, and the burst. */
const askers = 500;
const openProducts = Math.ceil((60 * (2 * 20 * minutes + 10 * soakMinutes) + 1_100) / askers);

/** The data of every load run (reliability.md 2). One in twenty of the requests is pending. */
export const loadSize = {
  people: size(10_000),
  groups: 1_000,
  attributes: 20,
  domains: 200,
  products: 2_000,
  sources: 20_000,
  columns: 20,
  requests: size(200_000),
  entitlements: size(50_000),
  auditEvents: size(1_000_000),
  webhooks: 200,
};

/** Somebody who calls the API with a token of their own. */
export type Asker = Consumer & { token: string };
export type LoadData = {
  readonly site: Site;
  /** Products whose tables are on the platform, with everybody entitled to each. */
  readonly entitled: readonly string[];
  /** Products to look at. */
  readonly products: readonly string[];
  /** People with tokens, entitled to nothing. */
  readonly askers: readonly Asker[];
  /** Free for whoever asks: no request of the askers is open there. */
  readonly openProducts: readonly string[];
};

export async function seedLoad(world: World, say: (what: string) => void): Promise<LoadData> {
  const site = await world.small();
  const { productId } = await publishTables(world, site, { name: 'Listed', tables: 6 });
  say('people, groups, attributes');
  const group = { prefix: 'load', count: loadSize.people, known: { connectionId: site.connectionId } };
  const people = await addConsumers(world.db, site.platform.superuser, group);
  await addGroups(world);
  say('products, sources, requests');
  const [template] = await askFor(world, productId, people.slice(0, 1));
  await copyProducts(world, productId, loadSize.products);
  const requestId = template?.requestId ?? '';
  await copyRequests(world, { requestId, usernames: 'load\\_%', count: loadSize.requests });
  await addSources(world, site.registered.domainId, loadSize.sources);
  await addColumnsAndDomains(world);
  await spreadOverDomains(world);
  await addWebhooks(world);
  say('entitlements on the platform');
  const entitled: string[] = [];
  for (let n = 0; n < loadSize.entitlements / loadSize.people; n++) {
    const published = await publishTables(world, site, { name: `Entitled ${n}`, tables: 6 });
    const asked = await askFor(world, published.productId, people);
    await approveAsFacts(world, { productId: published.productId, connectionId: site.connectionId }, asked);
    await untilDrained(world.db, site.connectionId, 600);
    entitled.push(published.productId);
  }
  const open: string[] = [];
  for (let n = 0; n < openProducts; n++)
    open.push((await publishTables(world, site, { name: `Open ${n}`, tables: 6 })).productId);
  const callers = await addAskers(world, site);
  say('audit events, and their seals');
  await addAuditEvents(world);
  await world.db.query('vacuum analyze');
  const { rows } = await world.db.query<{ id: string }>(
    `select id from data_product where slug like 'listed-%' order by id`,
  );
  return { site, entitled, askers: callers, openProducts: open, products: rows.map(({ id }) => id) };
}

async function addGroups({ db }: World): Promise<void> {
  await db.query(
    `insert into user_group (name) select 'Load group ' || i from generate_series(1, ${loadSize.groups}) i`,
  );
  await db.query(`with one as (select id, row_number() over (order by id) as n from user_group where name like 'Load group %'),
      person as (select global_user_id as id, row_number() over (order by id) as n from app_user where username like 'load\\_%')
    insert into group_member (group_id, global_user_id) select o.id, p.id from person p join one o on o.n = 1 + p.n % ${loadSize.groups}`);
  await db.query(`insert into attribute (principal_type, principal_id, name, value)
    select 'user', u.global_user_id, 'load_' || i, (u.id % 50)::text from app_user u, generate_series(1, ${loadSize.attributes}) i
    where u.username like 'load\\_%'`);
}

async function addColumnsAndDomains({ db }: World): Promise<void> {
  await db.query(`insert into data_source_column (data_source_id, ordinal, name, native_type, type_family, nullable)
    select s.id, i, 'column_' || i, 'text', 'text', true
    from data_source s join connection c on c.id = s.connection_id, generate_series(1, ${loadSize.columns}) i where c.connection_key = 'listed'`);
  await db.query(
    `insert into domain (id, name) select gen_random_uuid(), 'Load domain ' || i from generate_series(1, ${loadSize.domains}) i`,
  );
}

/** Sources and copied products leave the one domain they were made in: few domains are large, and most products of a domain have few of its sources. */
async function spreadOverDomains({ db }: World): Promise<void> {
  const numbered = `place as (select id as domain_id, row_number() over (order by id) as n from domain where name like 'Load domain %')`;
  await db.query(`with ${numbered} update domain_data_source x set domain_id = p.domain_id from place p, data_source s, connection c
    where s.id = x.data_source_id and c.id = s.connection_id and c.connection_key = 'listed'
      and p.n = ${skewed("'source' || s.id", String(loadSize.domains))}`);
  await db.query(`with ${numbered} update data_product_domain x set domain_id = p.domain_id from place p, data_product d
    where d.id = x.data_product_id and d.slug like 'listed-%' and p.n = ${skewed("'product' || d.slug", String(loadSize.domains))}`);
  await db.query(
    `delete from data_product_source x using data_product d where d.id = x.data_product_id and d.slug like 'listed-%'`,
  );
  await db.query(`insert into data_product_source (id, data_product_id, data_source_id)
    select 'c' || left(md5(d.id::text || s.data_source_id), 24), d.id, s.data_source_id
    from data_product d join data_product_domain pd on pd.data_product_id = d.id, lateral (
      select x.data_source_id from domain_data_source x where x.domain_id = pd.domain_id
      order by hashtextextended(d.slug || x.data_source_id, 0) limit ${skewed('d.slug', '40')}) s
    where d.slug like 'listed-%'`);
  await db.query(`update data_product_search x set document = setweight(to_tsvector('simple', x.plain), 'A') || found.document from (
      select ps.data_product_id as id, setweight(to_tsvector('simple', translate(string_agg(distinct s.name, ' '), '_', ' ')), 'C')
        || setweight(to_tsvector('simple', translate(string_agg(distinct c.name, ' '), '_', ' ')), 'D') as document
      from data_product_source ps join data_source s on s.id = ps.data_source_id join data_source_column c on c.data_source_id = s.id
      group by 1) found
    where found.id = x.data_product_id and exists (select from data_product d where d.id = x.data_product_id and d.slug like 'listed-%')`);
}

/** They are told of something that does not happen in the run: each keeps its place in every look for who is to be told. */
async function addWebhooks(world: World): Promise<void> {
  const made = await world.appadmin.call(createWebhook, { body: { url: `http://127.0.0.1:${receiverPort}/load` } });
  if (made.status !== 200) throw new Error(JSON.stringify(made.body));
  await world.db.query(`update webhook set event_types = array['stoa.webhook.suppressed']`);
  await world.db.query(`insert into webhook (id, url, event_types, secret) select gen_random_uuid(), w.url || i, w.event_types, w.secret
    from webhook w, generate_series(2, ${loadSize.webhooks}) i`);
}

async function addAskers({ db }: World, site: Site): Promise<Asker[]> {
  const group = { prefix: 'asker', count: askers, known: { connectionId: site.connectionId } };
  const people = await addConsumers(db, site.platform.superuser, group);
  const callers = people.map((person) => ({ ...person, token: `stoa_pat_${randomBytes(32).toString('base64url')}` }));
  const hashes = callers.map(({ token }) => createHash('sha256').update(token).digest());
  await db.query(
    `insert into personal_access_token (id, token_hash, prefix, global_user_id, description, expires_at)
     select gen_random_uuid(), t.hash, t.prefix, t.person, 'benchmark', now() + interval '1 day' from unnest($1::bytea[], $2::text[], $3::uuid[]) t (hash, prefix, person)`,
    [hashes, callers.map(({ token }) => token.slice(0, 16)), callers.map(({ globalUserId }) => globalUserId)],
  );
  return callers;
}

/** As UUIDv7: what was written together lies together. */
const timedUuid = `(lpad(to_hex((extract(epoch from clock_timestamp()) * 1000)::bigint), 12, '0') || '7' || substr(md5(random()::text), 1, 3)
  || '8' || substr(md5(random()::text), 1, 15))::uuid`;

/** Copies of what was written so far, but for the longest; the server seals them like every other event. */
async function addAuditEvents({ db }: World): Promise<void> {
  const batch = 50_000;
  for (let done = 0; done < loadSize.auditEvents; done += batch)
    await db.query(`insert into audit_event (id, action, actor, actor_id, target_type, targets, payload)
      select ${timedUuid}, e.action, e.actor, e.actor_id, e.target_type, e.targets, e.payload
      from (select * from audit_event where length(payload::text) < 1000 order by sequence limit 100) e, generate_series(1, ${batch / 100}) i`);
  await untilTrue(
    db,
    { text: 'select (select max(sequence) from audit_event) <= (select seen_sequence from audit_sealer)' },
    { every: 1_000, seconds: 900 },
  );
}
