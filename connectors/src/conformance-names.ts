import { compileAccess } from '@stoa/core/access/compile';
import { diff } from '@stoa/core/provisioning/diff';
import { observeScope } from '@stoa/core/provisioning/observed';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Used } from './testing/one-product.ts';
import { oneProduct, run } from './testing/one-product.ts';
import { addUser, approve, factsOf, open, productOf } from './testing/settle.ts';
import { emptyScene } from './testing/world.ts';

/** Names that real warehouses and hostile people use. The reserved ones must be refused before they reach a statement. */
export const hostileNames = [
  'Mixed Case',
  'with"quote',
  "with'apostrophe",
  'semi;colon -- comment',
  '"; DROP TABLE x; --',
  'select',
  'user',
  'ünïcödé',
  '表',
  'back\\slash',
  'dollar$stoa$tag',
  'percent%s',
  '{brace,brace}',
  'NULL',
  'trailing ',
];
export const reservedNames = [
  'public',
  'PUBLIC',
  'none',
  'pg_monitor',
  'pg_read_all_data',
  'current_user',
  'a'.repeat(64),
  'ü'.repeat(32),
  '',
  'a\nb',
  'a\0b',
];

/** Names decide nothing: whoever has one, or takes it, gets what his id was given. */
export function describeNames(use: () => Used): void {
  it('grants on tables and to logins with awkward names, and on nothing beside them', async () => {
    const { world } = use();
    const scene = emptyScene();
    for (const name of hostileNames) scene.sources.push(await world.makeTable(name, 'hr'));
    scene.targets.push(productOf('awkward', scene.sources));
    const logins: string[] = [];
    for (const [n, name] of hostileNames.entries()) {
      logins.push(await addUser(world, scene, `u${n}`, world.unique(name)));
      approve(scene, 'awkward', `u${n}`);
    }
    const { states } = await run(use(), scene);
    expect(states.every((s) => s.state === 'ACTIVE')).toBe(true);
    for (const [n, login] of logins.entries()) {
      expect(await world.reads(login, scene.sources[n]?.objectPath ?? [])).toBe('rows');
    }
    expect(await world.reads(logins[0] ?? '', [world.unique('x'), 'secret', 'canary'])).toBe('refused');
  });

  it('refuses reserved, over-long and broken names as principals', async () => {
    const { session } = use();
    const resolved = await session.resolvePrincipals(reservedNames);
    expect(resolved.filter((r) => r.refusal === null).map((r) => r.name)).toEqual([]);
    expect(resolved.every((r) => r.platformId === null)).toBe(true);
  });

  it('resolves a random name to exactly that login or to nobody', async () => {
    const { world, session } = use();
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }), async (base) => {
        const name = `${base}${world.unique('')}`;
        const [before] = await session.resolvePrincipals([name]);
        if (before?.refusal !== null) return;
        const id = await world.makeLogin(name);
        const [after] = await session.resolvePrincipals([name]);
        expect(after).toMatchObject({ name, platformId: id, refusal: null });
      }),
      { numRuns: 25 },
    );
  });

  it('follows a table and a login that are renamed', async () => {
    const { world } = use();
    const { scene, source, login } = await oneProduct(use(), 'rename');
    await run(use(), scene);
    const table = world.unique('renamed');
    const path = source.objectPath.slice(1).map(world.quote).join('.');
    await world.admin(`ALTER TABLE ${path} RENAME TO ${world.quote(table)}`);
    await world.admin(`ALTER ROLE ${world.quote(login)} RENAME TO ${world.quote(world.unique('eve'))}`);
    expect((await run(use(), scene)).plan.steps).toEqual([]);
  });

  it('gives nothing to a table that was dropped and made again under the same name', async () => {
    const { world } = use();
    const { scene, source, login } = await oneProduct(use(), 'again');
    await run(use(), scene);
    const [, , name = ''] = source.objectPath;
    await world.admin(`DROP TABLE ${source.objectPath.slice(1).map(world.quote).join('.')}`);
    await world.makeTable(name);
    const { second, states } = await run(use(), scene);
    expect(second.blocked).toMatchObject([{ reason: 'object.missing', objectId: source.platformId }]);
    expect(states.map((s) => s.state)).toEqual(['FAILED']);
    expect(await world.reads(login, source.objectPath)).toBe('refused');
  });

  it('gives nothing to a login that was dropped and made again under the same name', async () => {
    const { world } = use();
    const { scene, source, login } = await oneProduct(use(), 'rehired');
    await run(use(), scene);
    await world.admin(`DROP ROLE ${world.quote(login)}`);
    await world.makeLogin(login);
    const { states } = await run(use(), scene);
    expect(states.map((s) => s.state)).toEqual(['AWAITING_IDENTITY']);
    expect(await world.reads(login, source.objectPath)).toBe('refused');
  });

  it('gives nothing to a table or a login that took the name between looking and acting', async () => {
    const { world, session } = use();
    const { scene, source, login } = await oneProduct(use(), 'swap');
    const desired = compileAccess(factsOf(world, scene));
    const before = await session.observe(observeScope(desired));
    const list = session.statements(diff(desired, before), before);
    const path = source.objectPath.slice(1).map(world.quote).join('.');
    const moved = world.quote(world.unique('moved'));
    await world.admin(`ALTER TABLE ${path} RENAME TO ${moved}`);
    const taker = await world.makeTable(source.objectPath[2] ?? '');
    const swapped = await session.apply(list, open);
    expect(swapped.map((r) => (r.status === 'failed' ? r.failure.code : r.status))).toContain('readback');
    expect(await world.reads(login, taker.objectPath)).toBe('refused');
    await world.admin(
      `DROP TABLE ${path}; ALTER TABLE sales.${moved} RENAME TO ${world.quote(source.objectPath[2] ?? '')}`,
    );
    await world.admin(`ALTER ROLE ${world.quote(login)} RENAME TO ${world.quote(world.unique('former'))}`);
    await world.makeLogin(login);
    const renamed = await session.apply(list, open);
    expect(renamed.map((r) => (r.status === 'failed' ? r.failure.code : r.status))).toContain('readback');
    expect(await world.reads(login, source.objectPath)).toBe('refused');
    await run(use(), scene);
    expect(await world.reads(login, source.objectPath)).toBe('refused');
  });

  it('grants nothing on an object whose owner changed after the crawl', async () => {
    const { world } = use();
    const { scene, source, login } = await oneProduct(use(), 'swapped');
    const path = source.objectPath.slice(1).map(world.quote).join('.');
    await world.admin(`ALTER TABLE ${path} OWNER TO CURRENT_USER`);
    const { second } = await run(use(), scene);
    expect(second.blocked).toMatchObject([{ reason: 'object.changed' }]);
    expect(await world.reads(login, source.objectPath)).toBe('refused');
  });
}
