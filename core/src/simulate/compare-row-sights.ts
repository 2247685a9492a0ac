import type { PersonFacts } from '../condition/model.ts';
import { readsOf, type SightSide } from './compare-sights.ts';

/** Data sources of which one person may see other rows, as row rules ask about what is known otherwise of them. */
export type RowSight = { readonly globalUserId: string; readonly dataSourceIds: readonly number[] };

const differ = (a: ReadonlySet<string>, b: ReadonlySet<string>): boolean =>
  a.size !== b.size || [...a].some((one) => !b.has(one));
const none: ReadonlySet<string> = new Set();

/** What of a person is otherwise; null where nothing is. */
function movedOf(was: PersonFacts, is: PersonFacts): { attributes: string[]; groups: boolean } | null {
  const names = new Set([...was.attributes.keys(), ...is.attributes.keys()]);
  const attributes = [...names].filter((name) =>
    differ(was.attributes.get(name) ?? none, is.attributes.get(name) ?? none),
  );
  const groups = differ(was.groups, is.groups);
  return groups || attributes.length > 0 ? { attributes, groups } : null;
}

/** Alike however a text is quoted where it stands, and whatever its case. */
const bare = (text: string): string => text.replaceAll(/["'\\]/g, '').toLowerCase();

/**
 * Of those who read a source before and after, whom a row rule of it asks about what is otherwise. Which rows these are only the data
 * knows, so that whoever may see more counts, also where it turns out to be fewer.
 */
export function compareRowSights(before: SightSide, after: SightSide): RowSight[] {
  if (before.people === after.people) return [];
  const rules = after.sources.flatMap(({ verdict: { dataSourceId, rows } }) =>
    rows.length === 0
      ? []
      : [{ dataSourceId, text: rows.map(({ who, rule }) => bare(JSON.stringify([who, rule]))).join('\n') }],
  );
  if (rules.length === 0) return [];
  const moved = new Map(
    [...after.people].flatMap(([id, person]) => {
      const was = before.people.get(id);
      const change = was === undefined ? null : movedOf(was, person);
      return change === null ? [] : [[id, change] as const];
    }),
  );
  const people = new Set(moved.keys());
  if (people.size === 0) return [];
  const [had, has] = [readsOf(before.access, people), readsOf(after.access, people)];
  return [...moved].flatMap(([globalUserId, { attributes, groups }]) => {
    const dataSourceIds = rules
      .filter(({ text }) => attributes.some((name) => text.includes(bare(name))) || (groups && text.includes('group')))
      .map(({ dataSourceId }) => dataSourceId)
      .filter((id) => had.get(globalUserId)?.has(id) === true && has.get(globalUserId)?.has(id) === true);
    return dataSourceIds.length === 0 ? [] : [{ globalUserId, dataSourceIds }];
  });
}
