import { isProtected } from '@stoa/core/masking/model';
import type { DesiredView } from '@stoa/core/masking/plan';
import type { ReaderFacts } from '@stoa/core/masking/predicate';
import { keysOf, readersAsked, tightestView } from '@stoa/core/masking/tightest-view';
import { formulaExemption, type ProtectedView } from '@stoa/core/masking/view';
import { sql } from 'kysely';
import type { Reader } from '../db/pool.ts';
import type { CompiledMasks, CompiledSource } from './compile-masks.ts';
import { loadReaders } from './load-readers.ts';

type View = Omit<DesiredView, 'known'>;

/** The views that are to stand on a connection. */
export type WantedViews = {
  readonly views: readonly View[];
  /** Sources whose view shows less than policies let it, until the checks of the connection pass. */
  readonly held: ReadonlySet<number>;
  /** What has to stand on the platform about readers. */
  readonly needed: ReaderFacts;
  /** Whom these views except. */
  readonly formulas: CompiledMasks['formulas'];
};

/**
 * What policies make of each source. Where grants wait, loosening a view would be one: it is written as tight as it stands and as it is
 * wanted, and stays where policies ask for none any more. A view of which it is not known what it shows is written as wanted.
 */
export async function wantedViews(
  db: Reader,
  compiled: CompiledMasks,
  { connectionId, holdsGrants }: { connectionId: string; holdsGrants: boolean },
): Promise<WantedViews> {
  const described = holdsGrants ? await readDescribed(db, connectionId) : new Map<number, ProtectedView>();
  const held = new Set<number>();
  const views = compiled.sources.flatMap((source) => {
    const { dataSourceId } = source.verdict;
    const standing = described.get(dataSourceId);
    const view = standing === undefined ? source.view : tightened(source, standing);
    if (view !== source.view) held.add(dataSourceId);
    return view === null ? [] : [view];
  });
  const asked = [
    compiled.needed,
    ...views.filter(({ view }) => held.has(view.dataSourceId)).map((one) => readersAsked(one.view)),
  ];
  const needed = {
    attributes: new Set(asked.flatMap(({ attributes }) => [...attributes])),
    groups: asked.some(({ groups }) => groups),
    fields: new Set(asked.flatMap(({ fields }) => [...fields])),
  };
  const formulas = [...compiled.formulas, ...(await keptFormulas(db, compiled, { connectionId, views, held }))];
  return { views, held, needed, formulas };
}

type Held = Pick<WantedViews, 'views' | 'held'> & { readonly connectionId: string };

/** Those that no policy has any more and that a view which waits names: whom it excepts goes on seeing what they saw. */
async function keptFormulas(db: Reader, compiled: CompiledMasks, { connectionId, views, held }: Held) {
  if (held.size === 0) return [];
  const named = new Set(views.flatMap(({ view }) => (held.has(view.dataSourceId) ? [...keysOf(view)] : [])));
  const wanted = new Set(compiled.formulas.map(({ id }) => id));
  const { formulas } = await loadReaders(db, connectionId, []);
  return formulas.filter(({ id }) => !wanted.has(id) && named.has(formulaExemption(id)));
}

/** The very view of the source where nothing of it waits. */
function tightened({ view, verdict, platformId, source }: CompiledSource, standing: ProtectedView): View | null {
  if (view === null) return isProtected(verdict) || platformId === null ? null : { view: standing, platformId };
  const ordinals = new Set(source.columns.map((column) => column.ordinal));
  const tight = tightestView(standing, view.view, ordinals);
  return JSON.stringify(tight) === JSON.stringify(view.view) ? view : { ...view, view: tight };
}

async function readDescribed(db: Reader, connectionId: string): Promise<Map<number, ProtectedView>> {
  const { rows } = await sql<{ id: number; description: ProtectedView }>`
    select data_source_id as id, description::json as description from source_protection
    where connection_id = ${connectionId} and state = 'view' and description is not null`.execute(db);
  return new Map(rows.map(({ id, description }) => [id, description]));
}
