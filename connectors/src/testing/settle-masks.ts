import { dataBody } from '@stoa/contract/policy';
import type { Source } from '@stoa/core/access/model';
import { personFacts, sourceFacts } from '@stoa/core/condition/facts';
import { desiredEntitlements, type Exemption, type Reader } from '@stoa/core/masking/entitlements';
import { sourceJudge } from '@stoa/core/masking/judge-source';
import { isProtected, type DataPolicy, type GovernedSource, type SourceVerdict } from '@stoa/core/masking/model';
import type { MaskScope, ObservedMasks } from '@stoa/core/masking/observed';
import { diffMasks, type DesiredMasks, type KnownView, type MaskPlan } from '@stoa/core/masking/plan';
import { columnKeyOf, describeView, keysNeeded, readersNeeded } from '@stoa/core/masking/view';
import type { CrawledObject, MaskResult, MaskStatement, PlatformSession } from '../connector.ts';
import { viewFingerprint } from '@stoa/core/masking/plan';
import type { World } from './world.ts';

/** The facts of a test of masks, changed freely between runs; and what a server would have kept from the last run. */
export type MaskScene = {
  /** As a crawl saw them last; a test crawls again by `recrawl`. */
  tables: Map<number, { source: Source; object: CrawledObject }>;
  /** By column name. */
  tags: Record<string, readonly string[]>;
  policies: DataPolicy[];
  readers: Reader[];
  /** By login: columns in clear, with their ends. */
  exceptions: { principalId: string; source: Source; column: string; notAfter: number | null }[];
  known: Map<number, KnownView>;
  numbers: Map<string, number>;
};

export const emptyMaskScene = (): MaskScene => ({
  tables: new Map(),
  tags: {},
  policies: [],
  readers: [],
  exceptions: [],
  known: new Map(),
  numbers: new Map(),
});

/** Looks at a table as a crawl does. */
export async function recrawl(session: PlatformSession, scene: MaskScene, source: Source): Promise<void> {
  for await (const object of session.crawl(source.objectPath)) {
    if (object.objectPath.length === 3)
      scene.tables.set(source.dataSourceId, { source: { ...source, platformId: object.platformId }, object });
  }
}

let policyNumber = 0;

/** A policy for everyone, everywhere, unless said otherwise. */
export function policyOf(body: object): DataPolicy {
  policyNumber += 1;
  return {
    id: `policy-${policyNumber}`,
    number: policyNumber,
    policyKey: `d${policyNumber}`,
    name: `Policy ${policyNumber}`,
    scope: { kind: 'global' },
    body: dataBody.parse({ who: { for: 'everyone' }, circumstances: [{ type: 'all' }], ...body }),
  };
}

/** Masks one column, by name. */
export const maskOf = (column: string, masking: object, more: object = {}): DataPolicy =>
  policyOf({ action: { kind: 'mask', masking, target: { columns: 'nameRegex', regex: column } }, ...more });

export function readerOf(
  principalId: string,
  about: { username?: string; groups?: string[]; attributes?: Record<string, string[]> } = {},
): Reader {
  const raw = {
    username: about.username ?? 'x',
    iam: null,
    groups: about.groups ?? [],
    attributes: about.attributes ?? {},
  };
  return { principalId, raw, person: personFacts({ globalUserId: principalId, ...raw }) };
}

function governed(scene: MaskScene, { source, object }: { source: Source; object: CrawledObject }): GovernedSource {
  const columns = object.columns.map((column) => ({
    ordinal: column.ordinal,
    name: column.name,
    nativeType: column.nativeType,
    family: column.typeFamily,
    tags: new Set(scene.tags[column.name] ?? []),
  }));
  const rows = columns.map(({ name, tags }) => ({ name, tags: [...tags] }));
  const { dataSourceId, objectPath } = source;
  return {
    facts: sourceFacts({ dataSourceId, connectionKey: 'wh', hostname: null, objectPath, tags: [], columns: rows }),
    domainIds: new Set(),
    columns,
    exposure: 'auto',
  };
}

function numberOf(scene: MaskScene, key: string): number {
  const number = scene.numbers.get(key) ?? scene.numbers.size + 1;
  scene.numbers.set(key, number);
  return number;
}

export type SettledMasks = {
  readonly verdicts: readonly SourceVerdict[];
  readonly plan: MaskPlan;
  readonly statements: readonly MaskStatement[];
  readonly results: readonly MaskResult[];
  readonly second: MaskPlan;
  /** The view of each protected source, as a source that can be granted. */
  readonly views: ReadonlyMap<number, Source>;
};

