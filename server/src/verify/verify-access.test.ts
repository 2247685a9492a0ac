import { readdirSync, readFileSync } from 'node:fs';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { givePolicy } from '../testing/policies.ts';
import { waitFor } from '../testing/register-platform.ts';
import { type AccessWorld, approveProduct, makeAccessWorld, revoke, settle, standsAt } from './access-world.fixture.ts';
import type { Finding, InvariantId } from './finding.ts';
import { exitCodeOf, printReport } from './print-report.ts';
import { runVerify } from './run-verify.ts';

let world: AccessWorld;
/** The roles of what was approved, by the table that they open first. */
const role = {} as Record<'held' | 'ended' | 'guarded', string>;
let heldRequest: string;
let endedRequest: string;
const native = (text: string) => world.platform.superuser.query(text);
const table = (n: number): string => {
  const [, schema, name] = world.registered.sources[n]?.path ?? [];
  return `"${schema}"."${name}"`;
};

beforeAll(async () => {
  world = await makeAccessWorld('seeded');
  const held = await approveProduct(world, 'Held', [0, 1]);
  const ended = await approveProduct(world, 'Ended', [2]);
  heldRequest = held.requestId;
  endedRequest = ended.requestId;
  for (const { requestId } of [held, ended]) await standsAt(world, requestId, 'ACTIVE');
  await revoke(world, ended);
  const { sources } = world.registered;
  await givePolicy(world.server.deps, {
    name: 'Trained',
    kind: 'guardrail',
    condition: "@isInGroups('Trained')",
    circumstances: [
      { type: 'object', connectionKey: 'seeded', objectPath: sources[3]?.path.slice(0, 3) ?? [] },
      { type: 'object', connectionKey: 'seeded', objectPath: sources[4]?.path.slice(0, 3) ?? [] },
    ],
  });
  const guarded = await approveProduct(world, 'Guarded', [3]);
  // Given by an administrator of the platform, and recorded by the next look.
  for (const area of ['area_1', 'area_2']) await native(`grant usage on schema ${area} to "${world.other.username}"`);
  await native(`grant select on ${table(5)} to "${world.other.username}"`);
  await settle(world);
  const open = () => sql`select from drift_finding where finding = 'bypass'`.execute(world.server.deps.db);
  await waitFor('what others gave to be recorded', async () => (await open()).rows.length > 0);
  for (const [name, productId] of Object.entries({ held, ended, guarded }).map(([n, p]) => [n, p.productId] as const)) {
    const { rows } = await sql<{ number: number }>`
      select number from container where target_id = ${productId}`.execute(world.server.deps.db);
    role[name as keyof typeof role] = `"stoa_dp_${rows[0]?.number.toString(36)}"`;
  }
  // From here on nobody mends what is planted.
  await world.server.deps.reconciler.stop();
});
afterAll(() => world?.stop());

const verify = (more: Partial<Parameters<typeof runVerify>[0]> = {}) =>
  runVerify({ ...world.server.deps, settleMs: 0, only: ['I1', 'I2', 'I3', 'I11', 'I12'], ...more });
const found = async (): Promise<Finding[]> => (await verify()).invariants.flatMap(({ findings }) => findings);
const told = (findings: readonly Finding[]) =>
  [...new Set(findings.map(({ invariant, direction }) => `${invariant} ${direction}`))].sort();

type Seed = {
  readonly wrong: string;
  readonly plant: () => string;
  readonly mend: () => string;
  readonly want: readonly `${InvariantId} ${Finding['direction']}`[];
};
const member = (container: keyof typeof role, login: string, verb: 'grant' | 'revoke') => () => {
  const by = `granted by "${world.platform.connector.username}"`;
  const who = `"${login === 'consumer' ? world.consumer.username : world.other.username}"`;
  return verb === 'grant'
    ? `grant ${role[container]} to ${who} with inherit true, set false ${by}`
    : `revoke ${role[container]} from ${who} ${by}`;
};
const asConnector = (statement: () => string) => () =>
  `set role "${world.platform.connector.username}"; ${statement()}; reset role`;
