import type { Source } from '@stoa/core/access/model';
import { expect } from 'vitest';
import type { PlatformSession } from '../connector.ts';
import { addUser, approve, change, factsOf, productOf, settle } from './settle.ts';
import { emptyMaskScene, makeMaskedTable, type MaskScene, readerOf, settleMasks } from './settle-masks.ts';
import type { World } from './world.ts';
import { emptyScene } from './world.ts';

export type MaskUsed = { world: World; session: PlatformSession };

/** One consumer of one masked table, as the road would have given it to them: through the view. */
export type Masked = {
  readonly masks: MaskScene;
  readonly source: Source;
  readonly login: string;
  readonly principalId: string;
  /** The rows that the consumer's own login is shown. */
  readonly shown: (columns?: string, more?: string) => Promise<readonly Record<string, unknown>[]>;
  readonly path: () => string;
  /** Judges, writes and grants again. */
  readonly settle: (now?: number) => ReturnType<typeof settleMasks>;
};

/** Makes the table, protects it by the policies, and gives it to a consumer. */
export async function maskedTable(
  { world, session }: MaskUsed,
  about: {
    readonly columns: string;
    readonly rows?: string;
    readonly policies: MaskScene['policies'];
    readonly name?: string;
    readonly tags?: MaskScene['tags'];
    readonly attributes?: Record<string, string[]>;
    readonly groups?: string[];
  },
): Promise<Masked> {
  const masks = emptyMaskScene();
  Object.assign(masks.tags, about.tags ?? {});
  masks.policies.push(...about.policies);
  const name = about.name ?? world.unique('staff');
  const table = { name, columns: about.columns, ...(about.rows === undefined ? {} : { rows: about.rows }) };
  const source = await makeMaskedTable(world, session, masks, table);
  const scene = emptyScene();
  const login = await addUser(world, scene, world.unique('ada'));
  const principalId = scene.users[0]?.identity?.principalId ?? '';
  const { attributes = {}, groups = [] } = about;
  masks.readers.push(readerOf(principalId, { username: login, attributes, groups }));
  let view: Source | undefined;
  const run = async (now?: number) => {
    const settled = await settleMasks(session, masks, now);
    expect(settled.results.filter((result) => result.status !== 'done')).toEqual([]);
    view = settled.views.get(source.dataSourceId);
    return settled;
  };
  expect((await run()).second.steps).toEqual([]);
  if (view === undefined) throw new Error('the table was left without a view');
  scene.sources.push(view);
  const target = productOf(world.unique('masked'), [view]);
  scene.targets.push(target);
  approve(scene, target.targetId, scene.users[0]?.globalUserId ?? '');
  const granted = await settle(session, factsOf(world, scene));
  expect(granted.states.map(({ state, reason }) => [state, reason])).toEqual([['ACTIVE', null]]);
  const path = (): string => (view?.objectPath.slice(1) ?? []).map(world.quote).join('.');
  return {
    masks,
    source,
    login,
    principalId,
    path,
    shown: (columns = '*', more = '') => world.query(login, `SELECT ${columns} FROM ${path()} ${more}`),
    settle: async (now) => {
      const settled = await run(now);
      const [known] = scene.sources;
      if (known !== undefined && view !== undefined) change(scene.sources, known, view);
      await settle(session, factsOf(world, scene));
      return settled;
    },
  };
}
