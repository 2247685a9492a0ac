import { expect, it } from 'vitest';
import { type MaskUsed, maskedTable } from '../testing/masked-table.ts';
import { emptyMaskScene, makeMaskedTable, maskOf, recrawl, settleMasks } from '../testing/settle-masks.ts';

const table = { columns: 'id int\n email text\n phone text', rows: "(1, 'a', 'b')" };
const hidden = () => maskOf('email', { maskingType: 'constant', value: '*' });

export function describeTampering(use: () => MaskUsed): void {
  it('mends a view that somebody changed, and says so', async () => {
    const { world } = use();
    const { shown, path, source, settle: again } = await maskedTable(use(), { ...table, policies: [hidden()] });
    const base = source.objectPath.slice(1).map(world.quote).join('.');
    await world.admin(`CREATE OR REPLACE VIEW ${path()} AS SELECT id, email, phone FROM ${base}`);
    expect(await shown('email')).toEqual([{ email: 'a' }]);
    const mended = await again();
    expect(mended.plan.tampered.map((view) => view.dataSourceId)).toEqual([source.dataSourceId]);
    expect(mended.statements.map(({ step }) => step.kind)).toEqual(['write-view']);
    expect(await shown('email')).toEqual([{ email: '*' }]);
    await world.admin(`ALTER VIEW ${path()} SET (security_barrier = true)`);
    expect((await again()).plan.tampered).toHaveLength(1);
  });

  it('takes an exemption away that others have written', async () => {
    const { world } = use();
    const { masks, shown, login, settle: again } = await maskedTable(use(), { ...table, policies: [hidden()] });
    const key = [...masks.numbers.values()][0] ?? 0;
    await world.admin(`INSERT INTO stoa.ent SELECT rolname, oid, 'exempt', 'um_${key.toString(36)}', '', NULL, '${world.input.connectionId}'
      FROM pg_roles WHERE rolname = '${login}'`);
    expect(await shown('email')).toEqual([{ email: 'a' }]);
    expect((await again()).statements.map(({ step }) => step.kind)).toEqual(['end-entitlements']);
    expect(await shown('email')).toEqual([{ email: '*' }]);
  });

  it('shows no new column before it was crawled and judged', async () => {
    const { world, session } = use();
    const { masks, shown, source, settle: again } = await maskedTable(use(), { ...table, policies: [hidden()] });
    const name = source.objectPath.slice(1).map(world.quote).join('.');
    await world.admin(`ALTER TABLE ${name} ADD COLUMN email2 text DEFAULT 'c'`);
    expect((await again()).statements).toEqual([]);
    expect(Object.keys((await shown())[0] ?? {})).toEqual(['id', 'email', 'phone']);
    masks.policies.push(maskOf('email2', { maskingType: 'constant', value: '*' }));
    await recrawl(session, masks, source);
    await again();
    expect(await shown()).toEqual([{ id: 1, email: '*', phone: 'b', email2: '*' }]);
  });
}

export function describeTableChanges(use: () => MaskUsed): void {
  it('goes on masking a column that was renamed, and follows once it was crawled', async () => {
    const { world, session } = use();
    const {
      masks,
      shown,
      source,
      settle: again,
    } = await maskedTable(use(), {
      ...table,
      policies: [maskOf('email|mail', { maskingType: 'constant', value: '*' })],
    });
    const name = source.objectPath.slice(1).map(world.quote).join('.');
    await world.admin(`ALTER TABLE ${name} RENAME COLUMN email TO mail`);
    const stale = await again();
    expect(stale.statements).toEqual([]);
    expect(stale.plan.standing.get(source.dataSourceId)?.isStale).toBe(true);
    expect(await shown()).toEqual([{ id: 1, email: '*', phone: 'b' }]);
    await recrawl(session, masks, source);
    await again();
    expect(await shown()).toEqual([{ id: 1, mail: '*', phone: 'b' }]);
  });

  it('leaves a table closed that was changed under its view, or made anew, until it was crawled', async () => {
    const { world, session } = use();
    const {
      masks,
      shown,
      source,
      path,
      login,
      settle: again,
    } = await maskedTable(use(), { ...table, policies: [hidden()] });
    const name = source.objectPath.slice(1).map(world.quote).join('.');
    await expect(world.admin(`ALTER TABLE ${name} ALTER COLUMN phone TYPE int USING 1`)).rejects.toThrow(/view/);
    await world.admin(`DROP VIEW ${path()}; ALTER TABLE ${name} ALTER COLUMN phone TYPE int USING 1`);
    const changed = await settleMasks(session, masks);
    expect([...changed.plan.closed]).toEqual([[source.dataSourceId, 'protection.table_changed']]);
    await expect(shown()).rejects.toThrow(/does not exist/);
    expect(await world.reads(login, source.objectPath)).toBe('refused');
    await recrawl(session, masks, source);
    await again();
    expect(await shown()).toEqual([{ id: 1, email: '*', phone: 1 }]);
    await world.admin(
      `DROP TABLE ${name} CASCADE; SET ROLE ${world.quote(world.owner)}; CREATE TABLE ${name} AS SELECT 2 AS id, 'z'::text AS email; RESET ROLE`,
    );
    const gone = await settleMasks(session, masks);
    expect([...gone.plan.closed]).toEqual([[source.dataSourceId, 'protection.table_missing']]);
    expect(await world.reads(login, source.objectPath)).toBe('refused');
    await recrawl(session, masks, source);
    await again();
    expect(await shown()).toEqual([{ id: 2, email: '*' }]);
  });
}

