import { expect, it } from 'vitest';
import { type MaskUsed, maskedTable } from '../testing/masked-table.ts';
import { makeMaskedTable, maskOf, policyOf, readerOf, settleMasks } from '../testing/settle-masks.ts';

const table = { columns: 'id int\n email text', rows: "(1, 'a@b.c')" };
const hidden = () => maskOf('email', { maskingType: 'constant', value: 'hidden' });

export function describeExceptions(use: () => MaskUsed): void {
  it('lifts and sets a mask for one person by one statement, which is one row', async () => {
    const { session } = use();
    const {
      masks,
      source,
      principalId,
      shown,
      settle: again,
    } = await maskedTable(use(), { ...table, policies: [hidden()] });
    expect(await shown('email')).toEqual([{ email: 'hidden' }]);
    masks.exceptions.push({ principalId, source, column: 'email', notAfter: null });
    const lifted = await again();
    expect(lifted.statements.map(({ step }) => step.kind)).toEqual(['add-entitlements']);
    expect(await shown('email')).toEqual([{ email: 'a@b.c' }]);
    const key = [...masks.numbers.values()][0] ?? 0;
    const [proof] = await session.probeMasks([{ principalId, key: `um_${key.toString(36)}` }]);
    expect(proof?.holds).toBe(true);
    masks.exceptions.pop();
    const ended = await again();
    expect(ended.statements.map(({ step }) => step.kind)).toEqual(['end-entitlements']);
    expect(ended.second.steps).toEqual([]);
    expect(await shown('email')).toEqual([{ email: 'hidden' }]);
  });

  it('ends an exemption by the platform’s own clock, in a session and a transaction that stay open', async () => {
    const { world } = use();
    const {
      masks,
      source,
      principalId,
      login,
      path,
      settle: again,
    } = await maskedTable(use(), { ...table, policies: [hidden()] });
    // Far enough to be read before, however busy the machine is.
    const start = performance.now();
    await again();
    const took = performance.now() - start;
    const [clock] = await world.admin('SELECT extract(epoch FROM clock_timestamp()) * 1000 AS at');
    const end = Math.trunc(Number(clock?.['at']) + 3_000 + 5 * took);
    masks.exceptions.push({ principalId, source, column: 'email', notAfter: end });
    expect((await again()).second.steps).toEqual([]);
    const open = await world.openSession(login);
    try {
      await open.run('BEGIN');
      expect(await open.rows(`SELECT email FROM ${path()}`)).toEqual([{ email: 'a@b.c' }]);
      await open.run(`SELECT pg_sleep(greatest(0, ${end / 1000} - extract(epoch FROM clock_timestamp()) + 0.05))`);
      expect(await open.rows(`SELECT email FROM ${path()}`)).toEqual([{ email: 'hidden' }]);
    } finally {
      await open.close();
    }
  });
}

export function describeExceptedPeople(use: () => MaskUsed): void {
  it('shows in clear whom the policy excepts, by one row however many columns and tables', async () => {
    const { world, session } = use();
    const policies = [
      maskOf(
        'email|phone',
        { maskingType: 'null' },
        { who: { for: 'everyoneExcept', condition: "@isInGroups('HR')" } },
      ),
    ];
    const {
      masks,
      shown,
      settle: again,
      principalId,
    } = await maskedTable(use(), {
      columns: 'email text\n phone text',
      rows: "('a', 'b')",
      policies,
      groups: ['HR'],
    });
    expect(await shown()).toEqual([{ email: 'a', phone: 'b' }]);
    await makeMaskedTable(world, session, masks, { name: world.unique('more'), columns: 'email text', rows: "('a')" });
    expect((await again()).statements.map(({ step }) => step.kind)).toEqual(['write-view']);
    const seen = await session.observeMasks({ sources: [], bases: [], readers: [principalId] });
    expect(seen.entitlements).toHaveLength(1);
    masks.readers[0] = readerOf(principalId);
    expect((await again()).statements.map(({ step }) => step.kind)).toEqual(['end-entitlements']);
    expect(await shown()).toEqual([{ email: null, phone: null }]);
  });
}

export function describeClosedDoors(use: () => MaskUsed): void {
  it('gives a login that was made again under an old name nothing of the former one', async () => {
    const { world, session } = use();
    const {
      masks,
      source,
      principalId,
      login,
      shown,
      path,
      settle: again,
    } = await maskedTable(use(), { ...table, policies: [hidden()] });
    masks.exceptions.push({ principalId, source, column: 'email', notAfter: null });
    await again();
    await world.admin(`DROP OWNED BY ${world.quote(login)}; DROP ROLE ${world.quote(login)}`);
    await world.makeLogin(login);
    await world.admin(
      `GRANT USAGE ON SCHEMA shared_hr TO ${world.quote(login)}; GRANT SELECT ON ${path()} TO ${world.quote(login)}`,
    );
    expect(await shown('email')).toEqual([{ email: 'hidden' }]);
    masks.readers.length = 0;
    masks.exceptions.length = 0;
    const cleaned = await settleMasks(session, masks);
    expect(cleaned.statements.map(({ step }) => step.kind)).toEqual(['end-entitlements']);
    expect(cleaned.second.steps).toEqual([]);
  });

  it('keeps consumers from the base, from what views look up, and from the salt', async () => {
    const { world } = use();
    const { source, login } = await maskedTable(use(), { ...table, policies: [hidden()] });
    expect(await world.reads(login, source.objectPath)).toBe('refused');
    for (const name of ['ent', 'salt']) expect(await world.reads(login, ['', 'stoa', name])).toBe('refused');
  });

  it('covers the rows of a cell mask and leaves the others', async () => {
    const { shown } = await maskedTable(use(), {
      columns: 'org text\n email text',
      rows: "('EU', 'a'), ('US', 'b'), (NULL, 'c')",
      tags: { org: ['Org'] },
      policies: [
        policyOf({
          action: {
            kind: 'mask',
            masking: { maskingType: 'constant', value: '*' },
            target: { columns: 'nameRegex', regex: 'email' },
            where: "@columnTagged('Org') = 'EU'",
            ifTagMissing: 'deny',
          },
        }),
      ],
    });
    // What cannot be judged is masked.
    expect(await shown('email', 'ORDER BY org')).toEqual([{ email: '*' }, { email: 'b' }, { email: '*' }]);
  });
}

export function describeMasksForSome(use: () => MaskUsed): void {
  it('shows nothing to whom the platform does not know, where a mask is for some people only', async () => {
    const who = { for: 'everyoneWho', condition: "@isInGroups('Contractors')", otherwise: 'none' };
    const {
      masks,
      shown,
      principalId,
      settle: again,
    } = await maskedTable(use(), {
      ...table,
      policies: [maskOf('email', { maskingType: 'constant', value: 'hidden' }, { who })],
    });
    expect(await shown('email')).toEqual([{ email: 'a@b.c' }]);
    masks.readers[0] = readerOf(principalId, { groups: ['Contractors'] });
    await again();
    expect(await shown('email')).toEqual([{ email: 'hidden' }]);
    masks.readers.length = 0;
    await again();
    expect(await shown('email')).toEqual([{ email: null }]);
  });
}
