import type { UnregisteredAsset } from '@stoa/contract/asset';
import type { RequestType } from '@stoa/contract/enums';
import type { Actor, DataProductObject, DomainRef } from '@stoa/core/permissions/objects';
import { stewardsOf } from '@stoa/core/review/resolve-flow';
import { sql } from 'kysely';
import type { Reader } from '../../db/pool.ts';
import { notFound } from '../../http/refusal.ts';
import { requireMay } from '../../http/require.ts';
import type { ApplicationSwitches } from '../../settings-store.ts';
import { type ResolvedForm, resolveFormVersion } from '../request-form/resolve-form-version.ts';
import { type AssetTarget, findAssetTarget } from './load-asset-target.ts';
import { loadUnregisteredTarget } from './unregistered-target.ts';

/** A data product as something to ask for. */
export type ProductTarget = {
  type: 'DATA_PRODUCT';
  id: string;
  name: string;
  suspended: boolean;
  domains: DomainRef[];
  /** The form and flows in force for the type of request. */
  form: ResolvedForm;
  object: DataProductObject;
};

/** What is asked for: a data product, or an asset. */
export type RequestTarget = ProductTarget | AssetTarget;
/** A target as a caller names it. Under the paths of assets a product may be named too, in the clothes of one. */
export type TargetRef = {
  readonly type: 'DATA_PRODUCT' | 'ASSET';
  readonly id: string;
  /** What the caller says of an asset that no crawl has found. */
  readonly asset?: UnregisteredAsset | undefined;
};

type Row = {
  id: string;
  name: string;
  suspended: boolean;
  domains: DomainRef[];
  owners: string[];
  caller_has_request: boolean;
};
type Asked = { productId: string; type: RequestType; actor: Actor; switches: ApplicationSwitches };
type AskedTarget = Omit<Asked, 'productId'> & { ref: TargetRef };

/** Loads a target that the actor may see, else answers 404. `hold` keeps it askable until the commit. */
export async function loadTarget(
  db: Reader,
  { ref, ...asked }: AskedTarget,
  hold: 'hold' | 'read' = 'read',
): Promise<RequestTarget> {
  const asset = ref.type === 'ASSET' ? await findAssetTarget(db, { assetId: ref.id, ...asked }, hold) : undefined;
  if (asset !== undefined) return asset;
  if (ref.type === 'ASSET' && ref.asset !== undefined)
    return loadUnregisteredTarget(db, { assetId: ref.id, asset: ref.asset, ...asked });
  return loadProductTarget(db, { productId: ref.id, ...asked }, hold);
}

/** Loads a product that the actor may see, else answers 404. `hold` keeps others from suspending it until the commit. */
export async function loadProductTarget(
  db: Reader,
  { productId, type, actor, switches }: Asked,
  hold: 'hold' | 'read' = 'read',
): Promise<ProductTarget> {
  const { rows } = await sql<Row>`
    select p.id, p.name, p.suspended,
      (select coalesce(json_agg(json_build_object('id', d.id, 'name', d.name) order by d.name), '[]')
        from data_product_domain x join domain d on d.id = x.domain_id where x.data_product_id = p.id) as domains,
      array(select o.global_user_id::text from data_product_owner o where o.data_product_id = p.id) as owners,
      exists (select from access_request r where r.target_id = p.id
        and (r.requesting_user = ${actor.globalUserId} or r.beneficiary = ${actor.globalUserId})) as caller_has_request
    from data_product p where p.id = ${productId} and p.deleted_at is null
    ${hold === 'hold' ? sql`for share of p` : sql``}`.execute(db);
  const row = rows[0];
  const target = { type: 'DATA_PRODUCT', id: productId } as const;
  const form = row && (await resolveFormVersion(db, target, type));
  const other =
    row && (await resolveFormVersion(db, target, type === 'DATA_ACCESS' ? 'MASKING_EXCEPTION' : 'DATA_ACCESS'));
  if (row === undefined || form === undefined || other === undefined) throw notFound('data product');
  const object: DataProductObject = {
    kind: 'data-product',
    id: row.id,
    name: row.name,
    domains: row.domains,
    owners: row.owners,
    suspended: row.suspended,
    deleted: false,
    reviewers: [...stewardsOf(form.flows), ...stewardsOf(other.flows)],
    shownToConsumers: switches.showDataProductsToConsumers,
    callerHasRequest: row.caller_has_request,
  };
  requireMay(actor, 'data-product.read', object);
  const { id, name, suspended, domains } = row;
  return { type: 'DATA_PRODUCT', id, name, suspended, domains, form, object };
}
