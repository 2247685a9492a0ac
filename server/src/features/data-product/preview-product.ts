import type { AffectedPeople, DataProductPreview, PreviewDataProductBody } from '@stoa/contract/data-product-use';
import type { Technology } from '@stoa/contract/enums';
import { sql } from 'kysely';
import type { Reader } from '../../db/pool.ts';
import type { LoadedPerson } from '../user/load-people.ts';
import { loadDomains, requirePublishing } from './check-product.ts';
import type { LoadedProduct } from './load-products.ts';
import { requireProduct } from './product-of-call.ts';

type SourceRow = {
  dataSourceId: number;
  name: string;
  is_present: boolean;
  is_wanted: boolean;
  in_domain: boolean;
  usable: boolean;
  other_products: string[];
  connection_key: string;
  technology: Technology;
};
type Change = {
  product: LoadedProduct | undefined;
  present: number[];
  wanted: number[];
  domainIds: string[];
  body: PreviewDataProductBody;
};

/** Who would gain and who would lose what, and what would be granted where. Writes nothing. */
export async function previewDataProduct(
  reader: Reader,
  actor: LoadedPerson,
  body: PreviewDataProductBody,
): Promise<DataProductPreview> {
  const change = await readChange(reader, actor, body);
  const sources = await readSources(reader, change);
  const { gained, lost } = effectOf(change, sources);
  const productId = change.product?.row.id;
  const pending = productId !== undefined && body.deleted === true ? await countPending(reader, productId) : 0;
  return {
    gains: await affected(reader, productId, { sourceIds: gained, verb: 'gains' }),
    loses: await affected(reader, productId, { sourceIds: lost, verb: 'loses' }),
    sources: sources.map((source) => ({
      dataSourceId: source.dataSourceId,
      name: source.name,
      change: source.is_present ? (source.is_wanted ? 'kept' : 'removed') : 'added',
      inDomain: source.in_domain,
      otherProducts: source.other_products,
    })),
    connections: connectionsOf(sources),
    pendingRequestsCanceled: pending,
    warnings: warningsOf(change, sources),
  };
}

async function readChange(reader: Reader, actor: LoadedPerson, body: PreviewDataProductBody): Promise<Change> {
  const product =
    body.dataProductId === undefined
      ? undefined
      : await requireProduct(reader, body.dataProductId.toLowerCase(), { actor, action: 'data-product.manage' });
  const asked = body.domains;
  const domains = product
    ? asked
      ? await loadDomains(reader, asked)
      : product.row.domains
    : await requirePublishing(reader, actor, asked ?? []);
  const { rows } = await sql<{ id: number }>`
    select data_source_id as id from data_product_source where data_product_id = ${product?.row.id ?? null}`.execute(
    reader,
  );
  const present = rows.map((row) => row.id);
  const wanted = body.deleted ? [] : (body.dataSources?.map((source) => Number(source.sourceId)) ?? present);
  return { product, present, wanted: [...new Set(wanted)], domainIds: domains.map((domain) => domain.id), body };
}

async function readSources(reader: Reader, { product, present, wanted, domainIds }: Change): Promise<SourceRow[]> {
  const { rows } = await sql<SourceRow>`
    select s.id as "dataSourceId", s.name, s.id = any(${present}::int[]) as is_present, s.id = any(${wanted}::int[]) as is_wanted,
      exists (select from domain_data_source x where x.data_source_id = s.id and x.domain_id = any(${domainIds}::uuid[])) as in_domain,
      s.enabled and o.hold is null and o.missing_since is null as usable,
      array(select p.name from data_product_source ps join data_product p on p.id = ps.data_product_id
        where ps.data_source_id = s.id and p.deleted_at is null and p.id is distinct from ${product?.row.id ?? null}::uuid order by p.name limit 20) as other_products,
      c.connection_key, c.technology
    from data_source s join data_object o on o.id = s.data_object_id join connection c on c.id = s.connection_id
    where s.id in (select unnest(${present}::int[]) union select unnest(${wanted}::int[]))
    order by s.name, s.id`.execute(reader);
  return rows;
}

