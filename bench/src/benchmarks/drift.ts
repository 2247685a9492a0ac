import { addConsumers } from '../people.ts';
import { publishTables, quoted } from '../products.ts';
import type { Figure } from '../report.ts';
import { approve, askFor, untilActive, untilTrue } from '../requests.ts';
import type { World } from '../world.ts';

const rounds = 3;

/** Takes a membership away as a DBA would, without a word to Stoa, and waits for the sweep to find it and put it back. */
export async function measureDrift(world: World): Promise<Figure[]> {
  const site = await world.small();
  const { superuser } = site.platform;
  const { productId } = await publishTables(world, site, { name: 'Drift', tables: 6 });
  const people = await addConsumers(world.db, superuser, { prefix: 'drift', count: rounds });
  const asked = await askFor(world, productId, people);
  const [found, healed]: [number[], number[]] = [[], []];
  for (const one of asked) {
    await approve(world, one.requestId);
    await untilActive(world.db, one.requestId);
    const { rows } = await superuser.query<{ role: string; grantor: string }>(
      `select r.rolname as role, g.rolname as grantor from pg_auth_members m join pg_roles r on r.oid = m.roleid
         join pg_roles g on g.oid = m.grantor where m.member = $1::regrole`,
      [one.username],
    );
    const [membership] = rows;
    if (membership === undefined) throw new Error('the membership is not there');
    const start = performance.now();
    await superuser.query(
      `revoke ${quoted(membership.role)} from ${quoted(one.username)} granted by ${quoted(membership.grantor)}`,
    );
    const look = {
      text: `select exists (select from drift_finding where finding = 'missing' and principal = $1)`,
      values: [one.username],
    };
    await untilTrue(world.db, look, { every: 50, seconds: 90 });
    found.push((performance.now() - start) / 1000);
    for (;;) {
      const again = await superuser.query('select from pg_auth_members where member = $1::regrole', [one.username]);
      if (again.rowCount !== 0) break;
    }
    healed.push((performance.now() - start) / 1000);
  }
  return [
    {
      id: 'P14',
      what: `a membership revoked by hand -> found, longest of ${rounds}`,
      unit: 's',
      stoa: Math.max(...found),
      budget: { kind: 'most', value: 60 },
    },
    { id: '-', what: 'the same -> granted again, longest', unit: 's', stoa: Math.max(...healed) },
  ];
}
