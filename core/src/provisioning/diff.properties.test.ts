import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileAccess } from '../access/compile.ts';
import { explainAccess } from '../access/explain.ts';
import type { AccessFacts, Target } from '../access/model.ts';
import type { World } from '../cases/provisioning.fixture.ts';
import { applyPlan, emptyFacts, observedOf, ownerId, schemaId } from '../cases/provisioning.fixture.ts';
import { canonical } from './canonical.ts';
import { diff, isTaking } from './diff.ts';

const ids = (prefix: string, count: number): string[] => Array.from({ length: count }, (_, n) => `${prefix}${n}`);
const tables = ids('10', 5);
const logins = ids('2', 4);
const targets = ids('t', 4);
const makers = ids('5', 3);
const some = <T>(list: readonly T[]): fc.Arbitrary<T[]> => fc.subarray([...list]);

type Parent = { syncReason: 'future.setting' | null; withheld: string[] } | null | undefined;
/** Some targets are assets of the one schema there is. */
const parentOf = (parent: Parent): Target['parent'] =>
  parent
    ? {
        withheld: parent.withheld,
        schemas: [{ platformId: schemaId, objectPath: ['db', 'schema'], syncReason: parent.syncReason }],
      }
    : null;

const facts: fc.Arbitrary<AccessFacts> = fc
  .record({
    now: fc.integer({ min: 0, max: 10 }),
    listed: fc.array(some(tables), { minLength: targets.length, maxLength: targets.length }),
    flags: fc.array(fc.record({ suspended: fc.boolean(), deleted: fc.boolean() }), { minLength: 4, maxLength: 4 }),
    disabled: some(logins),
    held: some(tables),
    parents: fc.array(
      fc.option(fc.record({ syncReason: fc.constantFrom(null, 'future.setting' as const), withheld: some(tables) })),
      { minLength: 4, maxLength: 4 },
    ),
    approvals: fc.array(
      fc.record({
        targetId: fc.constantFrom(...targets),
        globalUserId: fc.constantFrom(...logins),
        notAfter: fc.option(fc.integer({ min: 1, max: 10 })),
        ended: fc.boolean(),
      }),
      { maxLength: 12 },
    ),
  })
  .map(({ now, listed, flags, disabled, held, parents, approvals }) => ({
    ...emptyFacts,
    now,
    targets: targets.map((targetId, n) => ({
      targetId,
      kind: 'dp' as const,
      containerNumber: n,
      label: `Product ${n}`,
      suspended: flags[n]?.suspended ?? false,
      deleted: flags[n]?.deleted ?? false,
      parent: parentOf(parents[n]),
      sources: (listed[n] ?? []).map((id) => ({ dataSourceId: Number(id), outOfDomain: false })),
    })),
    sources: tables.map((platformId) => ({
      dataSourceId: Number(platformId),
      platformId,
      schemaPlatformId: schemaId,
      objectPath: ['db', 'schema', platformId],
      objectType: 'table',
      ownerPlatformId: ownerId,
      enabled: true,
      hold: held.includes(platformId),
      missing: false,
    })),
    users: logins.map((id) => ({
      globalUserId: id,
      status: disabled.includes(id) ? ('disabled' as const) : ('active' as const),
      identity: { externalName: id, principalId: id, state: 'mapped' as const },
    })),
    approvals: approvals.map((a, n) => ({ ...a, requestId: `r${n}`, awaitingAcceptance: false })),
  }));

/** Any platform: containers of ours with anything in them, one of another installation, and members that others added. */
const world: fc.Arbitrary<World> = fc
  .tuple(
    containers(),
    some(tables),
    fc.dictionary(fc.constantFrom(...makers), fc.constantFrom('rights', 'role', 'none')),
  )
  .map(([rows, moved, creators]) => ({
    containers: new Map(
      rows.flatMap((row, n) => {
        if (!row.there) return [];
        const schemas = new Set(row.objects.length > 0 ? [schemaId] : []);
        return [
          [
            `stoa_dp_${n}`,
            {
              ours: row.ours,
              label: '',
              objects: new Set(row.objects),
              schemas,
              members: new Set(row.members),
              foreignMembers: new Set(row.foreignMembers),
              defaults: new Set(row.defaults),
            },
          ],
        ];
      }),
    ),
    objects: new Map(
      tables.map((id) => [id, { owner: ownerId, grantable: true, schema: moved.includes(id) ? '8' : schemaId }]),
    ),
    creators: new Map(Object.entries(creators)),
    principals: new Map(logins.map((id) => [id, { login: true }])),
    separateGrantors: true,
  }));

function containers() {
  return fc.array(
    fc.record({
      ours: fc.constantFrom(true, true, true, false),
      objects: some(tables),
      members: some(logins),
      foreignMembers: some(logins),
      defaults: some(makers),
      there: fc.boolean(),
    }),
    { minLength: 6, maxLength: 6 },
  );
}

