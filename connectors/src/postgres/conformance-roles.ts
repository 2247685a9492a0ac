import type { ObservedState } from '@stoa/core/provisioning/observed';
import type { Scope } from '@stoa/core/access/model';
import { always } from '@stoa/core/condition/remainder';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CheckName, PlatformSession } from '../connector.ts';
import { addUser, approve, change, factsOf, productOf, settle } from '../testing/settle.ts';
import type { Scene, World } from '../testing/world.ts';
import { emptyScene } from '../testing/world.ts';

type Used = { readonly world: World; readonly session: PlatformSession };

/** What holds when an administrator of the platform renames, drops or squats on the roles that containers are. */
export function describeRoles(title: string, makeWorld: () => Promise<World>): void {
  // What is left of renamed roles would be in the way of the checks.
  for (const [part, tests] of [
    ['renamed', [describeRenamed, describeRestored, describeStrict]],
    ['dropped', [describePool, describeLosses]],
  ] as const) {
    describe(`${title}: ${part}`, () => {
      let world: World;
      let session: PlatformSession;
      beforeAll(async () => {
        world = await makeWorld();
        session = await world.connector.open(world.input);
      });
      afterAll(async () => {
        await session?.close();
        await world?.close();
      });
      for (const one of tests) one(() => ({ world, session }));
    });
  }
}

async function oneProduct({ world, session }: Used, base: string) {
  const scene = emptyScene();
  const source = await world.makeTable(world.unique(base));
  scene.sources.push(source);
  scene.targets.push(productOf(base, [source]));
  const login = await addUser(world, scene, 'ada');
  const approval = approve(scene, base, 'ada');
  const { after, desired } = await settle(session, factsOf(world, scene));
  const name = desired.containers[0]?.name ?? '';
  const container = containerOf(after, name);
  remember(scene, container?.platformId ?? '');
  return { scene, source, login, approval, name, role: container?.nativeName ?? '', id: container?.platformId ?? '' };
}

const containerOf = (seen: ObservedState, name: string) => seen.containers.find((c) => c.name === name);

/** The id of the container as a run would have stored it. */
function remember(scene: Scene, platformId: string): void {
  const [target] = scene.targets;
  if (target !== undefined) change(scene.targets, target, { platformIds: { 1: platformId } });
}

const pairOf = (scene: Scene): Scope => ({
  kind: 'keys',
  keys: [{ targetId: scene.targets[0]?.targetId ?? '', globalUserId: 'ada' }],
});

function describeRenamed(use: () => Used): void {
  it('finds a container that was renamed at once, by its id, and ends what is to end there', async () => {
    const { world, session } = use();
    const { scene, source, login, approval, role, id } = await oneProduct(use(), 'renamed');
    const other = world.unique('hr_readers');
    await world.admin(`ALTER ROLE ${world.quote(role)} RENAME TO ${world.quote(other)}`);
    expect(await world.reads(login, source.objectPath)).toBe('rows');
    const still = await settle(session, factsOf(world, scene, pairOf(scene)));
    expect(still.statements).toEqual([]);
    expect(still.states.map((s) => s.state)).toEqual(['ACTIVE']);
    change(scene.approvals, approval, { ended: true });
    const { statements, states } = await settle(session, factsOf(world, scene, pairOf(scene)));
    expect(statements.map((s) => s.sql)).toEqual([`REVOKE ${world.quote(other)} FROM ${world.quote(login)}`]);
    expect(states[0]).toMatchObject({ state: 'REMOVED', proof: { effective: false, containerId: id } });
    expect(await world.reads(login, source.objectPath)).toBe('refused');
  });

  it('gives a renamed container its name back where it may, and goes on under the other where it may not', async () => {
    const { world, session } = use();
    const { scene, source, login, name, role, id } = await oneProduct(use(), 'named');
    const other = world.unique('renamed');
    await world.admin(`ALTER ROLE ${world.quote(role)} RENAME TO ${world.quote(other)}`);
    const bob = await addUser(world, scene, 'bob');
    approve(scene, 'named', 'bob');
    const { after, second, plan } = await settle(session, factsOf(world, scene));
    expect(plan.steps.map((s) => s.kind)).toEqual([
      'add-members',
      ...(world.separateGrantors ? ['rename-container'] : []),
    ]);
    expect(second.steps).toEqual([]);
    const nativeName = world.separateGrantors ? name : other;
    expect(containerOf(after, name)).toMatchObject({ platformId: id, nativeName, ours: true });
    for (const one of [login, bob]) expect(await world.reads(one, source.objectPath)).toBe('rows');
    scene.targets.length = 0;
    const gone = await world.connector.open(world.input);
    const known = [{ name, platformId: id }];
    const all = { containers: 'all' as const, known, objects: [], schemas: [], principals: [], foreign: false };
    expect(containerOf(await gone.observe(all), name)).toMatchObject({ nativeName });
    await gone.close();
  });

  it('goes on under the other name where somebody has taken the old one', async () => {
    const { world, session } = use();
    const { scene, source, login, approval, role, id } = await oneProduct(use(), 'taken');
    await world.admin(`ALTER ROLE ${world.quote(role)} RENAME TO ${world.quote(world.unique('moved'))};
      CREATE ROLE ${world.quote(role)}`);
    const { after, plan } = await settle(session, factsOf(world, scene));
    expect(plan).toMatchObject({ steps: [], blocked: [] });
    expect(containerOf(after, after.containers.find((c) => c.platformId === id)?.name ?? '')?.ours).toBe(true);
    change(scene.approvals, approval, { ended: true });
    await settle(session, factsOf(world, scene));
    expect(await world.reads(login, source.objectPath)).toBe('refused');
    await world.admin(`DROP ROLE ${world.quote(role)}`);
  });
}

