import { expect } from 'vitest';
import type { PlatformSession } from '../connector.ts';
import { addUser, approve, factsOf, productOf, settle } from './settle.ts';
import type { Scene, World } from './world.ts';
import { emptyScene } from './world.ts';

export type Used = { readonly world: World; readonly session: PlatformSession };

/** Settles and holds the promises that hold for every run: nothing failed, and a second plan is empty. */
export async function run({ world, session }: Used, scene: Scene) {
  const settled = await settle(session, factsOf(world, scene));
  expect(settled.results.filter((r) => r.status !== 'done')).toEqual([]);
  expect(settled.second.steps).toEqual([]);
  return settled;
}

/** A product over one new table, with one approved consumer. */
export async function oneProduct({ world }: Used, base: string) {
  const scene = emptyScene();
  const source = await world.makeTable(world.unique(base));
  scene.sources.push(source);
  const target = productOf(base, [source]);
  scene.targets.push(target);
  const login = await addUser(world, scene, 'ada');
  const approval = approve(scene, base, 'ada');
  return { scene, source, target, login, approval };
}