const extraByOurs = ['I1 extra', 'I12 extra'] as const;

const seeds: readonly Seed[] = [
  {
    wrong: 'a member is taken out of a container',
    plant: member('held', 'consumer', 'revoke'),
    mend: member('held', 'consumer', 'grant'),
    want: ['I1 missing', 'I3 missing'],
  },
  {
    wrong: 'a container loses one of its tables',
    plant: asConnector(() => `revoke select on ${table(1)} from ${role.held}`),
    mend: asConnector(() => `grant select on ${table(1)} to ${role.held}`),
    want: ['I1 missing', 'I3 missing'],
  },
  {
    wrong: 'a container keeps one column of a table alone',
    plant: asConnector(
      () => `revoke select on ${table(1)} from ${role.held}; grant select (id) on ${table(1)} to ${role.held}`,
    ),
    mend: asConnector(
      () => `revoke select (id) on ${table(1)} from ${role.held}; grant select on ${table(1)} to ${role.held}`,
    ),
    want: ['I1 missing', 'I3 missing'],
  },
  {
    wrong: 'a container may not use the schema any more',
    plant: asConnector(() => `revoke usage on schema area_1 from ${role.held}`),
    mend: asConnector(() => `grant usage on schema area_1 to ${role.held}`),
    want: ['I1 missing', 'I3 missing'],
  },
  {
    wrong: 'somebody is a member who asked for nothing',
    plant: member('held', 'other', 'grant'),
    mend: member('held', 'other', 'revoke'),
    want: extraByOurs,
  },
  {
    wrong: 'a revoked request still lets its person in',
    plant: member('ended', 'consumer', 'grant'),
    mend: member('ended', 'consumer', 'revoke'),
    want: ['I1 extra', 'I12 extra', 'I2 extra'],
  },
  {
    wrong: 'somebody is let in past a guardrail',
    plant: member('guarded', 'consumer', 'grant'),
    mend: member('guarded', 'consumer', 'revoke'),
    want: ['I1 extra', 'I11 extra', 'I12 extra'],
  },
  {
    wrong: 'a grant by others on a guarded table is not recorded',
    plant: () => `grant select on ${table(4)} to "${world.other.username}"`,
    mend: () => `revoke select on ${table(4)} from "${world.other.username}"`,
    want: ['I1 extra', 'I11 extra'],
  },
  {
    wrong: 'one column is granted past Stoa',
    plant: () => `grant select (label) on ${table(2)} to "${world.other.username}"`,
    mend: () => `revoke select (label) on ${table(2)} from "${world.other.username}"`,
    want: ['I1 extra'],
  },
  {
    wrong: 'a table is open to everybody who may use its schema',
    plant: () => `grant select on ${table(2)} to public; grant usage on schema area_1 to public`,
    mend: () => `revoke select on ${table(2)} from public; revoke usage on schema area_1 from public`,
    want: ['I1 extra'],
  },
  {
    wrong: 'a group of groups brings somebody in',
    plant: () =>
      `create role seed_inner; create role seed_outer; grant seed_inner to seed_outer; grant seed_outer to "${world.other.username}";
       grant usage on schema area_1 to seed_inner; grant select on ${table(2)} to seed_inner`,
    mend: () => 'drop owned by seed_inner; drop role seed_inner; drop role seed_outer',
    want: ['I1 extra'],
  },
  {
    wrong: 'a role can be taken on that reads a table',
    plant: () =>
      `create role seed_inner; grant seed_inner to "${world.other.username}" with inherit false, set true;
       grant usage on schema area_1 to seed_inner; grant select on ${table(2)} to seed_inner`,
    mend: () => 'drop owned by seed_inner; drop role seed_inner',
    want: ['I1 extra'],
  },
  {
    wrong: 'a table belongs to a consumer',
    plant: () => `alter table ${table(2)} owner to "${world.other.username}"`,
    mend: () => `alter table ${table(2)} owner to "${world.platform.owner}"`,
    want: ['I1 extra'],
  },
  {
    wrong: 'a container reads a table that its product does not list',
    plant: asConnector(() => `grant select on ${table(2)} to ${role.held}`),
    mend: asConnector(() => `revoke select on ${table(2)} from ${role.held}`),
    want: ['I1 extra', 'I12 extra', 'I2 extra'],
  },
  {
    wrong: 'a container may pass on what it reads',
    plant: asConnector(() => `grant select on ${table(1)} to ${role.held} with grant option`),
    mend: asConnector(() => `revoke grant option for select on ${table(1)} from ${role.held}`),
    want: ['I12 extra'],
  },
  {
    wrong: 'the account of Stoa gave somebody a table directly',
    plant: asConnector(() => `grant select on ${table(2)} to "${world.platform.owner}_x"`),
    mend: asConnector(() => `revoke select on ${table(2)} from "${world.platform.owner}_x"`),
    want: ['I12 extra'],
  },
  {
    wrong: 'a role of nobody is in a container',
    plant: () => `grant ${role.held} to "${world.platform.owner}_x"`,
    mend: () => `revoke ${role.held} from "${world.platform.owner}_x"`,
    want: ['I12 extra'],
  },
];

