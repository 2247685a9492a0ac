import { addConsumers } from './people.ts';
import { publishTables } from './products.ts';
import { askFor } from './requests.ts';
import type { World } from './world.ts';

export const listSize = { requests: 100_000, products: 10_000, sources: 100_000 };
const people = 1_000;

/** Fills the lists by copying rows that the API made: one product, one request, one source. */
export async function seedLists(world: World): Promise<void> {
  const site = await world.small();
  const { productId } = await publishTables(world, site, { name: 'Listed', tables: 6 });
  const consumers = await addConsumers(world.db, site.platform.superuser, { prefix: 'listed', count: people });
  const [template] = await askFor(world, productId, consumers.slice(0, 1));
  await copyProducts(world, productId, listSize.products);
  await copyRequests(world, {
    requestId: template?.requestId ?? '',
    usernames: 'listed\\_%',
    count: listSize.requests,
  });
  await addSources(world, site.registered.domainId, listSize.sources);
  await world.db.query('vacuum analyze');
}

/** A place from 1 to `size`, the same for the same seed. As in a company, few are large: one in ten has half of all, and none is left out. */
export const skewed = (seed: string, size: string): string =>
  `(1 + floor(${size} * power((hashtextextended(${seed}, 0) & 1048575) / 1048576.0, 3)))::int`;

export async function copyProducts({ db }: World, productId: string, count: number): Promise<void> {
  await db.query(
    `with copied as (
       insert into data_product (id, name, slug, description, subject_matter_expert, created_by, created_at)
       select gen_random_uuid(), 'Listed product ' || md5(i::text), 'listed-' || i, p.description, p.subject_matter_expert, p.created_by,
         now() - make_interval(secs => i)
       from data_product p, generate_series(1, $2::int) i where p.id = $1 returning id, name
     ), domains as (
       insert into data_product_domain (data_product_id, domain_id)
       select c.id, d.domain_id from copied c, data_product_domain d where d.data_product_id = $1
     ), sources as (
       insert into data_product_source (id, data_product_id, data_source_id)
       select 'c' || left(md5(c.id::text || s.id), 24), c.id, s.data_source_id from copied c, data_product_source s where s.data_product_id = $1
     )
     insert into data_product_search (data_product_id, document, plain)
     select c.id, setweight(to_tsvector('simple', c.name), 'A'), lower(c.name) from copied c`,
    [productId, count],
  );
}

/** Of each twenty one is pending, the rest decided. Everybody asks, for few products much and for each of them at times. */
export async function copyRequests(
  { db }: World,
  given: { requestId: string; usernames: string; count: number },
): Promise<void> {
  await db.query(
    `with asker as (select array_agg(global_user_id) as ids from app_user where username like $2
     ), product as (select array_agg(id) as ids from (select id from data_product where slug like 'listed-%' order by id) p
     ), copied as (
       insert into access_request (id, type, status, requesting_user, beneficiary, data_product_id, request_form_id, form_version,
         form, flow, event, metadata, decided_at, created_at, updated_at)
       select 'c' || left(md5(i::text), 24), r.type, case when i % 20 = 0 then 'PENDING' when i % 3 = 0 then 'DENIED' else 'REVOKED' end,
         u, u, p, r.request_form_id, r.form_version, r.form, r.flow, r.event, r.metadata,
         case when i % 20 <> 0 then now() end, now() - make_interval(secs => i * 60), now() - make_interval(secs => i * 60)
       from access_request r, generate_series(1, $3::int) i, asker a, product o,
         lateral (select a.ids[1 + (hashtextextended('person' || i, 0) & 1048575) % cardinality(a.ids)] as u,
           o.ids[${skewed("'product' || i", 'cardinality(o.ids)')}] as p) x
       where r.id = $1
       on conflict do nothing returning id, status
     )
     insert into approval_record (id, access_request_id, stage, position, approvers, prerequisites, status)
     select 'c' || left(md5(c.id || a.id), 24), c.id, a.stage, a.position, a.approvers, a.prerequisites,
       case c.status when 'PENDING' then 'PENDING' when 'DENIED' then 'DENIED' else 'APPROVED' end
     from copied c, approval_record a where a.access_request_id = $1`,
    [given.requestId, given.usernames, given.count],
  );
}

export async function addSources({ db }: World, domainId: string, count: number): Promise<void> {
  await db.query(
    `with site as (
       insert into connection (id, connection_key, technology, config, auth_type, secret, state)
       values (gen_random_uuid(), 'listed', 'PostgreSQL', '{"host":"db.example.com","port":5432,"database":"warehouse","tls":"disable"}', 'password', '', 'paused')
       returning id
     ), object as (
       insert into data_object (id, connection_id, object_path, name, object_type, effective_state)
       select gen_random_uuid(), s.id, array['db.example.com', 'warehouse', 'area_' || i % 100, 'table_' || md5(i::text)], 'table_' || md5(i::text), 'table', 'enabled'
       from site s, generate_series(1, $1::int) i returning id, connection_id, name
     ), source as (
       insert into data_source (data_object_id, connection_id, name) select id, connection_id, name from object returning id
     )
     insert into domain_data_source (domain_id, data_source_id) select $2, id from source`,
    [count, domainId],
  );
}
