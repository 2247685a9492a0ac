import type { AttributeUse } from '@stoa/contract/attribute';
import { isAskedFor } from '@stoa/core/condition/names';
import { sql } from 'kysely';
import { likePattern } from '../../db/like-pattern.ts';
import { type List, readPage } from '../../db/read-page.ts';
import type { Deps } from '../../deps.ts';
import { type AskedName, askedNames, distinct } from '../policy/policies-naming.ts';

type Query = { offset: number; limit: number; searchText?: string | undefined; isAsked?: boolean | undefined };
type Counted = Omit<AttributeUse, 'policies'>;

/** One page of the attribute values that people and groups carry. */
export async function listAttributes(
  deps: Pick<Deps, 'db' | 'landmarks'>,
  query: Query,
): Promise<{ rows: AttributeUse[]; total: number }> {
  const asked = await askedNames(deps.db, 'attribute');
  const pattern = query.searchText ? likePattern(query.searchText) : null;
  // One row per value that is asked for; null is any.
  const values = asked.flatMap((one) => (one.values ?? [null]).map((value) => ({ name: one.name, value })));
  const isAsked = sql<boolean>`exists (
    select from unnest(${values.map(({ name }) => name)}::text[], ${values.map(({ value }) => value?.text ?? null)}::text[],
      ${values.map(({ value }) => value?.below ?? false)}::boolean[]) a (name, value, below)
    where a.name = normalize(w.name, NFC) and (a.value is null or a.value = normalize(w.value, NFC)
      or (a.below and starts_with(normalize(w.value, NFC), a.value || '.'))))`;
  const list: List = {
    from: sql`(select distinct name, value from attribute) w`,
    where: sql`(${pattern}::text is null or w.name ilike ${pattern} or w.value ilike ${pattern})
      and (${query.isAsked ?? null}::boolean is null or ${isAsked} = ${query.isAsked ?? null})`,
    order: [
      { value: sql`lower(w.name)`, type: 'text' },
      { value: sql`lower(w.value)`, type: 'text' },
      { value: sql`w.name`, type: 'text' },
      { value: sql`w.value`, type: 'text' },
    ],
  };
  const { total, keys } = await readPage(deps, list, query);
  const names = keys.map((key) => key[2] ?? '');
  const held = keys.map((key) => key[3] ?? '');
  const { rows } = await sql<Counted>`
    with wanted as (select * from unnest(${names}::text[], ${held}::text[]) with ordinality n (name, value, at)),
    carried as materialized (
      select n.at, a.principal_type, a.principal_id, a.source from wanted n join attribute a on a.name = n.name and a.value = n.value),
    held as (
      select at, principal_id::uuid as id, true as is_direct from carried where principal_type = 'user'
      union all
      select c.at, m.global_user_id, false from carried c join group_member m on m.group_id::text = c.principal_id
        where c.principal_type = 'group')
    select n.name, n.value,
      (select count(distinct h.id) from held h where h.at = n.at)::int as "peopleCount",
      (select count(distinct h.id) from held h where h.at = n.at and h.is_direct)::int as "directCount",
      (select count(distinct c.principal_id) from carried c where c.at = n.at and c.principal_type = 'group')::int as "groupCount",
      (select array_agg(distinct c.source order by c.source) from carried c where c.at = n.at) as sources
    from wanted n order by n.at`.execute(deps.db);
  return { rows: rows.map((row) => ({ ...row, policies: policiesOf(row, asked) })), total };
}

function policiesOf(row: Counted, asked: readonly AskedName[]): AttributeUse['policies'] {
  const name = row.name.normalize('NFC');
  const value = row.value.normalize('NFC');
  return distinct(
    asked.filter((one) => one.name === name && (one.values?.some((each) => isAskedFor(value, each)) ?? true)),
  );
}
