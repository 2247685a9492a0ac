import type { DomainRef, RequestFormObject } from '@stoa/core/permissions/objects';
import { reviewersOf } from '@stoa/core/review/flow';
import { sql } from 'kysely';
import type { Reader } from '../../db/pool.ts';
import { type LoadedForm, standardFormId } from './load-forms.ts';

/** What asks by a form. */
export type FormUses = {
  /** The domains of its products. For the standard form they are not looked up: nobody may change it. */
  readonly domains: readonly DomainRef[];
  readonly dataProducts: number;
  readonly assets: number;
};
const unused: FormUses = { domains: [], dataProducts: 0, assets: 0 };

/** The uses of forms, in a few queries however many forms. */
export async function loadFormUses(reader: Reader, ids: readonly string[]): Promise<(id: string) => FormUses> {
  const own = ids.filter((id) => id !== standardFormId);
  const found = new Map<string, FormUses>();
  if (own.length > 0)
    for (const { form_id, data_products, domains } of await usesOfProducts(reader, own))
      found.set(form_id, { domains, dataProducts: data_products, assets: 0 });
  if (own.length < ids.length)
    found.set(standardFormId, { domains: [], dataProducts: await productsByDefault(reader), assets: 0 });
  if (ids.length > 0)
    for (const { form_id, assets } of await usesOfAssets(reader, ids))
      found.set(form_id, { ...(found.get(form_id) ?? unused), assets });
  return (id) => found.get(id) ?? unused;
}

type ProductUses = { form_id: string; data_products: number; domains: DomainRef[] };

async function usesOfProducts(reader: Reader, ids: readonly string[]): Promise<ProductUses[]> {
  const { rows } = await sql<ProductUses>`
    with used as (
      select p.data_access_form_id as form_id, p.id from data_product p
        where p.deleted_at is null and p.data_access_form_id = any(${ids}::uuid[])
      union
      select p.masking_exception_form_id, p.id from data_product p
        where p.deleted_at is null and p.masking_exception_form_id = any(${ids}::uuid[])
    )
    select used.form_id, count(*)::int as data_products,
      (select coalesce(json_agg(json_build_object('id', d.id, 'name', d.name) order by d.name, d.id), '[]') from domain d
        where d.id in (select pd.domain_id from data_product_domain pd join used u on u.id = pd.data_product_id
          where u.form_id = used.form_id)) as domains
    from used group by used.form_id`.execute(reader);
  return rows;
}

/** The ids of the products that ask by a form. */
export async function productsThatUse(reader: Reader, formId: string): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`select id from data_product
    where deleted_at is null and ${formId}::uuid in (data_access_form_id, masking_exception_form_id)`.execute(reader);
  return rows.map(({ id }) => id);
}

/** Assets that carry the form themselves; those below only inherit it. */
async function usesOfAssets(reader: Reader, ids: readonly string[]): Promise<{ form_id: string; assets: number }[]> {
  const { rows } = await sql<{ form_id: string; assets: number }>`
    select form_id, count(*)::int as assets from (
      select data_access_form_id as form_id, data_object_id from asset where data_access_form_id = any(${ids}::uuid[])
      union
      select masking_exception_form_id, data_object_id from asset where masking_exception_form_id = any(${ids}::uuid[])
    ) used group by form_id`.execute(reader);
  return rows;
}

async function productsByDefault(reader: Reader): Promise<number> {
  const { rows } = await sql<{ n: number }>`select count(*)::int as n from data_product
    where deleted_at is null and (data_access_form_id is null or masking_exception_form_id is null)`.execute(reader);
  return rows[0]?.n ?? 0;
}

/** The form as the permission rules want it. */
export const formObject = (form: LoadedForm, uses: FormUses, fields?: readonly string[]): RequestFormObject => ({
  kind: 'request-form',
  name: form.name,
  isStandard: form.isStandard,
  usedByAsset: uses.assets > 0,
  domains: uses.domains,
  reviewers: reviewersOf(form.policy),
  fields,
});

/** Requests that wait for a decision under some version of the form. */
export async function countPending(reader: Reader, formId: string): Promise<number> {
  const { rows } = await sql<{ n: number }>`select count(*)::int as n from request_form_version v
    join access_request r on r.form_version = v.version
    where v.request_form_id = ${formId} and r.status = 'PENDING'`.execute(reader);
  return rows[0]?.n ?? 0;
}
