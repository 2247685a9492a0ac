import type { DesiredAccess } from '../access/model.ts';
import type { PersonFacts } from '../condition/model.ts';
import { formulaOf, fulfils } from '../masking/formula.ts';
import type { ColumnVerdict, GovernedSource, SourceVerdict } from '../masking/model.ts';

/** What one person would see otherwise in the data sources that they read before and after, by what is asked about them. */
export type SightChange = {
  readonly globalUserId: string;
  readonly clear: readonly SeenColumn[];
  readonly hidden: readonly SeenColumn[];
};
export type SeenColumn = { readonly dataSourceId: number; readonly column: string };

export type SightSide = {
  readonly people: ReadonlyMap<string, PersonFacts>;
  readonly access: DesiredAccess;
  readonly sources: readonly { readonly source: GovernedSource; readonly verdict: SourceVerdict }[];
};

const isSameSet = (a: ReadonlySet<string>, b: ReadonlySet<string>): boolean =>
  a.size === b.size && [...a].every((one) => b.has(one));

function isSamePerson(a: PersonFacts, b: PersonFacts): boolean {
  if (a === b) return true;
  if (!isSameSet(a.groups, b.groups)) return false;
  return [...new Set([...a.attributes.keys(), ...b.attributes.keys()])].every((name) =>
    isSameSet(a.attributes.get(name) ?? new Set(), b.attributes.get(name) ?? new Set()),
  );
}

/** Of the people given, what each may read. */
export function readsOf({ containers }: DesiredAccess, people: ReadonlySet<string>): Map<string, Set<number>> {
  const reads = new Map<string, Set<number>>();
  for (const { members, objects } of containers)
    for (const { globalUserId } of members) {
      if (!people.has(globalUserId)) continue;
      const own = reads.get(globalUserId) ?? new Set();
      for (const { dataSourceId } of objects) own.add(dataSourceId);
      reads.set(globalUserId, own);
    }
  return reads;
}

/** Whether the mask leaves the column in clear for a person; an approved exception is not asked about, which no fact changes. */
function seesClear({ who, reveals }: ColumnVerdict, { facts }: GovernedSource, person: PersonFacts): boolean {
  const holds = (text: string): boolean => {
    const formula = formulaOf(text, facts);
    return formula !== null && fulfils(formula, person);
  };
  if (reveals.some(holds)) return true;
  switch (who.kind) {
    case 'everyone':
      return false;
    case 'everyoneExcept':
      return holds(who.condition);
    case 'everyoneWho': {
      const negated = formulaOf(who.condition, facts, { negated: true });
      return who.otherwise === 'none' && negated !== null && fulfils(negated, person);
    }
  }
}

/** Whose groups or attributes lift a mask or lay one. Columns whose mask itself changes are told apart from people. */
export function compareSights(before: SightSide, after: SightSide): SightChange[] {
  if (before.people === after.people) return [];
  const moved = new Set(
    [...after.people].flatMap(([id, person]) => {
      const was = before.people.get(id);
      return was === undefined || isSamePerson(was, person) ? [] : [id];
    }),
  );
  if (moved.size === 0) return [];
  const [had, has] = [readsOf(before.access, moved), readsOf(after.access, moved)];
  const old = new Map(before.sources.map((one) => [one.verdict.dataSourceId, one]));
  const masked = after.sources.filter(({ verdict }) => verdict.columns.length > 0);
  return [...moved].flatMap((globalUserId) => {
    const [was, is] = [before.people.get(globalUserId), after.people.get(globalUserId)];
    if (was === undefined || is === undefined) return [];
    const clear: SeenColumn[] = [];
    const hidden: SeenColumn[] = [];
    for (const { source, verdict } of masked) {
      const { dataSourceId } = verdict;
      const then = old.get(dataSourceId);
      if (then === undefined || !had.get(globalUserId)?.has(dataSourceId) || !has.get(globalUserId)?.has(dataSourceId))
        continue;
      const columns = new Map(then.verdict.columns.map((column) => [column.ordinal, column]));
      for (const column of verdict.columns) {
        const mask = columns.get(column.ordinal);
        if (mask === undefined) continue;
        const [saw, sees] = [seesClear(mask, then.source, was), seesClear(column, source, is)];
        if (saw !== sees) (sees ? clear : hidden).push({ dataSourceId, column: column.name });
      }
    }
    return clear.length + hidden.length === 0 ? [] : [{ globalUserId, clear, hidden }];
  });
}