test('what the product has made of the facts is clean, and what others gave is told as recorded', async () => {
  await native(`create role "${world.platform.owner}_x"`);
  const report = await verify();
  expect(report.invariants.flatMap(({ findings }) => findings)).toEqual([]);
  expect(exitCodeOf(report)).toBe(0);
  expect(report.invariants.map(({ invariant, status }) => `${invariant} ${status}`)).toEqual([
    'I1 held',
    'I2 held',
    'I3 held',
    'I11 held',
    'I12 held',
  ]);
  expect(printReport(report)).toContain('recorded on its page');
});

test.each(seeds)('found and mended: $wrong', async ({ plant, mend, want }) => {
  await native(plant());
  try {
    const findings = await found();
    expect(told(findings)).toEqual(want);
    for (const { expected, found: was, where, next, connectionKey } of findings) {
      expect(connectionKey).toBe('seeded');
      for (const words of [expected, was, where, next]) expect(words).not.toBe('');
    }
  } finally {
    await native(mend());
  }
  expect(told(await found())).toEqual([]);
});

type StoredSeed = {
  wrong: string;
  plant: () => string;
  mend: () => string;
  want: readonly string[];
  request?: () => string;
};
const stored: readonly StoredSeed[] = [
  {
    wrong: 'an approval has run out, and the platform still lets its person in',
    plant: () => `update access_request set expiration = now() - interval '1 hour' where id = '${heldRequest}'`,
    // The server may have ended it by itself meanwhile.
    mend: () =>
      `update access_request set expiration = null, status = 'APPROVED', ended_at = null where id = '${heldRequest}'`,
    want: ['I1 extra', 'I12 extra', 'I2 extra'],
    request: () => heldRequest,
  },
  {
    wrong: 'a request ended before its time',
    plant: () => `update access_request set status = 'APPROVED', ended_at = null where id = '${endedRequest}'`,
    mend: () => `update access_request set status = 'REVOKED', ended_at = now() where id = '${endedRequest}'`,
    want: ['I1 missing', 'I3 missing'],
    request: () => endedRequest,
  },
  {
    wrong: 'an account was disabled and its login still reads',
    plant: () => `update app_user set status = 'disabled' where username = '${world.consumer.username}'`,
    mend: () => `update app_user set status = 'active' where username = '${world.consumer.username}'`,
    want: ['I1 extra', 'I12 extra'],
  },
  {
    wrong: 'what others gave is not recorded any more',
    plant: () => `update drift_finding set closed_at = now() where finding = 'bypass'`,
    mend: () => `update drift_finding set closed_at = null where finding = 'bypass'`,
    want: ['I1 extra'],
  },
];
test.each(stored)('found and mended: $wrong', async ({ plant, mend, want, request }) => {
  const { db } = world.server.deps;
  await sql.raw(plant()).execute(db);
  try {
    const findings = await found();
    expect(told(findings)).toEqual(want);
    if (request !== undefined) expect(findings.map(({ requestId }) => requestId)).toContain(request());
  } finally {
    await sql.raw(mend()).execute(db);
  }
  expect(told(await found())).toEqual([]);
});