/** Which sources the members come to read, and which no more. A suspended product gives nothing, before and after. */
function effectOf({ product, body }: Change, sources: readonly SourceRow[]): { gained: number[]; lost: number[] } {
  const wasOpen = product !== undefined && !product.row.suspended;
  const isOpen = product !== undefined && body.deleted !== true && !(body.suspended ?? product.row.suspended);
  const before = (source: SourceRow) => wasOpen && source.is_present;
  const after = (source: SourceRow) => isOpen && source.is_wanted && (source.is_present || source.in_domain);
  return {
    gained: sources.filter((s) => s.usable && after(s) && !before(s)).map((s) => s.dataSourceId),
    lost: sources.filter((s) => s.usable && before(s) && !after(s)).map((s) => s.dataSourceId),
  };
}

type Affected = { sourceIds: readonly number[]; verb: 'gains' | 'loses' };

/**
 * Members with what changes for them: not what another approved product or asset gives them anyway. Set by set: only members
 * who share another product over these sources are looked at source by source.
 */
async function affected(
  reader: Reader,
  productId: string | undefined,
  { sourceIds, verb }: Affected,
): Promise<AffectedPeople> {
  if (productId === undefined || sourceIds.length === 0) return { count: 0, people: [] };
  const holds = sql`r.type = 'DATA_ACCESS' and r.status = 'APPROVED' and (r.expiration is null or r.expiration > now())`;
  const { rows } = await sql<{ globalUserId: string; username: string; name: string; n: number; total: number }>`
    with changed as (select unnest(${[...sourceIds]}::int[]) as id),
    member as (
      select distinct r.beneficiary as id from access_request r join app_user u on u.global_user_id = r.beneficiary
      where r.target_id = ${productId} and ${holds} and u.status = 'active'),
    cause as (
      select ps.data_product_id as target_id, ps.data_source_id as source_id
        from data_product_source ps join changed c on c.id = ps.data_source_id join data_product p on p.id = ps.data_product_id
        where p.id <> ${productId} and not p.suspended and p.deleted_at is null
      union all select s.data_object_id, s.id from data_source s join changed c on c.id = s.id),
    covered as (
      select r.beneficiary as id, count(distinct cause.source_id) as n
      from cause join access_request r on r.target_id = cause.target_id
      where ${holds} group by r.beneficiary)
    select u.global_user_id as "globalUserId", u.username, u.name, ${sourceIds.length} - coalesce(covered.n, 0) as n, count(*) over () as total
    from member join app_user u on u.global_user_id = member.id left join covered on covered.id = member.id
    where coalesce(covered.n, 0) < ${sourceIds.length}
    order by u.name, u.global_user_id limit 50`.execute(reader);
  return {
    count: rows[0]?.total ?? 0,
    people: rows.map(({ globalUserId, username, name, n }) => ({
      globalUserId,
      username,
      name,
      reason: `${verb} ${n} ${n === 1 ? 'data source' : 'data sources'}`,
    })),
  };
}

async function countPending(reader: Reader, productId: string): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*) as n from access_request where target_id = ${productId} and status = 'PENDING'`.execute(reader);
  return rows[0]?.n ?? 0;
}

/** One container per platform; the plan of a request shows the exact statements once the container is there. */
function connectionsOf(sources: readonly SourceRow[]): DataProductPreview['connections'] {
  const byKey = new Map<string, DataProductPreview['connections'][number]>();
  for (const source of sources.filter((s) => s.is_wanted && s.usable)) {
    const known = byKey.get(source.connection_key);
    byKey.set(source.connection_key, {
      connectionKey: source.connection_key,
      technology: source.technology,
      objects: (known?.objects ?? 0) + 1,
      statements: [],
    });
  }
  return [...byKey.values()];
}

const few = (names: readonly string[]): string =>
  names.length > 5 ? `${names.slice(0, 5).join(', ')} and ${names.length - 5} more` : names.join(', ');

function warningsOf({ wanted, body }: Change, sources: readonly SourceRow[]): string[] {
  if (body.deleted === true) return [];
  const kept = sources.filter((s) => s.is_wanted);
  const names = (list: readonly SourceRow[]) => few(list.map((s) => s.name));
  const unusable = kept.filter((s) => !s.usable);
  const outside = kept.filter((s) => !s.in_domain);
  const unknown = wanted.filter((id) => !sources.some((s) => s.dataSourceId === id));
  return [
    ...(wanted.length === 0 ? ['A data product needs at least one data source.'] : []),
    ...(unknown.length > 0 ? [`These data sources do not exist: ${few(unknown.map(String))}.`] : []),
    ...(unusable.length > 0 ? [`Nothing is granted on what is disabled, missing or on hold: ${names(unusable)}.`] : []),
    ...(outside.length > 0 ? [`These data sources are in no domain of the product: ${names(outside)}.`] : []),
  ];
}
