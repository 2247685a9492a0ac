import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeAssets } from './conformance-assets.ts';
import { describeNames } from './conformance-names.ts';
import type { PlatformSession } from './connector.ts';
import type { Used } from './testing/one-product.ts';
import { oneProduct, run } from './testing/one-product.ts';
import { addUser, approve, change, factsOf, productOf, settle } from './testing/settle.ts';
import type { World } from './testing/world.ts';
import { emptyScene } from './testing/world.ts';

/** What every connector must do on a real server. The judge is the consumer's own login, not our read of the catalog. */
export function describeConformance(title: string, makeWorld: () => Promise<World>): void {
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
    describeGiving(use);
    describeTaking(use);
    describeNames(use);
    describeOthers(use);
    describeAssets(use);
  });
}

function describeGiving(use: () => Used): void {
  it('gives a consumer exactly the tables of the product, and proves it', async () => {
    const { world } = use();
    const { scene, source, login } = await oneProduct(use(), 'give');
    const other = await world.makeTable(world.unique('other'));
    expect(await world.reads(login, source.objectPath)).toBe('refused');
    const { states, statements } = await run(use(), scene);
    expect(await world.reads(login, source.objectPath)).toBe('rows');
    expect(await world.reads(login, other.objectPath)).toBe('refused');
    expect(states.map((s) => s.state)).toEqual(['ACTIVE']);
    expect(states[0]?.proof).toMatchObject({ kind: 'read', readable: true, columns: 'all' });
    expect(statements.map((s) => s.step.kind)).toEqual([
      'create-container',
      'grant-schemas',
      'grant-objects',
      'add-members',
    ]);
  });

  it('approves with one statement, whatever the tables, looking at the pair alone', async () => {
    const { world, session } = use();
    const { scene, source } = await oneProduct(use(), 'pair');
    for (let n = 0; n < 20; n += 1) scene.sources.push(await world.makeTable(world.unique(`pair${n}`)));
    change(scene.targets, scene.targets[0] ?? productOf('x', []), productOf('pair', scene.sources));
    await run(use(), scene);
    const login = await addUser(world, scene, 'bob');
    approve(scene, 'pair', 'bob');
    const key = { targetId: 'pair', globalUserId: 'bob' };
    const settled = await settle(session, factsOf(world, scene, { kind: 'keys', keys: [key] }));
    expect(settled.statements).toHaveLength(1);
    expect(settled.second.steps).toEqual([]);
    expect(await world.reads(login, source.objectPath)).toBe('rows');
    expect(settled.states.filter((s) => s.requestId === 'r2').every((s) => s.state === 'ACTIVE')).toBe(true);
  });

  it('asks for the whole target when a pair finds no container', async () => {
    const { world, session } = use();
    const { scene } = await oneProduct(use(), 'widen');
    const keys = [{ targetId: 'widen', globalUserId: 'ada' }];
    const settled = await settle(session, factsOf(world, scene, { kind: 'keys', keys }));
    expect(settled.plan.widen).toEqual(['widen']);
    const whole = await settle(session, factsOf(world, scene, { kind: 'keys', keys: [{ targetId: 'widen' }] }));
    expect(whole.second.steps).toEqual([]);
    expect(whole.states.map((s) => s.state)).toEqual(['ACTIVE']);
  });

  it('waits for a login that does not exist yet, and resumes by itself', async () => {
    const { world, session } = use();
    const { scene, source } = await oneProduct(use(), 'await');
    const name = world.unique('late');
    scene.users.push({
      globalUserId: 'late',
      status: 'active',
      identity: { externalName: name, principalId: null, state: 'absent' },
    });
    approve(scene, 'await', 'late');
    expect((await run(use(), scene)).states.map((s) => s.state)).toEqual(['ACTIVE', 'AWAITING_IDENTITY']);
    expect((await session.resolvePrincipals([name]))[0]?.platformId).toBeNull();
    await world.makeLogin(name);
    const [found] = await session.resolvePrincipals([name]);
    scene.users.pop();
    const identity = { externalName: name, principalId: found?.platformId ?? null, state: 'mapped' as const };
    scene.users.push({ globalUserId: 'late', status: 'active', identity });
    expect((await run(use(), scene)).states.map((s) => s.state)).toEqual(['ACTIVE', 'ACTIVE']);
    expect(await world.reads(name, source.objectPath)).toBe('rows');
  });

  it('follows a source that is added and one that is taken out', async () => {
    const { world } = use();
    const { scene, source, target, login } = await oneProduct(use(), 'sources');
    await run(use(), scene);
    const added = await world.makeTable(world.unique('added'), 'hr');
    scene.sources.push(added);
    const both = change(scene.targets, target, {
      sources: [source, added].map(({ dataSourceId }) => ({ dataSourceId, outOfDomain: false })),
    });
    await run(use(), scene);
    expect(await world.reads(login, added.objectPath)).toBe('rows');
    change(scene.targets, both, { sources: [{ dataSourceId: added.dataSourceId, outOfDomain: false }] });
    await run(use(), scene);
    expect(await world.reads(login, source.objectPath)).toBe('refused');
    expect(await world.reads(login, added.objectPath)).toBe('rows');
  });

  it('grants nothing new on a source that left the domain, and keeps what is there', async () => {
    const { world } = use();
    const { scene, source, target, login } = await oneProduct(use(), 'outofdomain');
    await run(use(), scene);
    const late = await world.makeTable(world.unique('late'));
    scene.sources.push(late);
    const sources = [source, late].map(({ dataSourceId }) => ({ dataSourceId, outOfDomain: true }));
    change(scene.targets, target, { sources });
    const { states } = await run(use(), scene);
    expect(states.map((s) => s.state)).toEqual(['ACTIVE', 'PREVENTED']);
    expect(await world.reads(login, source.objectPath)).toBe('rows');
    expect(await world.reads(login, late.objectPath)).toBe('refused');
  });

  it('loses no grant when several runs apply to the same tables at once', async () => {
    const { world, session } = use();
    await run(use(), emptyScene());
    const scene = emptyScene();
    for (let n = 0; n < 5; n += 1) scene.sources.push(await world.makeTable(world.unique(`shared${n}`)));
    await addUser(world, scene, 'ada');
    for (let n = 0; n < 12; n += 1) {
      scene.targets.push(productOf(`par${n}`, n % 2 === 0 ? scene.sources : [...scene.sources].reverse()));
      approve(scene, `par${n}`, 'ada');
    }
    const runs = scene.targets.map(({ targetId }) =>
      settle(session, factsOf(world, scene, { kind: 'keys', keys: [{ targetId }] })),
    );
    const failures = (await Promise.all(runs)).flatMap((s) => s.results).filter((r) => r.status === 'failed');
    // Where containers come from a pool, two runs may reach for the same role: one of them has to look again.
    expect(failures.filter((f) => world.separateGrantors || f.failure.class !== 'retry')).toEqual([]);
    while (!world.separateGrantors && (await settle(session, factsOf(world, scene))).plan.steps.length > 0);
    expect((await run(use(), scene)).plan.steps).toEqual([]);
  });
}

