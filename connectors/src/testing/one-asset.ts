import { addUser, approve, assetOf } from './settle.ts';
import type { Used } from './one-product.ts';
import { emptyScene } from './world.ts';

/** An asset of a schema of its own with one table, and one approved consumer. */
export async function oneAsset({ world }: Used, base: string) {
  const scene = emptyScene();
  const name = world.unique(base);
  const schema = await world.makeSchema(name);
  const table = await world.makeTable(world.unique('table'), name);
  scene.sources.push(table);
  const target = assetOf(base, [schema], [table]);
  scene.targets.push(target);
  const login = await addUser(world, scene, 'ada');
  const approval = approve(scene, base, 'ada');
  return { scene, schema, schemaName: name, table, target, login, approval };
}
