import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PlatformSession } from '../connector.ts';
import { addUser, approve, factsOf, productOf, settle } from '../testing/settle.ts';
import type { World } from '../testing/world.ts';
import { emptyScene } from '../testing/world.ts';
import { mostGrants } from './server-facts.ts';

/** What is beyond reach: what PostgreSQL has no room for (a list of grants is one row of the catalog), and what is no data. */
export function describeLimits(title: string, makeWorld: () => Promise<World>): void {
  describe(title, () => {
    let world: World;
    let session: PlatformSession;
    let crowd: readonly string[] = [];
    beforeAll(async () => {
      world = await makeWorld();
      session = await world.connector.open(world.input);
      crowd = await makeRoles(world, mostGrants);
    });
    afterAll(async () => {
      await session?.close();
      await world?.admin(`DROP OWNED BY ${crowd.join(', ')}; DROP ROLE ${crowd.join(', ')}`);
      await world?.close();
    });

    it('crawls nothing that an extension brought along', async () => {
      await world.admin('CREATE SCHEMA brought; CREATE EXTENSION pg_stat_statements SCHEMA brought');
      const found: string[] = [];
      for await (const object of session.crawl([])) found.push(object.objectPath.slice(1).join('.'));
      await world.admin('DROP EXTENSION pg_stat_statements; DROP SCHEMA brought');
      expect(found).toContain('brought');
      expect(found.filter((one) => one.startsWith('brought.'))).toEqual([]);
    });

    it('leaves out a table that takes no further role, says so, and opens the rest of the product', async () => {
      const scene = emptyScene();
      const [full, other] = [await world.makeTable(world.unique('full')), await world.makeTable(world.unique('other'))];
      scene.sources.push(full, other);
      scene.targets.push(productOf('crowded', [full, other]));
      const login = await addUser(world, scene, 'ada');
      approve(scene, 'crowded', 'ada');
      const [, schema = '', name = ''] = full.objectPath;
      const table = `${world.quote(schema)}.${world.quote(name)}`;
      // The owner and our account stand on it already, so that the last of the crowd finds no room.
      await world.admin(`GRANT SELECT ON ${table} TO ${crowd.slice(0, -2).join(', ')}`);
      const crowded = await settle(session, factsOf(world, scene));
      expect(crowded.plan.blocked).toEqual([{ targetId: 'crowded', reason: 'object.full', objectId: full.platformId }]);
      expect(crowded.results.filter((result) => result.status !== 'done')).toEqual([]);
      expect(crowded.states.map(({ state, reason }) => [state, reason])).toEqual([
        ['FAILED', 'object.full'],
        ['ACTIVE', null],
      ]);
      expect([await world.reads(login, full.objectPath), await world.reads(login, other.objectPath)]).toEqual([
        'refused',
        'rows',
      ]);
      expect(crowded.second.steps).toEqual([]);
      // One place is enough, and the list as long as it may be is no trouble for the server.
      await world.admin(`REVOKE SELECT ON ${table} FROM ${crowd[0] ?? ''}`);
      const settled = await settle(session, factsOf(world, scene));
      expect(settled.states.map((state) => state.state)).toEqual(['ACTIVE', 'ACTIVE']);
      expect(settled.second.steps).toEqual([]);
      expect(await world.reads(login, full.objectPath)).toBe('rows');
    });

    it('does the same where a schema takes no further role', async () => {
      const scene = emptyScene();
      const schema = world.unique('crowded_schema');
      await world.makeSchema(schema);
      const table = await world.makeTable(world.unique('inside'), schema);
      scene.sources.push(table);
      scene.targets.push(productOf('inside', [table]));
      await addUser(world, scene, 'ada');
      approve(scene, 'inside', 'ada');
      await world.admin(`GRANT USAGE ON SCHEMA ${world.quote(schema)} TO ${crowd.slice(0, -2).join(', ')}`);
      const { plan, results } = await settle(session, factsOf(world, scene));
      expect(plan.blocked).toMatchObject([{ reason: 'object.full', objectId: table.platformId }]);
      expect(results.filter((result) => result.status !== 'done')).toEqual([]);
    });
  });
}

async function makeRoles(world: World, count: number): Promise<readonly string[]> {
  const names = Array.from({ length: count }, (_, at) => world.quote(`${world.unique('crowd')}_${at}`));
  await world.admin(names.map((name) => `CREATE ROLE ${name}`).join('; '));
  return names;
}
