import { compileAccess } from '@stoa/core/access/compile';
import { anyPolicyWorld, factsOfWorld, noNumbers, type PolicyWorld } from '@stoa/core/access/policy-world.fixture';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ExpectedAccess } from './expected-access.ts';
import type { ApprovalFact, PolicyFact, SourceFact } from './facts.ts';
import type { World } from './load-world.ts';
import { Pace } from './pace.ts';

/** The same world as the facts that are stored of it. */
function worldOf(world: PolicyWorld): World {
  const now = new Date(1_000);
  return {
    now,
    installationId: 'here',
    connections: [],
    people: new Map(
      world.people.map((person) => [
        person.globalUserId,
        { ...person, id: person.globalUserId, isActive: !world.disabled.includes(person.globalUserId) },
      ]),
    ),
    sources: world.sources.map(
      (source): SourceFact => ({
        id: source.dataSourceId,
        objectId: `o${source.dataSourceId}`,
        connectionId: 'c',
        connectionKey: source.connectionKey,
        hostname: source.hostname,
        path: source.objectPath,
        tags: source.tags,
        columns: source.columns.map((column, ordinal) => ({ ...column, ordinal })),
        domains: source.domainIds,
        nativeId: `${100 + source.dataSourceId}`,
        isOpen: true,
        exposure: null,
      }),
    ),
    policies: world.policies.filter(({ state }) => state === 'active').map(policyOf),
    targets: new Map(
      world.products.map(({ targetId: id, sourceIds }) => {
        const sources = new Map(sourceIds.map((source) => [source, { isOutside: false }]));
        return [id, { id, label: id, isClosed: false, sources }];
      }),
    ),
    approvals: world.approvals.map(
      ({ requestId: id, targetId, globalUserId: beneficiary, ended }): ApprovalFact => ({
        id,
        targetId,
        beneficiary,
        notAfter: null,
        endedAt: null,
        decidedAt: null,
        awaitsAcceptance: false,
        status: ended ? 'REVOKED' : 'APPROVED',
      }),
    ),
    logins: new Map(),
    recorded: new Map(),
    containers: new Map(),
    crawled: new Map(),
  };
}

function policyOf({
  id,
  policyKey: key,
  name,
  kind,
  scope,
  body,
  decisions,
}: PolicyWorld['policies'][number]): PolicyFact {
  const of = (ids: readonly number[] | undefined) => new Set(ids);
  return {
    id,
    key,
    name,
    kind,
    body,
    scope: scope.kind,
    domainId: scope.kind === 'domain' ? scope.domainId : null,
    sourceId: scope.kind === 'local' ? scope.dataSourceId : null,
    owned: of(decisions?.owned),
    selected: of(decisions?.selected),
    certified: of(decisions?.certified),
    off: of(decisions?.off),
  };
}

/** Who reads what by what the product compiles: whoever is in a container reads what it holds. */
function compiled(world: PolicyWorld): string[] {
  const { containers } = compileAccess(factsOfWorld(world, noNumbers()));
  const pairs = containers.flatMap(({ members, objects }) =>
    members.flatMap(({ globalUserId }) => objects.map(({ dataSourceId }) => `${globalUserId} reads ${dataSourceId}`)),
  );
  return [...new Set(pairs)].sort();
}

async function recomputed(world: PolicyWorld): Promise<string[]> {
  const facts = worldOf(world);
  const expected = await ExpectedAccess.of(facts, { id: 'c' }, new Pace());
  return [...facts.people.values()]
    .flatMap((person) =>
      facts.sources
        .filter((source) => expected.judge(person, source).verdict === 'must')
        .map((source) => `${person.id} reads ${source.id}`),
    )
    .sort();
}

/** The only place where the two meet. */
test('what the facts give, recomputed plainly, is what the product compiles from them', async () => {
  await fc.assert(
    fc.asyncProperty(anyPolicyWorld, async (world) => {
      expect(await recomputed(world)).toEqual(compiled(world));
    }),
    { numRuns: 1_000 },
  );
});
