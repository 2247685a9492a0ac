import type { QueryOf } from '@stoa/contract/operation';
import { offsetMetaOf } from '@stoa/contract/page';
import type { RequestFormInList, searchRequestForms as searchOperation } from '@stoa/contract/request-form';
import type { Actor } from '@stoa/core/permissions/objects';
import { sql } from 'kysely';
import { likePattern } from '../../db/like-pattern.ts';
import type { Reader } from '../../db/pool.ts';
import { type List, type OrderKey, readPage } from '../../db/read-page.ts';
import type { Deps } from '../../deps.ts';
import { loadFormUses } from './form-uses.ts';
import { type FormRow, formColumns, formTables, loadForms, toForms } from './load-forms.ts';
import { presentForm } from './present-form.ts';

type Query = QueryOf<typeof searchOperation>;

const orders: Record<Query['sortBy'], OrderKey> = {
  name: { value: sql`lower(f.name)`, type: 'text' },
  createdAt: { value: sql`f.created_at`, type: 'timestamptz' },
  updatedAt: { value: sql`f.updated_at`, type: 'timestamptz' },
};

/** The forms that exist, in a stable order, each with the domains of the products that use it. */
export async function searchForms(deps: Pick<Deps, 'db' | 'landmarks'>, actor: Actor, query: Query) {
  const wanted = query.nameFilter.trim();
  const filter = query.exactMatch
    ? sql`(${wanted} = '' or lower(f.name) = lower(${wanted}))`
    : sql`f.name ilike ${likePattern(wanted)}`;
  const list: List = {
    from: sql`request_form f`,
    where: sql`f.deleted_at is null and ${filter}`,
    order: [orders[query.sortBy], { value: sql`f.id`, type: 'uuid' }],
    isDescending: query.sortOrder === 'desc',
  };
  const { total, keys } = await readPage(deps, list, query);
  const ids = keys.map((key) => key.at(-1) ?? '');
  const { rows } = await sql<FormRow>`select ${formColumns} from ${formTables}
    where f.id = any(${ids}::uuid[]) order by array_position(${ids}::uuid[], f.id)`.execute(deps.db);
  const usesOf = await loadFormUses(deps.db, ids);
  const data: RequestFormInList[] = (await toForms(deps.db, rows)).map((form) => {
    const uses = usesOf(form.formId);
    return { ...presentForm(actor, form, uses), associatedDomains: uses.domains.map((d) => d.id) };
  });
  return { data, meta: offsetMetaOf(query, total, rows.length) };
}

/** A form with its use; undefined when it does not exist. */
export async function findForm(reader: Reader, actor: Actor, id: string) {
  const form = (await loadForms(reader, [id])).get(id);
  if (!form) return undefined;
  return presentForm(actor, form, (await loadFormUses(reader, [id]))(id));
}