function describeTaking(use: () => Used): void {
  it('takes access away when the approval ends, and the open session is refused at its next statement', async () => {
    const { world } = use();
    const { scene, source, login, approval } = await oneProduct(use(), 'end');
    await run(use(), scene);
    const open = await world.openSession(login);
    const sql = `SELECT * FROM ${source.objectPath.slice(1).map(world.quote).join('.')}`;
    expect(await open.run(sql)).toBe('ok');
    change(scene.approvals, approval, { ended: true });
    const { states, statements } = await run(use(), scene);
    expect(await open.run(sql)).toBe('refused');
    await open.close();
    expect(statements.map((s) => s.step.kind)).toEqual(['end-members']);
    expect(states).toMatchObject([{ state: 'REMOVED', proof: { kind: 'member', effective: false } }]);
  });

  it('holds access until the instant of its end and not at it', async () => {
    const { world } = use();
    const { scene, source, login, approval } = await oneProduct(use(), 'expiry');
    change(scene.approvals, approval, { notAfter: 2_000_000 });
    scene.now = 1_999_999;
    await run(use(), scene);
    expect(await world.reads(login, source.objectPath)).toBe('rows');
    scene.now = 2_000_000;
    await run(use(), scene);
    expect(await world.reads(login, source.objectPath)).toBe('refused');
  });

  it('keeps access through a second product over the same table until both have ended', async () => {
    const { world } = use();
    const { scene, source, login, approval } = await oneProduct(use(), 'twice');
    scene.targets.push(productOf('again', [source]));
    const second = approve(scene, 'again', 'ada');
    await run(use(), scene);
    change(scene.approvals, approval, { ended: true });
    await run(use(), scene);
    expect(await world.reads(login, source.objectPath)).toBe('rows');
    change(scene.approvals, second, { ended: true });
    await run(use(), scene);
    expect(await world.reads(login, source.objectPath)).toBe('refused');
  });

  it('takes access away while a product is suspended and gives it back', async () => {
    const { world } = use();
    const { scene, source, target, login } = await oneProduct(use(), 'suspend');
    await run(use(), scene);
    const suspended = change(scene.targets, target, { suspended: true });
    await run(use(), scene);
    expect(await world.reads(login, source.objectPath)).toBe('refused');
    change(scene.targets, suspended, { suspended: false });
    await run(use(), scene);
    expect(await world.reads(login, source.objectPath)).toBe('rows');
  });

  it('empties and drops the container of a deleted product', async () => {
    const { world } = use();
    const { scene, source, target, login, approval } = await oneProduct(use(), 'delete');
    await run(use(), scene);
    change(scene.targets, target, { deleted: true });
    change(scene.approvals, approval, { ended: true });
    const { after, desired, states } = await run(use(), scene);
    expect(await world.reads(login, source.objectPath)).toBe('refused');
    expect(after.containers.map((c) => c.name)).not.toContain(desired.containers[0]?.name);
    expect(states.map((s) => s.state)).toEqual(['REMOVED']);
  });

  it('empties and drops a container that no product names any more', async () => {
    const { world } = use();
    const { scene, source, login } = await oneProduct(use(), 'orphan');
    await run(use(), scene);
    scene.targets.length = 0;
    const { after } = await run(use(), scene);
    expect(after.containers).toEqual([]);
    expect(await world.reads(login, source.objectPath)).toBe('refused');
  });

  it('takes the access of a disabled user and restores it', async () => {
    const { world } = use();
    const { scene, source, login } = await oneProduct(use(), 'disable');
    await run(use(), scene);
    const user = scene.users[0];
    if (user === undefined) throw new Error('no user');
    const disabled = change(scene.users, user, { status: 'disabled' });
    await run(use(), scene);
    expect(await world.reads(login, source.objectPath)).toBe('refused');
    change(scene.users, disabled, { status: 'active' });
    await run(use(), scene);
    expect(await world.reads(login, source.objectPath)).toBe('rows');
  });
}

