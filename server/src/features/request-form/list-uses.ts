import type { RequestType } from '@stoa/contract/enums';
import { may } from '@stoa/core/permissions/may';
import type { Actor } from '@stoa/core/permissions/objects';
import { sql } from 'kysely';
import type { Reader } from '../../db/pool.ts';
import { readSwitches } from '../../settings-store.ts';
import { loadDataProducts } from '../data-product/load-products.ts';
import { standardFormId } from './load-forms.ts';

export type LinkedProduct = { id: string; name: string; requestTypes: RequestType[] };
export type LinkedAsset = { id: string; name: string; type: 'DATA_PRODUCT' | 'DATA_OBJECT'; requestType: RequestType };

/** The products that ask by a form, of those that the caller may see; a product without a form asks by the standard one. */
export async function findDataProducts(reader: Reader, actor: Actor, formId: string): Promise<LinkedProduct[]> {
  const uses = (column: 'data_access_form_id' | 'masking_exception_form_id') => {
    const named = sql.ref(`p.${column}`);
    return formId === standardFormId ? sql<boolean>`${named} is null` : sql<boolean>`${named} = ${formId}`;
  };
  const { rows } = await sql<LinkedProduct>`
    select p.id, p.name, array_remove(array[case when ${uses('data_access_form_id')} then 'DATA_ACCESS' end,
      case when ${uses('masking_exception_form_id')} then 'MASKING_EXCEPTION' end], null) as "requestTypes"
    from data_product p
    where p.deleted_at is null and (${uses('data_access_form_id')} or ${uses('masking_exception_form_id')})
    order by lower(p.name), p.id`.execute(reader);
  const { showDataProductsToConsumers } = await readSwitches(reader);
  if (showDataProductsToConsumers) return rows;
  const seen = await loadDataProducts(
    reader,
    rows.map((row) => row.id),
    actor,
  );
  return rows.filter(({ id }) => {
    const product = seen.get(id);
    return product !== undefined && may(actor, 'data-product.read', product.object).allowed;
  });
}

/** The assets that carry a form themselves, once per type of request. */
export async function findAssets(reader: Reader, formId: string): Promise<LinkedAsset[]> {
  const { rows } = await sql<LinkedAsset>`
    select o.id, o.name, 'DATA_OBJECT' as type, used.type as "requestType"
    from asset a join data_object o on o.id = a.data_object_id
    cross join lateral (values ('DATA_ACCESS', a.data_access_form_id), ('MASKING_EXCEPTION', a.masking_exception_form_id))
      as used (type, form_id)
    where (a.data_access_form_id = ${formId} or a.masking_exception_form_id = ${formId}) and used.form_id = ${formId}
    order by o.object_path, o.id, used.type`.execute(reader);
  return rows;
}
