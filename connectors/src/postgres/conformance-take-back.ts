import { type Finding, findDrift } from '@stoa/core/provisioning/findings';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PlatformSession } from '../connector.ts';
import { oneProduct, run, type Used } from '../testing/one-product.ts';
import { addUser } from '../testing/settle.ts';
import type { World } from '../testing/world.ts';

/** The SQL that a finding is shown with: an administrator who runs it is rid of the finding, and of nothing else. */
export function describeTakeBack(title: string, makeWorld: () => Promise<World>): void {
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
    const use = (): Used => ({ world, session });
    describeRepairs(use);
    describeMembers(use);
    describeNone(use);
  });
}

const words = ({ finding, privilege, principal }: Finding): string =>
  `${finding} ${privilege ?? ''} ${principal ?? ''}`;

/** A product with one consumer, and a second login that has nothing. */
async function shared(used: Used, base: string) {
  const { world, session } = used;
  const q = world.quote;
  const product = await oneProduct(used, base);
  const boss = await addUser(world, product.scene, 'boss');
  const { desired, after } = await run(used, product.scene);
  const container = after.containers.find((c) => c.name === desired.containers[0]?.name);
  const look = async () => {
    const settled = await run(used, product.scene);
    const findings = findDrift(settled.desired, settled.after, null);
    return { findings, repairs: session.takeBack(findings, settled.after) };
  };
  const schema = q(product.source.objectPath[1] ?? '');
  const table = product.source.objectPath.slice(1).map(q).join('.');
  return {
    ...product,
    boss,
    schema,
    table,
    name: container?.name ?? '',
    role: q(container?.nativeName ?? ''),
    look,
  };
}

function describeRepairs(use: () => Used): void {
  it('takes back what others gave, whoever gave it, and leaves what Stoa gave', async () => {
    const { world } = use();
    const q = world.quote;
    const { login, boss, source, schema, table, name, role, look } = await shared(use(), 'taken');
    const [dba, stranger] = ['d"ba', 'stranger'].map(world.unique);
    if (dba === undefined || stranger === undefined) throw new Error('no names');
    await world.makeLogin(stranger);
    await world.admin(`CREATE ROLE ${q(dba)}; GRANT USAGE, CREATE ON SCHEMA ${schema} TO ${q(dba)} WITH GRANT OPTION;
      GRANT SELECT, INSERT, UPDATE ON ${table} TO ${q(dba)} WITH GRANT OPTION;
      ALTER TABLE ${table} ADD COLUMN "od""d )" text`);
    await world.admin(`SET ROLE ${q(dba)}; GRANT INSERT ON ${table} TO ${role}; GRANT UPDATE ("od""d )") ON ${table} TO ${role};
      GRANT CREATE ON SCHEMA ${schema} TO ${role}; GRANT SELECT, UPDATE ON ${table} TO ${q(boss)}; GRANT SELECT ("od""d )") ON ${table} TO ${q(boss)};
      GRANT SELECT ON ${table} TO PUBLIC; RESET ROLE`);
    await world.admin(`GRANT INSERT ON ${table} TO ${role}; GRANT UPDATE (note) ON ${table} TO ${role}; GRANT SELECT ON ${table} TO ${q(boss)};
      GRANT SELECT ON ${table} TO ${role} WITH GRANT OPTION; GRANT ${role} TO ${q(stranger)};
      ALTER DEFAULT PRIVILEGES FOR ROLE ${q(dba)} IN SCHEMA ${schema} GRANT SELECT ON TABLES TO ${role}`);
    const { findings, repairs } = await look();
    expect([...new Set(findings.map(words))].sort()).toEqual(
      [
        `bypass SELECT PUBLIC`,
        `bypass SELECT (od"d )) (column) ${boss}`,
        `bypass SELECT, UPDATE ${boss}`,
        `extra_on_container CREATE ${name}`,
        `extra_on_container INSERT ${name}`,
        `extra_on_container SELECT WITH GRANT OPTION ${name}`,
        `extra_on_container SELECT on what ${dba} makes ${name}`,
        `extra_on_container UPDATE (note) ${name}`,
        `extra_on_container UPDATE (od"d )) ${name}`,
        `unknown_member MEMBER ${stranger}`,
      ].sort(),
    );
    expect(repairs).not.toContain(null);
    for (const repair of repairs) await world.admin(repair ?? '');
    expect((await look()).findings.map(words)).toEqual([]);
    expect(await world.reads(login, source.objectPath)).toBe('rows');
    for (const other of [boss, stranger]) expect(await world.reads(other, source.objectPath)).toBe('refused');
    await world.admin(`DROP OWNED BY ${q(dba)}; DROP ROLE ${q(dba)}`);
  });
}

function describeMembers(use: () => Used): void {
  it('takes a member away in the name of each who put them in, where the server tells grantors apart', async () => {
    const { world } = use();
    const q = world.quote;
    if (!world.separateGrantors) return;
    const { source, role, look } = await shared(use(), 'members');
    const [dba, stranger] = ['dba', 'stranger'].map(world.unique);
    if (dba === undefined || stranger === undefined) throw new Error('no names');
    await world.makeLogin(stranger);
    await world.admin(`CREATE ROLE ${q(dba)}; GRANT ${role} TO ${q(dba)} WITH ADMIN OPTION; GRANT ${role} TO ${q(stranger)};
      SET ROLE ${q(dba)}; GRANT ${role} TO ${q(stranger)}; RESET ROLE`);
    const { findings, repairs } = await look();
    const of = (member: string) => repairs[findings.findIndex(({ principal }) => principal === member)] ?? '';
    expect(of(stranger).split('\n')).toHaveLength(2);
    for (const member of [stranger, dba]) await world.admin(of(member));
    expect((await look()).findings.map(words)).toEqual([]);
    expect(await world.reads(stranger, source.objectPath)).toBe('refused');
    await world.admin(`DROP ROLE ${q(dba)}`);
  });
}

function describeNone(use: () => Used): void {
  it('shows nothing where no statement takes it back', async () => {
    const { world } = use();
    const q = world.quote;
    const { boss, table, look } = await shared(use(), 'owned');
    await world.admin(`ALTER ROLE ${q(boss)} SUPERUSER; ALTER TABLE ${table} OWNER TO ${q(boss)}`);
    const { findings, repairs } = await look();
    expect(findings.map(({ privilege }) => privilege).sort()).toEqual(['OWNER (owner)', 'SUPERUSER (superuser)']);
    expect(repairs).toEqual([null, null]);
    await world.admin(`ALTER ROLE ${q(boss)} NOSUPERUSER; ALTER TABLE ${table} OWNER TO CURRENT_USER`);
  });
}
