import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PlatformSession } from '../connector.ts';
import { oneProduct, run } from '../testing/one-product.ts';
import type { World } from '../testing/world.ts';
import { emptyScene } from '../testing/world.ts';
import { ownerRole } from './mask-names.ts';

/** The SQL of the page, with the names of this world. */
async function removalSql(world: World): Promise<string> {
  const page = await readFile(join(import.meta.dirname, '../../../docs/connect-postgresql.md'), 'utf8');
  const [, text = ''] = /## Remove Stoa.*?```sql\n(.*?)```/s.exec(page) ?? [];
  const { username } = Object.assign({ username: '' }, world.input.credentials);
  return text.replaceAll('stoa_connector', username).replaceAll('stoa_owner', ownerRole(world.input));
}

/** What the page on connecting says of the way out, as it stands there. */
export function describeRemoval(title: string, makeWorld: () => Promise<World>): void {
  describe(title, () => {
    let world: World;
    let session: PlatformSession;
    beforeEach(async () => {
      world = await makeWorld();
      session = await world.connector.open(world.input);
    });
    afterEach(async () => {
      await session?.close();
      await world?.close();
    });
    const rolesOf = async (): Promise<string[]> => {
      const rows = await world.admin(`SELECT rolname AS name FROM pg_roles
        WHERE left(rolname, ${world.input.namePrefix.length}) = '${world.input.namePrefix}' ORDER BY rolname`);
      return rows.map((row) => String(row['name']));
    };

    it('leaves nothing of ours behind, and everything of others', async () => {
      const { scene } = await oneProduct({ world, session }, 'removed');
      await run({ world, session }, scene);
      await run({ world, session }, emptyScene());
      const { installationId, namePrefix } = world.input;
      const others = [`${namePrefix}p_900`, `${namePrefix}p_901`];
      await world.admin(`CREATE ROLE "${others[0]}" LOGIN; CREATE ROLE "${others[1]}";
        COMMENT ON ROLE "${others[1]}" IS 'stoa-pool ${installationId} elsewhere'`);
      await world.admin(await removalSql(world));
      expect(await rolesOf()).toEqual(others);
      const { username } = Object.assign({ username: '' }, world.input.credentials);
      const [left] =
        await world.admin(`SELECT (SELECT count(*)::int FROM pg_roles WHERE rolname = '${username}') AS accounts,
        (SELECT count(*)::int FROM pg_namespace WHERE nspname = 'stoa') AS schemas`);
      expect(left).toEqual({ accounts: 0, schemas: 0 });
    });

    it('takes nothing while access is left that was not taken back', async () => {
      const { scene } = await oneProduct({ world, session }, 'left');
      await run({ world, session }, scene);
      const before = await rolesOf();
      await expect(world.admin(await removalSql(world))).rejects.toThrow();
      expect(await rolesOf()).toEqual(before);
      await run({ world, session }, emptyScene());
    });
  });
}
