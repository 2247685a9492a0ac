import type { AffectedPeople, DataProductPreview, PreviewDataProductBody } from '@stoa/contract/data-product-use';
import { deleteDataProduct, updateDataProduct } from '@stoa/contract/data-product';
import type { Technology } from '@stoa/contract/enums';
import type { SimulatedChange } from '@stoa/contract/simulation';
import { sql } from 'kysely';
import type { Reader } from '../../db/pool.ts';
import type { Deps } from '../../deps.ts';
import { Refusal } from '../../http/refusal.ts';
import { presentSide } from '../simulate/present-simulation.ts';
import { simulateChanges } from '../simulate/simulate.ts';
import type { LoadedPerson } from '../user/load-people.ts';
import { loadDomains, requirePublishing } from './check-product.ts';
import type { By } from './create-products.ts';
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
  deps: Deps,
  by: By,
  body: PreviewDataProductBody,
): Promise<DataProductPreview> {
  const reader = deps.db;
  const change = await readChange(reader, by.actor, body);
  const sources = await readSources(reader, change);
  const productId = change.product?.row.id;
  const pending = productId !== undefined && body.deleted === true ? await countPending(reader, productId) : 0;
  return {
    ...(await peopleOf(deps, by, change)),
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

/**
 * Who gains and loses by the change, by making it and taking it back: what other causes give, and what guardrails keep from people,
 * counts as it does in force. Nobody has a product that is new; one that could not be saved like this changes nothing.
 */
async function peopleOf(
  deps: Deps,
  by: By,
  { product, body }: Change,
): Promise<Pick<DataProductPreview, 'gains' | 'loses'>> {
  if (product === undefined) return { gains: nobody, loses: nobody };
  const params = { id: product.row.id };
  const { dataSources, domains, suspended } = body;
  const edit = {
    ...(dataSources === undefined ? {} : { dataSources }),
    ...(domains === undefined ? {} : { domains }),
    ...(suspended === undefined ? {} : { suspended }),
  };
  const change: SimulatedChange =
    body.deleted === true
      ? { change: 'call', operation: deleteDataProduct.id, params }
      : { change: 'call', operation: updateDataProduct.id, params, body: edit };
  try {
    const outcome = await simulateChanges(deps, by, [change]);
    const sideOf = async (direction: 'gained' | 'lost', verb: string): Promise<AffectedPeople> => {
      const { count, people } = await presentSide(deps.db, outcome, direction);
      return {
        count,
        people: people.map(({ globalUserId, username, name, sourceCount: n }) => ({
          globalUserId,
          username,
          name,
          reason: `${verb} ${n} ${n === 1 ? 'data source' : 'data sources'}`,
        })),
      };
    };
    return { gains: await sideOf('gained', 'gains'), loses: await sideOf('lost', 'loses') };
  } catch (error) {
    if (error instanceof Refusal) return { gains: nobody, loses: nobody };
    throw error;
  }
}

const nobody: AffectedPeople = { count: 0, people: [] };

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