const snapshot = (w: World): unknown => [...w.containers].filter(([, c]) => !c.ours);

describe('any plan', () => {
  it('leaves nothing to do, from any platform to any desired access', () => {
    fc.assert(
      fc.property(facts, world, (f, w) => {
        const desired = compileAccess(f);
        applyPlan(w, diff(desired, observedOf(w)));
        expect(diff(desired, observedOf(w)).steps).toEqual([]);
      }),
    );
  });

  it('takes before it gives, and stopped anywhere leaves no access that is not desired or was there', () => {
    fc.assert(
      fc.property(facts, world, (f, w) => {
        const { steps } = diff(compileAccess(f), observedOf(w));
        const firstGift = steps.findIndex((s) => !isTaking(s));
        expect(firstGift === -1 || steps.slice(firstGift).every((s) => !isTaking(s))).toBe(true);
      }),
    );
  });

  it('names no container of another installation and changes nothing that others granted', () => {
    fc.assert(
      fc.property(facts, world, (f, w) => {
        const foreign = new Set([...w.containers].filter(([, c]) => !c.ours).map(([name]) => name));
        const before = JSON.stringify(snapshot(w));
        const others = [...w.containers].map(([name, c]) => [name, [...c.foreignMembers]] as const);
        const plan = diff(compileAccess(f), observedOf(w));
        expect(plan.steps.filter((s) => foreign.has(s.container.name))).toEqual([]);
        applyPlan(w, plan);
        expect(JSON.stringify(snapshot(w))).toBe(before);
        for (const [name, members] of others)
          if (members.length > 0) expect([...(w.containers.get(name)?.foreignMembers ?? [])]).toEqual(members);
      }),
    );
  });

  it('costs at most nine statements a container, whatever the tables and users', () => {
    fc.assert(
      fc.property(facts, world, (f, w) => {
        const counts = new Map<string, number>();
        for (const { container } of diff(compileAccess(f), observedOf(w)).steps)
          counts.set(container.name, (counts.get(container.name) ?? 0) + 1);
        for (const count of counts.values()) expect(count).toBeLessThanOrEqual(9);
      }),
    );
  });

  it('leaves an asset nothing that a crawl knows and that is not its own, and nothing new but by a default privilege', () => {
    fc.assert(
      fc.property(facts, world, (f, w) => {
        const desired = compileAccess(f);
        applyPlan(w, diff(desired, observedOf(w)));
        for (const { name, future, objects } of desired.containers) {
          const container = w.containers.get(name);
          if (future === null || container?.ours !== true) continue;
          const own = new Set(objects.map((object) => object.platformId));
          for (const id of container.objects) {
            const isHere = w.objects.get(id)?.schema === schemaId;
            expect(isHere && (own.has(id) || (!future.known.has(id) && container.defaults.size > 0))).toBe(true);
          }
          const mayBeNative = future.schemas.every((schema) => schema.syncReason === null);
          for (const role of container.defaults)
            expect((mayBeNative && w.creators.get(role) !== undefined) || w.creators.get(role) === 'none').toBe(true);
        }
      }),
    );
  });

  it('is the same whatever the order of the facts', () => {
    fc.assert(
      fc.property(facts, world, (f, w) => {
        const turned = {
          ...f,
          approvals: [...f.approvals].reverse(),
          targets: [...f.targets].reverse(),
          users: [...f.users].reverse(),
        };
        expect(canonical(diff(compileAccess(turned), observedOf(w)))).toBe(
          canonical(diff(compileAccess(f), observedOf(w))),
        );
      }),
    );
  });
});

describe('any compiled access', () => {
  it('keeps a membership while one of its causes lives, and explains it by the same rule', () => {
    fc.assert(
      fc.property(facts, fc.constantFrom(...logins), fc.constantFrom(...tables), (f, globalUserId, table) => {
        const desired = compileAccess(f);
        const reached = desired.containers.some(
          (c) => c.members.some((m) => m.principalId === globalUserId) && c.objects.some((o) => o.platformId === table),
        );
        expect(explainAccess(f, { globalUserId, dataSourceId: Number(table) }).effective).toBe(reached);
        for (const { causes } of desired.containers.flatMap((c) => c.members)) {
          expect(causes.length).toBeGreaterThan(0);
          for (const cause of causes) expect(desired.verdicts.get(cause)).toEqual({ live: true });
        }
      }),
    );
  });

  it('gives a pair exactly what the whole gives it', () => {
    fc.assert(
      fc.property(facts, fc.constantFrom(...targets), fc.constantFrom(...logins), (f, targetId, globalUserId) => {
        const whole = compileAccess(f).containers.find((c) => c.targetId === targetId);
        const scope = { kind: 'keys' as const, keys: [{ targetId, globalUserId }] };
        const pair = compileAccess({ ...f, scope }).containers.find((c) => c.targetId === targetId);
        expect(pair?.members).toEqual(whole?.members.filter((m) => m.principalId === globalUserId));
      }),
    );
  });
});
