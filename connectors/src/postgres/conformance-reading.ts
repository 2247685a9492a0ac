import { expect, it } from 'vitest';
import type { PlatformSession } from '../connector.ts';
import { oneProduct } from '../testing/one-product.ts';
import { sourceOf } from '../testing/postgres-world.ts';
import { factsOf, productOf, settle } from '../testing/settle.ts';
import type { World } from '../testing/world.ts';

type Used = { readonly world: World; readonly session: PlatformSession };

const pathOf = (world: World, path: readonly string[]): string => path.slice(1).map(world.quote).join('.');

/** Memberships and grants that are there, and by which nobody reads. */
export function describeReading(use: () => Used): void {
  it('calls a view that reads in its reader’s name readable only where what is below it is', async () => {
    const { world, session } = use();
    const [version] = await world.admin(`SELECT current_setting('server_version_num')::int AS v`);
    if (Number(version?.['v']) < 150_000) return;
    const { scene, source, login } = await oneProduct(use(), 'invoker');
    const table = pathOf(world, source.objectPath);
    const shut = pathOf(world, (await world.makeTable(world.unique('shut'), 'hr')).objectPath);
    const named = {
      open: `SELECT id FROM ${table}`,
      closed: `SELECT id FROM ${shut}`,
      nested: 'SELECT * FROM sales.closed',
    };
    for (const [name, text] of Object.entries({ ...named, owned: `SELECT id FROM ${shut}` })) {
      const option = name === 'owned' ? '' : 'WITH (security_barrier, security_invoker = on)';
      await world.admin(`CREATE VIEW sales.${name} ${option} AS ${text};
        GRANT SELECT ON sales.${name} TO ${world.quote(Object.assign({ username: '' }, world.input.credentials).username)} WITH GRANT OPTION`);
      scene.sources.push(await sourceOf(world.admin, source.objectPath[0] ?? '', ['sales', name]));
    }
    scene.targets.splice(0, 1, productOf('invoker', scene.sources));
    const told = async () => (await settle(session, factsOf(world, scene))).states.map((s) => s.reason ?? s.state);
    const closed = 'object.reads_as_reader';
    expect(await told()).toEqual(['ACTIVE', 'ACTIVE', closed, closed, 'ACTIVE']);
    const reads = () => Promise.all(scene.sources.map((s) => world.reads(login, s.objectPath)));
    expect(await reads()).toEqual(['rows', 'rows', 'refused', 'refused', 'rows']);
    await world.admin(`GRANT SELECT (id) ON ${shut} TO PUBLIC`);
    expect(await told()).toEqual(['ACTIVE', 'ACTIVE', 'ACTIVE', 'ACTIVE', 'ACTIVE']);
    expect(await reads()).toEqual(['rows', 'rows', 'rows', 'rows', 'rows']);
    await world.admin('DROP VIEW sales.nested, sales.closed, sales.open, sales.owned');
  });

  it('calls nothing active for a login that cannot sign in, and moves the fingerprint with it', async () => {
    const { world, session } = use();
    const { scene, login } = await oneProduct(use(), 'signin');
    const facts = () => factsOf(world, scene);
    expect((await settle(session, facts())).states.map((s) => s.state)).toEqual(['ACTIVE']);
    for (const [damage, mend, reason] of [
      ['NOLOGIN', 'LOGIN', 'principal.no_login'],
      [`VALID UNTIL '2020-01-01'`, `VALID UNTIL 'infinity'`, 'principal.password_expired'],
    ]) {
      const before = await session.fingerprint();
      await world.admin(`ALTER ROLE ${world.quote(login)} ${damage}`);
      expect((await session.fingerprint()).principals).not.toBe(before.principals);
      expect((await settle(session, facts())).states).toMatchObject([{ state: 'FAILED', reason }]);
      await world.admin(`ALTER ROLE ${world.quote(login)} ${mend}`);
      expect((await settle(session, facts())).states.map((s) => s.state)).toEqual(['ACTIVE']);
    }
  });
}
