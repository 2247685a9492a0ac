import { expect, it } from 'vitest';
import type { Used } from './testing/one-product.ts';
import { run } from './testing/one-product.ts';
import { oneAsset } from './testing/one-asset.ts';
import { addUser, approve, change, factsOf, settle } from './testing/settle.ts';
import { emptyScene } from './testing/world.ts';

const listed = (sources: readonly { readonly dataSourceId: number }[]) =>
  sources.map(({ dataSourceId }) => ({ dataSourceId, outOfDomain: false }));

/** What every connector must do with an asset that gives what is below it: now, and once a crawl has found what is new. */
export function describeAssets(use: () => Used): void {
  it('opens what is in a schema, and what is made in it later once a crawl has found it', async () => {
    const { world } = use();
    const { scene, schemaName, table, target, login } = await oneAsset(use(), 'schema');
    const beside = await world.makeTable(world.unique('beside'));
    await run(use(), scene);
    expect(await world.reads(login, table.objectPath)).toBe('rows');
    expect(await world.reads(login, beside.objectPath)).toBe('refused');
    const later = await world.makeTable(world.unique('later'), schemaName);
    scene.sources.push(later);
    change(scene.targets, target, { sources: listed([table, later]) });
    const { states } = await run(use(), scene);
    expect(await world.reads(login, later.objectPath)).toBe('rows');
    expect(states.map((state) => state.state)).toEqual(['ACTIVE', 'ACTIVE']);
  });

  it('is made with its first member, kept when the last one goes, and then opened by one statement', async () => {
    const { world, session } = use();
    const { scene, table, approval } = await oneAsset(use(), 'kept');
    const first = scene.approvals.splice(0);
    await run(use(), emptyScene());
    expect((await run(use(), scene)).statements).toEqual([]);
    scene.approvals.push(...first);
    await run(use(), scene);
    change(scene.approvals, approval, { ended: true });
    expect((await run(use(), scene)).statements.map((s) => s.step.kind)).toEqual(['end-members']);
    const login = await addUser(world, scene, 'bob');
    approve(scene, 'kept', 'bob');
    const keys = [{ targetId: 'kept', globalUserId: 'bob' }];
    const settled = await settle(session, factsOf(world, scene, { kind: 'keys', keys }));
    expect(settled.statements.map((s) => s.step.kind)).toEqual(['add-members']);
    expect(await world.reads(login, table.objectPath)).toBe('rows');
  });

  it('follows a schema that is renamed, and not a table that is moved out of it', async () => {
    const { world } = use();
    const { scene, schemaName, table, target, login } = await oneAsset(use(), 'moved');
    await run(use(), scene);
    const renamed = world.unique('renamed');
    await world.admin(`ALTER SCHEMA ${world.quote(schemaName)} RENAME TO ${world.quote(renamed)}`);
    const [database = '', , name = ''] = table.objectPath;
    expect(await world.reads(login, [database, renamed, name])).toBe('rows');
    expect((await run(use(), scene)).statements).toEqual([]);
    const elsewhere = await world.makeTable(world.unique('elsewhere'));
    await world.admin(`ALTER TABLE ${world.quote(renamed)}.${world.quote(name)} SET SCHEMA sales`);
    const { plan } = await run(use(), scene);
    expect(plan.steps.map((step) => step.kind).filter((kind) => kind.startsWith('revoke'))).toContain('revoke-objects');
    expect(await world.reads(login, [database, 'sales', name])).toBe('refused');
    expect(await world.reads(login, elsewhere.objectPath)).toBe('refused');
    // A crawl has seen that the table is another schema's.
    change(scene.targets, target, { sources: [] });
    expect((await run(use(), scene)).statements).toEqual([]);
  });

  it('takes away what is disabled or withheld below it, and gives it back', async () => {
    const { world } = use();
    const { scene, table, target, login } = await oneAsset(use(), 'withheld');
    await run(use(), scene);
    const disabled = change(scene.sources, table, { enabled: false });
    await run(use(), scene);
    expect(await world.reads(login, table.objectPath)).toBe('refused');
    change(scene.sources, disabled, { enabled: true });
    await run(use(), scene);
    expect(await world.reads(login, table.objectPath)).toBe('rows');
    const schemas = target.parent?.schemas ?? [];
    change(scene.targets, target, { sources: [], parent: { schemas, withheld: [table.platformId] } });
    await run(use(), scene);
    expect(await world.reads(login, table.objectPath)).toBe('refused');
  });

  it('leaves no trace when its schema is dropped and its asset goes', async () => {
    const { world } = use();
    const { scene, schemaName, target, approval, schema } = await oneAsset(use(), 'gone');
    const { desired } = await run(use(), scene);
    await world.admin(`DROP SCHEMA ${world.quote(schemaName)} CASCADE`);
    scene.sources.length = 0;
    const empty = change(scene.targets, target, { sources: [], parent: { schemas: [schema], withheld: [] } });
    expect((await run(use(), scene)).statements).toEqual([]);
    change(scene.approvals, approval, { ended: true });
    change(scene.targets, empty, { deleted: true });
    const { after } = await run(use(), scene);
    expect(after.containers.map((container) => container.name)).not.toContain(desired.containers[0]?.name);
  });
}