function describeOthers(use: () => Used): void {
  it('leaves what others granted untouched', async () => {
    const { world } = use();
    const { scene, source, login, approval } = await oneProduct(use(), 'foreign');
    const path = source.objectPath.slice(1).map(world.quote).join('.');
    await world.admin(
      `GRANT USAGE ON SCHEMA sales TO ${world.quote(login)}; GRANT SELECT ON ${path} TO ${world.quote(login)}`,
    );
    await run(use(), scene);
    change(scene.approvals, approval, { ended: true });
    const { states, statements } = await run(use(), scene);
    expect(statements.map((s) => s.step.kind)).toEqual(['end-members']);
    expect(await world.reads(login, source.objectPath)).toBe('rows');
    expect(states.map((s) => s.state)).toEqual(['REMOVED']);
  });

  it('adds nothing twice to a membership of another grantor, and leaves that one when the approval ends', async () => {
    const { world } = use();
    const { scene, login, approval } = await oneProduct(use(), 'member');
    change(scene.approvals, approval, { ended: true });
    approve(scene, 'member', 'ada');
    const first = await run(use(), scene);
    const container = first.after.containers.find((c) => c.name === first.desired.containers[0]?.name);
    const last = scene.approvals[1];
    if (container === undefined || last === undefined) throw new Error('no container');
    change(scene.approvals, last, { ended: true });
    await run(use(), scene);
    await world.admin(`GRANT ${world.quote(container.nativeName)} TO ${world.quote(login)}`);
    approve(scene, 'member', 'ada');
    await run(use(), scene);
    const again = scene.approvals[2];
    if (again !== undefined) change(scene.approvals, again, { ended: true });
    const { after, states } = await run(use(), scene);
    expect(after.memberships.map((m) => m.ours)).toEqual([false]);
    expect(states.at(-1)).toMatchObject({ state: 'REMOVE_FAILED', reason: 'membership.of_another_grantor' });
    await world.admin(`REVOKE ${world.quote(container.nativeName)} FROM ${world.quote(login)}`);
  });

  it('finds a grant that was revoked by hand and gives it again', async () => {
    const { world } = use();
    const { scene, source, login } = await oneProduct(use(), 'heal');
    const first = await run(use(), scene);
    const container = first.after.containers.find((c) => c.name === first.desired.containers[0]?.name);
    const path = source.objectPath.slice(1).map(world.quote).join('.');
    await world.admin(
      `SET ROLE ${world.quote(accountOf(world))}; REVOKE SELECT ON ${path} FROM ${world.quote(container?.nativeName ?? '')}; RESET ROLE`,
    );
    expect(await world.reads(login, source.objectPath)).toBe('refused');
    const healed = await run(use(), scene);
    expect(healed.plan.steps.map((s) => s.kind)).toEqual(['grant-objects']);
    expect(await world.reads(login, source.objectPath)).toBe('rows');
  });

  it('tells a changed platform from an unchanged one by its fingerprint', async () => {
    const { session } = use();
    const before = await session.fingerprint();
    expect(await session.fingerprint()).toEqual(before);
    const { scene } = await oneProduct(use(), 'print');
    const made = await session.fingerprint();
    expect(made.schemas).not.toEqual(before.schemas);
    await run(use(), scene);
    const granted = await session.fingerprint();
    expect(granted.schemas).not.toEqual(made.schemas);
    expect(granted.containers).not.toEqual(made.containers);

    await addUser(use().world, scene, 'bob');
    const known = await session.fingerprint();
    expect(known.containers).toEqual(granted.containers);
    approve(scene, 'print', 'bob');
    const { after, desired } = await run(use(), scene);
    const { containers, ...rest } = await session.fingerprint();
    const container = after.containers.find(({ name }) => name === desired.containers[0]?.name);
    const moved = Object.keys(containers).filter((id) => containers[id] !== known.containers[id]);
    expect(moved).toEqual([container?.platformId]);
    expect({ ...rest, containers: known.containers }).toEqual(known);
  });
}

const accountOf = (world: World): string => {
  const { credentials } = world.input;
  const named = typeof credentials === 'object' && credentials !== null && 'username' in credentials;
  return named ? String(credentials.username) : '';
};