function describeStrict(use: () => Used): void {
  it('takes out whom others put in where it may, with strict members, and nobody who is protected', async () => {
    const { world, session } = use();
    const { scene, source, role } = await oneProduct(use(), 'strict');
    const other = emptyScene();
    const [stranger, job] = [await addUser(world, other, 'stranger'), await addUser(world, other, 'job')];
    await world.admin(`GRANT ${world.quote(role)} TO ${world.quote(stranger)}, ${world.quote(job)}`);
    Object.assign(scene, { strictMembers: true, protectedPrincipals: [job] });
    const { results, second } = await settle(session, factsOf(world, scene));
    expect(results.filter((r) => r.status !== 'done')).toEqual([]);
    expect(second.steps).toEqual([]);
    expect(await world.reads(job, source.objectPath)).toBe('rows');
    expect(await world.reads(stranger, source.objectPath)).toBe(world.separateGrantors ? 'rows' : 'refused');
  });
}

function describeRestored(use: () => Used): void {
  it('takes no role for a container only since it has its id', async () => {
    const { world, session } = use();
    const { scene, source, login } = await oneProduct(use(), 'restored');
    scene.targets.push(productOf('another', scene.sources));
    const { after, desired } = await settle(session, factsOf(world, scene));
    const another = containerOf(after, desired.containers.find((c) => c.targetId === 'another')?.name ?? '');
    const stranger = await world.makeLogin(world.unique('stranger'));
    for (const id of [stranger, another?.platformId ?? '']) {
      const [target] = scene.targets;
      if (target !== undefined) scene.targets.splice(0, 1, { ...target, platformIds: { 1: id } });
      const { plan, states } = await settle(session, factsOf(world, scene, pairOf(scene)));
      expect(plan.steps).toEqual([]);
      expect(states.map((s) => s.state)).toEqual(['ACTIVE']);
    }
    await world.admin(`REVOKE ${world.quote(another?.nativeName ?? '')} FROM ${world.quote(login)}`);
    expect(await world.reads(login, source.objectPath)).toBe('rows');
    scene.approvals.length = 0;
    const { statements } = await settle(session, factsOf(world, scene, pairOf(scene)));
    expect(statements.map((s) => s.step.container.platformId)).not.toContain(another?.platformId);
    expect(await world.reads(login, source.objectPath)).toBe('refused');
  });
}

const check = async ({ world }: Used, name: CheckName) =>
  (await world.connector.preflight(world.input)).find((c) => c.check === name);

const setUpAgain = ({ world }: Used) => {
  const { config, settings, installationId, namePrefix } = world.input;
  const username = accountOf(world);
  return world.admin(
    world.connector.setupScript({
      config,
      settings,
      installationId,
      namePrefix,
      username,
      schemas: ['sales', 'hr'],
      poolRoles: 40,
    }),
  );
};

const accountOf = ({ input }: World): string => Object.assign({ username: '' }, input.credentials).username;

/** As an administrator does it: what our account gave the role is taken back in our account's name. */
async function drop({ world }: Used, role: string): Promise<void> {
  const name = world.quote(role);
  await world.admin(`SET ROLE ${world.quote(accountOf(world))}; REVOKE SELECT ON ALL TABLES IN SCHEMA sales, hr FROM ${name};
    REVOKE USAGE ON SCHEMA sales, hr FROM ${name}; RESET ROLE; DROP ROLE ${name}`);
}

