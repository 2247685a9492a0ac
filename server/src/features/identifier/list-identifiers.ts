import type { CriteriaType, Identifier } from '@stoa/contract/identifier';
import type { Actor } from '@stoa/core/permissions/objects';
import { sql } from 'kysely';
import { likePattern } from '../../db/like-pattern.ts';
import { type List, readPage } from '../../db/read-page.ts';
import type { Deps } from '../../deps.ts';
import { loadOwn, storedBuiltIns } from './load-identifiers.ts';
import { presentIdentifiers } from './present-identifier.ts';

type Wanted = {
  searchText?: string | undefined;
  kind?: 'builtIn' | 'own' | undefined;
  criteriaType?: CriteriaType | undefined;
  offset: number;
  limit: number;
};

/** Own ones by name, and after them the built-in ones. */
export async function listIdentifiers(
  deps: Pick<Deps, 'db' | 'landmarks'>,
  actor: Actor,
  wanted: Wanted,
): Promise<{ data: Identifier[]; total: number }> {
  const text = wanted.searchText?.toLowerCase() ?? '';
  const builtIns = storedBuiltIns.filter(
    (one) =>
      wanted.kind !== 'own' &&
      (wanted.criteriaType === undefined || one.criteriaType === wanted.criteriaType) &&
      [one.name, one.description, ...one.tags].some((words) => words.toLowerCase().includes(text)),
  );
  const pattern = text === '' ? null : likePattern(text);
  const list: List = {
    from: sql`identifier w`,
    where: sql`${wanted.kind !== 'builtIn'} and (${wanted.criteriaType ?? null}::text is null or w.criteria_type = ${wanted.criteriaType ?? null})
      and (${pattern}::text is null or w.name ilike ${pattern} or w.description ilike ${pattern} or array_to_string(w.tags, ' ') ilike ${pattern})`,
    order: [
      { value: sql`lower(w.name)`, type: 'text' },
      { value: sql`w.id`, type: 'integer' },
    ],
  };
  const { total, keys } = await readPage(deps, list, wanted);
  const ids = keys.map((key) => Number(key.at(-1)));
  const own = await loadOwn(deps.db, sql`i.id = any(${ids}::int[])`);
  const inOrder = ids.flatMap((id) => own.filter((one) => one.id === id));
  const from = Math.max(0, wanted.offset - total);
  const rest = builtIns.slice(from, from + wanted.limit - inOrder.length);
  return { data: await presentIdentifiers(deps.db, actor, [...inOrder, ...rest]), total: total + builtIns.length };
}