test('what is put right within the time to settle is no violation, and what stays is', async () => {
  await native(member('held', 'consumer', 'revoke')());
  let looks = 0;
  const mending = await verify({
    settleMs: 60_000,
    onProgress: async (_done, _total, doing) => {
      if (doing.startsWith('reading') && ++looks === 2) await native(member('held', 'consumer', 'grant')());
    },
  });
  expect(mending.invariants.map(({ status }) => status)).toEqual(['held', 'held', 'held', 'held', 'held']);
  await native(member('held', 'consumer', 'revoke')());
  const staying = await verify({ settleMs: 200 });
  expect(exitCodeOf(staying)).toBe(1);
  await native(member('held', 'consumer', 'grant')());
});

test('a platform that does not answer is not checked, and never held', async () => {
  const { db } = world.server.deps;
  await sql`update connection set config = config || '{"port": 1}'`.execute(db);
  const report = await verify();
  await sql`update connection set config = config || ${JSON.stringify({ port: world.platform.port })}::jsonb`.execute(
    db,
  );
  expect(exitCodeOf(report)).toBe(2);
  expect(new Set(report.invariants.map(({ status }) => status))).toEqual(new Set(['unchecked']));
  expect(printReport(report)).toContain('not checked: connection seeded: the platform did not answer');
});

test('the program that verifies shares nothing with what it verifies', () => {
  const files = readdirSync(import.meta.dirname).filter(
    (name) => name.endsWith('.ts') && !/\.(test|fixture)\.ts$/.test(name),
  );
  const allowed =
    /^(\.\/|\.\.\/(db\/pool|secrets\/(read-)?secrets|egress\/egress-rules|config)\.ts$|node:|kysely$|pg$)/;
  const imports = files.flatMap((name) =>
    [...readFileSync(`${import.meta.dirname}/${name}`, 'utf8').matchAll(/(?:from|import\() ?'([^']+)'/g)].map(
      ([, from = '']) => ({ name, from }),
    ),
  );
  expect(imports.length).toBeGreaterThan(10);
  expect(imports.filter(({ from }) => !allowed.test(from))).toEqual([]);
});

test('an approval of which no run knows is found, also where nobody has looked yet who its person is on the platform', async () => {
  const { db } = world.server.deps;
  const { productId } = await approveProduct(world, 'Forgotten', [0]);
  const lost = async () => (await verify({ only: ['I4'] })).invariants.flatMap(({ findings }) => findings);
  expect(await lost()).toEqual([]);
  const keys = await db.deleteFrom('provisioning_key').where('target_id', '=', productId).returningAll().execute();
  // A sweep that is asked for in between would bring it there.
  const sweeps = () => db.deleteFrom('provisioning_key').where('target_id', 'is', null).returning('id').execute();
  let findings: Finding[];
  do {
    await sweeps();
    findings = await lost();
  } while ((await sweeps()).length > 0);
  expect(findings).toMatchObject([{ invariant: 'I4', direction: 'missing', where: 'provisioning_key' }]);
  await db
    .insertInto('provisioning_key')
    .values(keys.map(({ id: _, ...key }) => key))
    .execute();
  expect(await lost()).toEqual([]);
});