function describePool(use: () => Used): void {
  it('makes a container anew whose role was dropped, and the setup script can be run again', async () => {
    const { world, session } = use();
    const { scene, source, login, role } = await oneProduct(use(), 'dropped');
    await drop(use(), role);
    await setUpAgain(use());
    if (!world.separateGrantors) {
      const lost = await check(use(), 'GRANT_AUTHORITY');
      expect(lost).toMatchObject({ result: 'warn', repair: expect.stringContaining('DELETE FROM stoa.container') });
      expect(lost?.detail).toContain(role);
    }
    const { second, results, states } = await settle(session, factsOf(world, scene));
    expect(results.filter((r) => r.status !== 'done')).toEqual([]);
    expect(second.steps).toEqual([]);
    expect(states.map((s) => s.state)).toEqual(['ACTIVE']);
    expect(await world.reads(login, source.objectPath)).toBe('rows');
    await setUpAgain(use());
    expect(await check(use(), 'GRANT_AUTHORITY')).toMatchObject({ result: 'pass' });
  });

  it('names the role of the pool that was renamed, with the SQL that gives it its name back', async () => {
    const { world, session } = use();
    if (world.separateGrantors) return;
    const { scene, name, role, id } = await oneProduct(use(), 'lent');
    const other = world.unique('lent');
    await world.admin(`ALTER ROLE ${world.quote(role)} RENAME TO ${world.quote(other)}`);
    await setUpAgain(use());
    const renamed = await check(use(), 'GRANT_AUTHORITY');
    expect(renamed).toMatchObject({
      result: 'warn',
      repair: `ALTER ROLE ${world.quote(other)} RENAME TO ${world.quote(role)};`,
    });
    await world.admin(renamed?.repair ?? '');
    expect(await check(use(), 'GRANT_AUTHORITY')).toMatchObject({ result: 'pass' });
    const { after, plan } = await settle(session, factsOf(world, scene));
    expect(plan.steps).toEqual([]);
    expect(containerOf(after, name)).toMatchObject({ platformId: id, nativeName: role });
  });
}

function describeLosses(use: () => Used): void {
  it('names what the account has lost of the pool, and both that SQL and the setup script mend it', async () => {
    const { world, session } = use();
    if (world.separateGrantors) return;
    const { scene, source, login, approval, role } = await oneProduct(use(), 'lost');
    const account = world.quote(accountOf(world));
    const damages = [
      `REVOKE ADMIN OPTION FOR ${world.quote(role)} FROM ${account}`,
      `REVOKE ${world.quote(role)} FROM ${account}`,
      `REVOKE UPDATE (key, mark) ON stoa.container FROM ${account}`,
    ];
    for (const damage of damages) {
      await world.admin(damage);
      const lost = await check(use(), 'GRANT_AUTHORITY');
      expect(lost, damage).toMatchObject({ result: 'fail' });
      await world.admin(lost?.repair ?? '');
      expect(await check(use(), 'GRANT_AUTHORITY'), damage).toMatchObject({ result: 'pass' });
      await world.admin(damage);
      await setUpAgain(use());
      expect(await check(use(), 'GRANT_AUTHORITY'), damage).toMatchObject({ result: 'pass' });
    }
    change(scene.approvals, approval, { ended: true });
    const { results } = await settle(session, factsOf(world, scene));
    expect(results.filter((r) => r.status !== 'done')).toEqual([]);
    expect(await world.reads(login, source.objectPath)).toBe('refused');
  });

  it('names the roles that stand where a product would, and those of another Stoa', async () => {
    const { world } = use();
    const prefix = world.input.namePrefix;
    const squatters = [`${prefix}dp_zz`, `${prefix}po_zz`];
    const clerk = `${prefix}clerk`;
    await world.admin(`CREATE ROLE ${world.quote(clerk)}`);
    expect(await check(use(), 'OWN_NAMESPACE')).toMatchObject({
      result: 'pass',
      detail: expect.stringContaining(clerk),
    });
    for (const name of squatters) await world.admin(`CREATE ROLE ${world.quote(name)} LOGIN`);
    const taken = await check(use(), 'OWN_NAMESPACE');
    if (world.separateGrantors) {
      expect(taken).toMatchObject({ result: 'fail', detail: expect.stringContaining(squatters.join(', ')) });
      expect(taken?.repair).toContain(`-- ALTER ROLE "${squatters[0]}" RENAME TO "not_${squatters[0]}";`);
    } else expect(taken).toMatchObject({ result: 'pass' });
    for (const mark of ['stoa-pool another warehouse', 'stoa another/c Product', 'stoa-layer another']) {
      await world.admin(`COMMENT ON ROLE ${world.quote(clerk)} IS '${mark}'`);
      expect(await check(use(), 'OWN_NAMESPACE')).toMatchObject({
        result: 'fail',
        detail: expect.stringContaining(`another Stoa: ${clerk}`),
      });
    }
    for (const name of [...squatters, clerk]) await world.admin(`DROP ROLE ${world.quote(name)}`);
    expect(await check(use(), 'OWN_NAMESPACE')).toMatchObject({ result: 'pass' });
  });

  it('finds containers of policies, and further parts of a product, in a look at the whole', async () => {
    const { world, session } = use();
    const { scene, source, login } = await oneProduct(use(), 'parts');
    const everybody = { sourceIds: null, who: always, guardrails: [], causes: ['p1'] };
    scene.targets.push({ ...productOf('policy', [source]), kind: 'po', parts: [{ part: 1, ...everybody }] });
    const [target] = scene.targets;
    if (target !== undefined) change(scene.targets, target, { parts: [1, 2].map((part) => ({ part, ...everybody })) });
    const { results, second } = await settle(session, factsOf(world, scene));
    expect(results.filter((r) => r.status !== 'done')).toEqual([]);
    expect(second.steps).toEqual([]);
    scene.targets.length = 0;
    await settle(session, factsOf(world, scene));
    expect(await world.reads(login, source.objectPath)).toBe('refused');
  });
}
