import type { ProductSource, searchDataSources as searchOperation } from '@stoa/contract/data-product';
import type { QueryOf } from '@stoa/contract/operation';
import type { Standing } from '@stoa/core/access/standing';
import { may } from '@stoa/core/permissions/may';
import { sql } from 'kysely';
import { likePattern } from '../../db/like-pattern.ts';
import type { Reader } from '../../db/pool.ts';
import { Refusal } from '../../http/refusal.ts';
import { closedWords, loadStandings, policyWords } from '../../provisioning/load-standings.ts';
import { assetsOver } from '../../provisioning/sources-of-target.ts';
import type { LoadedPerson } from '../user/load-people.ts';
import { hasLeftDomains, isHeldByRole, leftDomainWords } from './left-domains.ts';
import type { LoadedProduct } from './load-products.ts';
import { readToken, writeToken } from './page-token.ts';

type Query = QueryOf<typeof searchOperation>;
type Row = {
  id: string;
  source_id: number;
  name: string;
  technology: string;
  host: string | null;
  object_path: string[];
  comment: string | null;
  columns: number;
  connection_key: string;
  out_of_domain: boolean;
  in_role: boolean;
  enabled: boolean;
  hold: string | null;
  missing_since: Date | null;
  has_access: boolean;
  state: string | null;
  verified_at: Date | null;
};

const listed = { product: sql`ps.data_product_id`, source: sql`s.id` };

/** The sources of a product by name, each with the access that one person has to it by whatever product or asset. */
export async function listSources(
  reader: Reader,
  actor: LoadedPerson,
  { product, query }: { product: LoadedProduct; query: Query },
) {
  const about = accessIsOf(actor, product, query.user);
  const after = readToken(query.nextToken);
  const { rows } = await sql<Row>`
    select ps.id, s.id as source_id, s.name, c.technology, c.config ->> 'host' as host, o.object_path, o.comment,
      (select count(*) from data_source_column col where col.data_source_id = s.id) as columns, c.connection_key,
      left_it.out_of_domain, left_it.in_role, s.enabled, o.hold, o.missing_since, held.id is not null as has_access, held.state, held.verified_at
    from data_product_source ps join data_source s on s.id = ps.data_source_id join data_object o on o.id = s.data_object_id
    join connection c on c.id = s.connection_id
    cross join lateral (select ${hasLeftDomains(listed)} as out_of_domain, ${isHeldByRole(listed)} as in_role offset 0) left_it
    left join lateral (
      select r.id, m.state, m.verified_at from access_request r
      left join membership_status m on m.access_request_id = r.id and m.connection_id = s.connection_id
      where r.beneficiary = ${about} and r.type = 'DATA_ACCESS' and r.status = 'APPROVED' and (r.expiration is null or r.expiration > now())
        and (r.asset_id in (${assetsOver(sql`s.data_object_id`)}) or exists (select from data_product_source other join data_product p on p.id = other.data_product_id
          where other.data_product_id = r.data_product_id and other.data_source_id = s.id and not p.suspended and p.deleted_at is null))
        and not (r.data_product_id is not distinct from ps.data_product_id and left_it.out_of_domain and not left_it.in_role)
      order by m.state = 'ACTIVE' desc nulls last limit 1
    ) held on true
    where ps.data_product_id = ${product.row.id}
      and s.name ilike ${likePattern(query.nameFilter)}
      ${after ? sql`and (s.name, ps.id) > (${after.key}, ${after.id})` : sql``}
    order by s.name, ps.id limit ${query.limit + 1}`.execute(reader);
  const page = rows.slice(0, query.limit);
  const last = page.at(-1);
  const standings = await loadStandings(
    reader,
    about,
    page.map((row) => row.source_id),
  );
  const nextToken = rows.length > query.limit && last ? writeToken({ key: last.name, id: last.id }) : null;
  return {
    data: page.map((row) =>
      present(row, { isSuspended: product.row.suspended, standing: standings.get(row.source_id) }),
    ),
    meta: { nextToken, limit: query.limit },
  };
}

/** Whose access is shown: the caller's, or of somebody whom they manage or decide about. */
function accessIsOf(actor: LoadedPerson, { object }: LoadedProduct, user: string | undefined): string {
  if (user === undefined || user.toLowerCase() === actor.globalUserId) return actor.globalUserId;
  if (may(actor, 'access-request.assess', object).allowed) return user.toLowerCase();
  throw new Refusal('permission.denied', {
    detail: 'Only managers and stewards of the data product see the access of others. Nothing was changed.',
  });
}

type About = { isSuspended: boolean; standing: Standing | undefined };

/** Restricted means that no request would help; the reason says what stands in the way. */
function accessTo(row: Row, { isSuspended, standing }: About): { status: ProductSource['status']; reason?: string } {
  if (row.missing_since !== null) return { status: 'RESTRICTED', reason: 'It is no longer on the platform.' };
  if (row.hold !== null)
    return { status: 'RESTRICTED', reason: 'Another object took its name; a data owner has to confirm it.' };
  if (!row.enabled) return { status: 'RESTRICTED', reason: 'It is disabled.' };
  if (standing?.status === 'RESTRICTED') return { status: 'RESTRICTED', reason: `${closedWords(standing)}.` };
  if (standing?.status === 'SUBSCRIBED')
    return { status: 'SUBSCRIBED', reason: `By the ${policyWords('policy', standing.by)}.` };
  if (row.has_access)
    return row.state === 'ACTIVE'
      ? { status: 'SUBSCRIBED' }
      : { status: 'SUBSCRIBED', reason: 'Approved; not yet proved on the platform.' };
  if (row.out_of_domain && !row.in_role) return { status: 'RESTRICTED', reason: `${leftDomainWords(false)}.` };
  if (isSuspended) return { status: 'RESTRICTED', reason: 'The data product is suspended.' };
  return row.out_of_domain ? { status: 'NONE', reason: `${leftDomainWords(true)}.` } : { status: 'NONE' };
}

function present(row: Row, about: About): ProductSource {
  const [database, schema] = row.object_path;
  return {
    id: row.id,
    name: row.name,
    type: row.technology,
    sourceId: String(row.source_id),
    hostname: row.host,
    database: database ?? null,
    schema: row.object_path.length > 2 ? (schema ?? null) : null,
    table: row.object_path.at(-1) ?? null,
    prefix: null,
    ...accessTo(row, about),
    comment: row.comment,
    columnCount: row.columns,
    connectionKey: row.connection_key,
    objectPath: row.object_path,
    outOfDomain: row.out_of_domain,
    missingSince: row.missing_since?.toISOString() ?? null,
    ...(row.state === 'ACTIVE' && row.verified_at ? { lastVerifiedAt: row.verified_at.toISOString() } : {}),
  };
}

export async function listSourceIds(reader: Reader, productId: string): Promise<{ sourceId: string }[]> {
  const { rows } = await sql<{ id: number }>`
    select data_source_id as id from data_product_source where data_product_id = ${productId} order by data_source_id`.execute(
    reader,
  );
  return rows.map((row) => ({ sourceId: String(row.id) }));
}