export function describeViewPlaces(use: () => MaskUsed): void {
  it('drops the view of a source without policies, and makes it anew when its columns do not fit', async () => {
    const { session, world } = use();
    const { masks, shown, source, path, settle: again } = await maskedTable(use(), { ...table, policies: [hidden()] });
    masks.policies.push(maskOf('phone', { maskingType: 'null' }));
    expect((await again()).statements.map(({ step }) => step.kind)).toEqual(['write-view']);
    expect(await shown()).toEqual([{ id: 1, email: '*', phone: null }]);
    const before = path();
    masks.policies.length = 0;
    const settled = await settleMasks(session, masks);
    expect(settled.statements.map(({ step }) => step.kind)).toEqual(['drop-view']);
    expect(settled.second.steps).toEqual([]);
    await expect(world.admin(`SELECT FROM ${before}`)).rejects.toThrow(/does not exist/);
    expect(masks.known.has(source.dataSourceId)).toBe(true);
  });

  it('writes over nothing of others, and stays closed where others have the name', async () => {
    const { world, session } = use();
    const masks = emptyMaskScene();
    masks.policies.push(hidden());
    const name = world.unique('taken');
    const source = await makeMaskedTable(world, session, masks, { name, columns: 'email text' });
    await world.admin(`CREATE SCHEMA IF NOT EXISTS shared_hr; CREATE TABLE shared_hr.${world.quote(name)} (id int)`);
    const settled = await settleMasks(session, masks);
    expect(settled.statements).toEqual([]);
    expect([...settled.plan.closed]).toEqual([[source.dataSourceId, 'protection.name_taken']]);
  });

  it('crawls none of its own views', async () => {
    const { session } = use();
    const { path } = await maskedTable(use(), { ...table, policies: [hidden()] });
    const found: string[] = [];
    for await (const object of session.crawl([])) found.push(object.objectPath.slice(1).join('.'));
    expect(found).not.toContain(path().replaceAll('"', ''));
    expect(found.some((one) => one.startsWith('shared_'))).toBe(false);
  });

  it('moves the fingerprint with a view or an exemption that others touch', async () => {
    const { world, session } = use();
    const { path } = await maskedTable(use(), { ...table, policies: [hidden()] });
    const before = await session.fingerprint();
    expect(await session.fingerprint()).toEqual(before);
    await world.admin(`ALTER VIEW ${path()} SET (security_barrier = true)`);
    const after = await session.fingerprint();
    expect(after).not.toEqual(before);
    await world.admin(`INSERT INTO stoa.ent VALUES ('x', 1, 'exempt', 'um_zz', '', NULL, 'other')`);
    expect(await session.fingerprint()).not.toEqual(after);
  });

  it('moves the fingerprint with a column of a masked table that is renamed', async () => {
    const { world, session } = use();
    const { source } = await maskedTable(use(), { ...table, policies: [hidden()] });
    const name = source.objectPath.slice(1).map(world.quote).join('.');
    const before = await session.fingerprint();
    await world.admin(`ALTER TABLE ${name} RENAME COLUMN phone TO mobile`);
    expect(await session.fingerprint()).not.toEqual(before);
    await world.admin(`ALTER TABLE ${name} RENAME COLUMN mobile TO phone`);
    expect(await session.fingerprint()).toEqual(before);
  });
}
