import type { Asset, ObjectAsset } from '@stoa/contract/asset';
import type { AccessStatus, Technology } from '@stoa/contract/enums';
import { may } from '@stoa/core/permissions/may';
import { nothing } from '@stoa/core/permissions/objects';
import { sql } from 'kysely';
import type { Reader } from '../../db/pool.ts';
import { notFound } from '../../http/refusal.ts';
import { readCallerAccess } from '../data-product/caller-access.ts';
import { presentAbilities } from '../data-product/present-abilities.ts';
import { ownFlow, statusOf } from '../data-product/present-products.ts';
import { requireProduct } from '../data-product/product-of-call.ts';
import { readProductNumbers, statsOf } from '../data-product/read-product-numbers.ts';
import type { LoadedPerson } from '../user/load-people.ts';
import type { Unregistered } from './resolve-name.ts';

type ObjectRow = {
  id: string;
  name: string;
  object_path: string[];
  object_type: string;
  comment: string | null;
  technology: Technology;
  host: string | null;
  port: number | null;
  source_id: number | null;
  source_count: number;
  request_id: string | null;
  status: AccessStatus | null;
  created_at: Date;
  updated_at: Date;
};

/** An asset by id: an object that a crawl found, or a data product in the clothes of an asset. */
export async function findAsset(reader: Reader, actor: LoadedPerson, id: string): Promise<Asset> {
  const row = await findObject(reader, actor, id);
  return row ? presentObject(actor, row) : presentProductAsset(reader, actor, id);
}

async function findObject(reader: Reader, actor: LoadedPerson, id: string): Promise<ObjectRow | undefined> {
  const { rows } = await sql<ObjectRow>`
    select o.id, o.name, o.object_path, o.object_type, o.comment, c.technology, c.config ->> 'host' as host,
      (c.config ->> 'port')::int as port, s.id as source_id, o.created_at, o.updated_at, mine.id as request_id, mine.status,
      (with recursive below as (
          select o.id union all select child.id from below join data_object child on child.parent_id = below.id)
        select count(*) from below join data_source x on x.data_object_id = below.id where x.enabled) as source_count
    from data_object o join connection c on c.id = o.connection_id left join data_source s on s.data_object_id = o.id and s.enabled
    left join lateral (
      select r.id, case when r.status = 'APPROVED' and r.expiration <= now() then 'EXPIRED' else r.status end as status
      from access_request r where r.asset_id = o.id and r.beneficiary = ${actor.globalUserId} and r.type = 'DATA_ACCESS'
      order by case when r.status = 'APPROVED' and (r.expiration is null or r.expiration > now()) then 0 when r.status = 'PENDING' then 1 else 2 end,
        r.created_at desc, r.id desc limit 1
    ) mine on true
    where o.id = ${id}`.execute(reader);
  return rows[0];
}

const abilitiesOnAssets = (actor: LoadedPerson): ObjectAsset['abilities'] => {
  const edit = may(actor, 'asset.edit', nothing);
  return presentAbilities({ edit: { allowed: edit.allowed, reason: edit.reason } });
};

const presentObject = (actor: LoadedPerson, row: ObjectRow): ObjectAsset => ({
  id: row.id,
  name: row.name,
  type: 'DATA_OBJECT',
  status: row.status ?? 'NONE',
  ...(row.request_id === null ? {} : { requestId: row.request_id }),
  createdAt: row.created_at.toISOString(),
  updatedAt: row.updated_at.toISOString(),
  registered: true,
  stats: { dataSourceCount: row.source_count },
  metadata: {
    objectPath: row.object_path,
    technology: row.technology,
    ...(row.host === null ? {} : { host: row.host }),
    ...(row.port === null ? {} : { port: row.port }),
    legacyType: row.object_type,
    ...(row.source_id === null ? {} : { dataSourceId: row.source_id }),
    description: row.comment,
  },
  abilities: abilitiesOnAssets(actor),
});

export const presentUnregistered = (actor: LoadedPerson, asset: Unregistered): ObjectAsset => {
  const { id, ...metadata } = asset;
  return {
    id,
    name: metadata.objectPath.at(-1) ?? id,
    type: 'DATA_OBJECT',
    status: 'NONE',
    registered: false,
    metadata,
    abilities: abilitiesOnAssets(actor),
  };
};

async function presentProductAsset(reader: Reader, actor: LoadedPerson, id: string): Promise<Asset> {
  const product = await requireProduct(reader, id, { actor, action: 'data-product.read' });
  const { row, flows } = product;
  const own = (await readCallerAccess(reader, actor.globalUserId, [row.id])).get(row.id);
  const numbers = (await readProductNumbers(reader, [row.id])).get(row.id);
  if (!numbers) throw notFound('asset');
  return {
    id: row.id,
    name: row.name,
    type: 'DATA_PRODUCT',
    status: statusOf(actor, product, own),
    ...(own ? { requestId: own.request_id, expiration: own.expiration?.toISOString() ?? null } : {}),
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
    description: row.description,
    domains: row.domains.map((domain) => domain.id),
    subjectMatterExperts: [{ id: row.subject_matter_expert, username: row.expert_username, name: row.expert_name }],
    suspended: row.suspended,
    createdBy: row.created_by,
    stats: statsOf(numbers),
    dataAccessPolicy: ownFlow(flows.DATA_ACCESS),
    maskingExceptionPolicy: ownFlow(flows.MASKING_EXCEPTION),
  };
}
