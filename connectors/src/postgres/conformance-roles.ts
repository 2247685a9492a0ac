import type { ObservedState } from '@stoa/core/provisioning/observed';
import type { Scope } from '@stoa/core/access/model';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PlatformSession } from '../connector.ts';
import { addUser, approve, change, factsOf, productOf, settle } from '../testing/settle.ts';
import type { Scene, World } from '../testing/world.ts';
import { emptyScene } from '../testing/world.ts';

type Used = { readonly world: World; readonly session: PlatformSession };

/** What holds when an administrator of the platform renames, drops or squats on the roles that containers are. */
export function describeRoles(title: string, makeWorld: () => Promise<World>): void {
  describe(title, () => {
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
    const use = (): Used => ({ world, session });
    describeRenamed(use);
    describeRestored(use);
  });
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
