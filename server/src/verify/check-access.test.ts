import { expect, test } from 'vitest';
import { checkAccess } from './check-access.ts';
import type { ApprovalFact, ConnectionFact, PersonFact, SourceFact } from './facts.ts';
import type { ContainerFact, World } from './load-world.ts';
import type { Catalog, MemberRow, RelationRow, RoleRow } from './platform.ts';

const connection: ConnectionFact = {
  id: 'c',
  key: 'warehouse',
  technology: 'PostgreSQL',
  state: 'active',
  downSince: null,
};
const numbers = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

/** Facts that count how often they are asked for their key. */
function makeCounted() {
  const asked = { sources: 0, approvals: 0, containers: 0 };
  class Source {
    readonly #id: number;
    readonly connectionId = 'c';
    readonly tags = new Set<string>();
    readonly columns = [];
    constructor(id: number) {
      this.#id = id;
    }
    get id() {
      asked.sources += 1;
      return this.#id;
    }
    get nativeId() {
      asked.sources += 1;
      return `t${this.#id}`;
    }
    readonly domains = new Set<string>();
    readonly isOpen = true;
    readonly exposure = null;
    readonly objectId = '';
    readonly connectionKey = 'warehouse';
    readonly hostname = null;
    get path() {
      return ['db', 'public', `t${this.#id}`];
    }
  }
  class Approval {
    readonly #of: string;
    readonly id: string;
    readonly targetId: string;
    readonly status: string;
    readonly notAfter = null;
    readonly endedAt = null;
    readonly decidedAt = null;
    readonly awaitsAcceptance = false;
    constructor(of: string, targetId: string, status: string) {
      this.#of = of;
      this.id = `${of}-${targetId}`;
      this.targetId = targetId;
      this.status = status;
    }
    get beneficiary() {
      asked.approvals += 1;
      return this.#of;
    }
  }
  class Container {
    readonly targetId: string;
    readonly kind = 'dp';
    readonly #number: number;
    constructor(number: number) {
      this.#number = number;
      this.targetId = `p${number}`;
    }
    get number() {
      asked.containers += 1;
      return this.#number;
    }
  }
  return { asked, Source, Approval, Container };
}

type Size = { people: number; sources: number; approvals: number };

/** A product of each ten sources; every approval is of one person for one product, each tenth one revoked and taken away. */
function makeWorld({ people, sources, approvals }: Size) {
  const { asked, Source, Approval, Container } = makeCounted();
  const products = numbers(Math.ceil(sources / 10));
  const given = numbers(approvals).map((n) => ({ person: `u${n % people}`, product: (n * 7) % products.length, n }));
  const facts: readonly SourceFact[] = numbers(sources).map((id) => new Source(id));
  const containers: readonly ContainerFact[] = products.map((n) => new Container(n));
  const approvalFacts: readonly ApprovalFact[] = given.map(
    ({ person, product, n }) => new Approval(person, `p${product}`, n % 10 === 0 ? 'REVOKED' : 'APPROVED'),
  );
  const world: World = {
    now: new Date(1_000),
    installationId: 'here',
    connections: [connection],
    people: new Map(numbers(people).map((n) => [`u${n}`, personOf(`u${n}`)])),
    sources: facts,
    policies: [],
    targets: new Map(
      products.map((n) => {
        const own = numbers(10).map((i) => [n * 10 + i, { isOutside: false }] as const);
        return [`p${n}`, { id: `p${n}`, label: `p${n}`, isClosed: false, sources: new Map(own) }];
      }),
    ),
    approvals: approvalFacts,
    logins: new Map([['c', numbers(people).map((n) => ({ personId: `u${n}`, principal: `u${n}`, name: `u${n}` }))]]),
    recorded: new Map(),
    containers: new Map([['c', containers]]),
    crawled: new Map(),
  };
  const members = given
    .filter(({ n }) => n % 10 !== 0)
    .map(({ person, product }): MemberRow => ({ role: `r${product}`, member: person, inherits: true, sets: true }));
  return { world, catalog: makeCatalog({ people, sources, products, members }), asked };
}

const personOf = (id: string): PersonFact => ({
  id,
  username: id,
  iam: null,
  isActive: true,
  groups: new Set(),
  attributes: new Map(),
});

type Made = { people: number; sources: number; products: readonly number[]; members: readonly MemberRow[] };

function makeCatalog({ people, sources, products, members }: Made): Catalog {
  const role = (id: string, container: string | null): [string, RoleRow] => [
    id,
    { id, name: id, isSuperuser: false, canLogin: container === null, container, isLayer: false },
  ];
  const roles = [
    ...numbers(people).map((n) => role(`u${n}`, null)),
    ...products.map((n) => role(`r${n}`, `stoa_dp_${n.toString(36)}`)),
  ];
  const relation = (n: number): RelationRow => ({
    id: `t${n}`,
    schema: 's',
    schemaName: 'public',
    name: `t${n}`,
    owner: 'owner',
    columns: 1,
    viewOf: null,
    definition: null,
  });
  return {
    account: { id: 'stoa', name: 'stoa' },
    roles: new Map(roles),
    members,
    relations: new Map(numbers(sources).map((n) => [`t${n}`, relation(n)])),
    schemas: new Map([['s', { id: 's', owner: 'owner', users: new Set(['0']) }]]),
    grants: numbers(sources).map((n) => ({
      relation: `t${n}`,
      grantee: `r${Math.floor(n / 10)}`,
      grantor: 'stoa',
      column: null,
      isGrantable: false,
    })),
  };
}

async function lookAt(size: Size) {
  const { world, catalog, asked } = makeWorld(size);
  let turns = 0;
  let isOver = false;
  const another = () => {
    turns += 1;
    if (!isOver) setImmediate(another);
  };
  setImmediate(another);
  const result = await checkAccess(world, connection, catalog);
  isOver = true;
  return { result, asked, turns };
}

test('what a look at a platform costs grows with what people have, not with people times sources; others have their turn', async () => {
  const small = await lookAt({ people: 200, sources: 500, approvals: 500 });
  const large = await lookAt({ people: 1_000, sources: 2_500, approvals: 2_500 });
  expect(large.result.findings).toEqual([]);
  expect(large.result.rows).toMatchObject({ I2: 250, I3: 22_500 });
  // Five times of everything is five times of the work: with a product of two of them it would be 25 times.
  for (const kind of ['sources', 'approvals', 'containers'] as const)
    expect(large.asked[kind] / small.asked[kind]).toBeLessThan(6);
  expect(large.turns).toBeGreaterThan(500);
});

test('what is missing and what is left over is still told at that size, of whom it is', async () => {
  const { world, catalog } = makeWorld({ people: 20, sources: 100, approvals: 50 });
  const ended = world.approvals.find(({ status }) => status === 'REVOKED');
  const left: MemberRow = { role: 'r0', member: 'u0', inherits: true, sets: true };
  const [gone] = catalog.members;
  // Several of the requests can be of one person for one product.
  const others = catalog.members.filter(({ role, member }) => role !== gone?.role || member !== gone?.member);
  const members = [...others, left];
  const { findings } = await checkAccess(world, connection, { ...catalog, members });
  const told = new Set(findings.map(({ invariant, direction, subject }) => `${invariant} ${direction} ${subject}`));
  expect(ended?.beneficiary).toBe('u0');
  expect([...told].sort()).toEqual([
    'I1 extra u0',
    `I1 missing ${gone?.member}`,
    'I12 extra u0',
    'I2 extra u0',
    `I3 missing ${gone?.member}`,
  ]);
});