/** Everything that should stand, and what has to be looked at for it. */
export function desiredMasks(scene: MaskScene, now: number, proven: ReadonlySet<string> = new Set()) {
  const abilities = {
    maskTypes: new Set(['null', 'constant', 'regex', 'hash', 'rounding', 'custom'] as const),
    rowKinds: new Set(['match', 'where', 'time']),
    provenCustom: proven,
  };
  const judge = sourceJudge(scene.policies, abilities);
  const sources = [...scene.tables.values()].map((table) => ({ table, given: governed(scene, table) }));
  const judged = sources
    .map(({ table, given }) => ({ table, given, verdict: judge(given) }))
    .filter(({ verdict }) => isProtected(verdict));
  const formulas = new Map<string, ReturnType<typeof keysNeeded>['formulas'][number] & { id: number }>();
  const columns = new Map<string, number>();
  for (const { given, verdict } of judged) {
    const needed = keysNeeded(given, verdict);
    for (const formula of needed.formulas)
      formulas.set(formula.text, { ...formula, id: numberOf(scene, formula.text) });
    for (const key of needed.columns) columns.set(key, numberOf(scene, key));
  }
  const book = { columns, formulas: new Map([...formulas].map(([text, { id }]) => [text, id])) };
  const exemptions = scene.exceptions.flatMap(({ principalId, source, column, notAfter }): Exemption[] => {
    const found = scene.tables.get(source.dataSourceId)?.object.columns.find(({ name }) => name === column);
    const key =
      found && columns.get(columnKeyOf(source.dataSourceId, { ordinal: found.ordinal, family: found.typeFamily }));
    return key === undefined ? [] : [{ principalId, columnKey: key, notAfter }];
  });
  const desired: DesiredMasks = {
    views: judged.map(({ table, given, verdict }) => ({
      view: describeView(given, verdict, book),
      platformId: table.source.platformId,
      known: scene.known.get(table.source.dataSourceId) ?? null,
    })),
    entitlements: desiredEntitlements({
      now,
      readers: scene.readers,
      formulas: [...formulas.values()],
      exemptions,
      needed: readersNeeded(judged.map(({ verdict }) => verdict)),
    }),
    isWhole: true,
  };
  const scope: MaskScope = {
    sources: 'all',
    bases: judged.map(({ table }) => ({
      dataSourceId: table.source.dataSourceId,
      platformId: table.source.platformId,
    })),
    readers: 'all',
  };
  return { desired, scope, judged };
}

/** One run of masks: judge, observe, plan, apply, observe, keep what was read back, plan again. */
export async function settleMasks(
  session: PlatformSession,
  scene: MaskScene,
  now = Date.now(),
  proven?: ReadonlySet<string>,
): Promise<SettledMasks> {
  const { desired, scope, judged } = desiredMasks(scene, now, proven);
  const before = await session.observeMasks(scope);
  const plan = diffMasks(desired, before);
  const statements = session.maskStatements(plan, before);
  const results = await session.applyMasks(statements, { holds: () => Promise.resolve(true) });
  const after = await session.observeMasks(scope);
  remember(scene, results, after);
  const again = desiredMasks(scene, now, proven).desired;
  const second = diffMasks(again, after);
  const views = new Map<number, Source>();
  for (const { table } of judged) {
    const standing = second.standing.get(table.source.dataSourceId);
    if (standing === undefined) continue;
    const { platformId, schemaId, objectPath, ownerId } = standing.view;
    views.set(table.source.dataSourceId, {
      ...table.source,
      platformId,
      schemaPlatformId: schemaId,
      objectPath,
      objectType: 'view',
      ownerPlatformId: ownerId,
    });
  }
  return { verdicts: judged.map(({ verdict }) => verdict), plan, statements, results, second, views };
}

function remember(scene: MaskScene, results: readonly MaskResult[], after: ObservedMasks): void {
  const views = new Map(after.views.map((view) => [view.dataSourceId, view]));
  for (const { statement, status } of results) {
    if (status !== 'done' || statement.step.kind !== 'write-view') continue;
    const { view, base } = statement.step;
    const there = views.get(view.dataSourceId);
    if (there === undefined) continue;
    const { platformId, bodyHash } = there;
    scene.known.set(view.dataSourceId, { platformId, bodyHash, fingerprint: viewFingerprint(view, base) });
  }
}

/** Makes a table with rows, which the account may share, and has it crawled. */
export async function makeMaskedTable(
  world: World,
  session: PlatformSession,
  scene: MaskScene,
  { name, columns, rows, schema = 'hr' }: { name: string; columns: string; rows?: string; schema?: string },
): Promise<Source> {
  const source = await world.makeTable(name, schema);
  const table = `${world.quote(schema)}.${world.quote(name)}`;
  await world.admin(`SET ROLE ${world.quote(world.owner)}; ALTER TABLE ${table} DROP COLUMN note, DROP COLUMN id;
    ${columns
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map((line) => `ALTER TABLE ${table} ADD COLUMN ${line};`)
      .join('\n')}
    DELETE FROM ${table}; ${rows === undefined ? '' : `INSERT INTO ${table} VALUES ${rows};`} RESET ROLE`);
  await recrawl(session, scene, source);
  return source;
}
