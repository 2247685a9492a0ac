import type { Source } from '@stoa/core/access/model';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PlatformSession } from '../connector.ts';
import { addUser, approve, change, factsOf, productOf, settle } from '../testing/settle.ts';
import {
  emptyMaskScene,
  makeMaskedTable,
  type MaskScene,
  maskOf,
  policyOf,
  readerOf,
  recrawl,
  settleMasks,
} from '../testing/settle-masks.ts';
import type { World } from '../testing/world.ts';
import { emptyScene } from '../testing/world.ts';

export type MaskUsed = { world: World; session: PlatformSession };

/** One consumer of one masked table, as the road would have given it to them: through the view. */
export type Masked = {
  readonly masks: MaskScene;
  readonly source: Source;
  readonly login: string;
  readonly principalId: string;
  /** The rows that the consumer's own login is shown. */
  readonly shown: (columns?: string, more?: string) => Promise<readonly Record<string, unknown>[]>;
  readonly path: () => string;
  /** Judges, writes and grants again. */
  readonly settle: (now?: number) => ReturnType<typeof settleMasks>;
};

/** Makes the table, protects it by the policies, and gives it to a consumer. */
export async function maskedTable(
  { world, session }: MaskUsed,
  about: {
    readonly columns: string;
    readonly rows?: string;
    readonly policies: MaskScene['policies'];
    readonly name?: string;
    readonly tags?: MaskScene['tags'];
    readonly attributes?: Record<string, string[]>;
    readonly groups?: string[];
  },
): Promise<Masked> {
  const masks = emptyMaskScene();
  Object.assign(masks.tags, about.tags ?? {});
  masks.policies.push(...about.policies);
  const name = about.name ?? world.unique('staff');
  const table = { name, columns: about.columns, ...(about.rows === undefined ? {} : { rows: about.rows }) };
  const source = await makeMaskedTable(world, session, masks, table);
  const scene = emptyScene();
  const login = await addUser(world, scene, world.unique('ada'));
  const principalId = scene.users[0]?.identity?.principalId ?? '';
  const { attributes = {}, groups = [] } = about;
  masks.readers.push(readerOf(principalId, { username: login, attributes, groups }));
  let view: Source | undefined;
  const run = async (now?: number) => {
    const settled = await settleMasks(session, masks, now);
    expect(settled.results.filter((result) => result.status !== 'done')).toEqual([]);
    view = settled.views.get(source.dataSourceId);
    return settled;
  };
  expect((await run()).second.steps).toEqual([]);
  if (view === undefined) throw new Error('the table was left without a view');
  scene.sources.push(view);
  const target = productOf(world.unique('masked'), [view]);
  scene.targets.push(target);
  approve(scene, target.targetId, scene.users[0]?.globalUserId ?? '');
  const granted = await settle(session, factsOf(world, scene));
  expect(granted.states.map(({ state, reason }) => [state, reason])).toEqual([['ACTIVE', null]]);
  const path = (): string => (view?.objectPath.slice(1) ?? []).map(world.quote).join('.');
  return {
    masks,
    source,
    login,
    principalId,
    path,
    shown: (columns = '*', more = '') => world.query(login, `SELECT ${columns} FROM ${path()} ${more}`),
    settle: async (now) => {
      const settled = await run(now);
      const [known] = scene.sources;
      if (known !== undefined && view !== undefined) change(scene.sources, known, view);
      await settle(session, factsOf(world, scene));
      return settled;
    },
  };
}

/** What must hold on a real server wherever masks and row rules are views. The judge is the consumer's own login. */
export function describeMasks(title: string, makeWorld: () => Promise<World>): void {
  describe(title, () => {
    let world: World;
    let session: PlatformSession;
    beforeAll(async () => {
      world = await makeWorld();
      session = await world.connector.open(world.input);
      await session.setSalt(Buffer.alloc(32, 7));
    });
    afterAll(async () => {
      await session?.close();
      await world?.close();
    });
    const use = (): MaskUsed => ({ world, session });
    describeTypes(use);
    describeExemptions(use);
    describeRows(use);
    describeChanges(use);
  });
}

function describeTypes(use: () => MaskUsed): void {
  it('masks each kind of value by each kind of mask, keeps NULL and the type of the column', async () => {
    const {
      shown,
      masks,
      principalId,
      source,
      settle: again,
    } = await maskedTable(use(), {
      columns: `gone text\n fixed varchar(10)\n phone text\n card varchar(19)\n code varchar(20)\n email text\n person uuid\n photo bytea
        age int\n pay numeric(10,2)\n share double precision\n born date\n seen timestamptz\n at timestamp\n plain text`,
      rows: `('x', 'secret', '+49 30 1234', '4111-1111', 'abc', 'a@b.c', '11111111-1111-1111-1111-111111111111', '\\x01', 37, -1234.56, 12.5,
        '1987-06-05', '2026-05-17 10:20:30Z', '2026-05-17 10:20:30', 'as it is'),
        (NULL, NULL, 'none', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)`,
      policies: [
        maskOf('gone', { maskingType: 'null' }),
        maskOf('fixed', { maskingType: 'constant', value: 'hidden' }),
        maskOf('phone', { maskingType: 'regex', pattern: '(\\+\\d\\d).*', replacement: '$1 \\ **' }),
        maskOf('card', { maskingType: 'regex', pattern: '\\d', replacement: 'x', onNoMatch: 'keep' }),
        maskOf('code|email|person|photo', { maskingType: 'hash' }),
        maskOf('age', { maskingType: 'rounding', bucket: 10 }),
        maskOf('pay', { maskingType: 'rounding', bucket: 1000 }),
        maskOf('share', { maskingType: 'rounding', bucket: 0.5 }),
        maskOf('born|at|seen', { maskingType: 'rounding', unit: 'month' }),
      ],
    });
    const columns = `gone, fixed, phone, card, code, length(email) AS email, email = encode(sha256('\\x${'07'.repeat(32)}1f'::bytea || 'a@b.c'::bytea), 'hex') AS salted,
      person, octet_length(photo) AS photo, age, pay::text AS pay, share, born::text AS born,
      (seen AT TIME ZONE 'UTC')::text AS seen, at::text AS at, plain, pg_typeof(fixed)::text AS kind`;
    const [first, second] = await shown(columns, 'ORDER BY plain');
    expect(first).toMatchObject({
      gone: null,
      fixed: 'hidden',
      phone: '+49 \\ **',
      card: 'xxxx-xxxx',
      email: 64,
      salted: true,
      photo: 32,
      age: 30,
      pay: '-2000.00',
      share: 12.5,
      born: '1987-06-01',
      seen: '2026-05-01 00:00:00',
      at: '2026-05-01 00:00:00',
      plain: 'as it is',
      kind: 'character varying',
    });
    expect(first?.['code']).toMatch(/^[0-9a-f]{20}$/);
    expect(first?.['person']).toMatch(/^[0-9a-f-]{36}$/);
    expect(first?.['person']).not.toBe('11111111-1111-1111-1111-111111111111');
    // What the pattern does not match passes in clear under `keep` alone; NULL stays NULL but under a constant.
    expect(second).toMatchObject({ gone: null, fixed: 'hidden', phone: null, card: null, code: null, email: null });
    expect(second).toMatchObject({
      person: null,
      photo: null,
      age: null,
      pay: null,
      born: null,
      seen: null,
      plain: null,
    });
    for (const column of ['gone', 'phone', 'age', 'photo'])
      masks.exceptions.push({ principalId, source, column, notAfter: null });
    await again();
    const [clear] = await shown('gone, fixed, phone, age, photo', 'ORDER BY plain');
    expect(clear).toEqual({ gone: 'x', fixed: 'hidden', phone: '+49 30 1234', age: 37, photo: Buffer.from([1]) });
  });

  it('never makes a reader’s query fail, at the ends of every type', async () => {
    const { shown } = await maskedTable(use(), {
      columns:
        's smallint\n i int\n b bigint\n d numeric(4,1)\n n numeric\n f double precision\n r real\n day date\n t timestamp\n z timestamptz\n c char(20)\n e varchar(3)',
      rows: `(-32768, -2147483648, -9223372036854775808, -999.9, 'NaN', '-Infinity', 'NaN', 'infinity', '-infinity', 'infinity', 'a', 'abc'),
        (32767, 2147483647, 9223372036854775807, 999.9, -1e100, 1e308, 1e38, '4713-11-24 BC', '4713-11-24 BC', '294276-12-31', 'b', ''),
        (0, 0, 0, 0, 0, 1e-308, 1e-40, '5874897-12-31', '294276-12-31', '4713-11-24 BC', '', NULL)`,
      policies: [
        maskOf('s|i|b', { maskingType: 'rounding', bucket: 1000 }),
        maskOf('d|n|f|r', { maskingType: 'rounding', bucket: 7 }),
        maskOf('day|t|z', { maskingType: 'rounding', unit: 'year' }),
        maskOf('c', { maskingType: 'hash' }),
        maskOf('e', { maskingType: 'regex', pattern: '.', replacement: 'longer' }),
      ],
    });
    const rows = await shown('s, i, b::text, d::text, n::text, f, r, day::text AS day, e', 'ORDER BY i');
    expect(rows).toHaveLength(3);
    expect(rows[2]).toMatchObject({ s: null, i: null, b: null, d: null, day: null, e: 'lon' });
    expect(rows[1]).toMatchObject({ s: 32000, i: 2147483000, d: '994.0' });
  });

  it('shows a column of a domain or an enumeration as nothing where a mask could break its rules', async () => {
    const { world, session } = use();
    const domain = world.unique('mail');
    const mood = world.unique('mood');
    await world.admin(`CREATE DOMAIN hr.${domain} AS varchar(50) CHECK (VALUE LIKE '%@%') NOT NULL; CREATE TYPE hr.${mood} AS ENUM ('good', 'bad');
      GRANT USAGE ON TYPE hr.${domain}, hr.${mood} TO PUBLIC`);
    const masks = emptyMaskScene();
    masks.policies.push(maskOf('mail|mood', { maskingType: 'hash' }));
    const masked = await maskedTable(use(), {
      columns: `mail hr.${domain} DEFAULT 'a@b'\n mood hr.${mood}\n id int`,
      rows: `('a@b', 'good', 1)`,
      policies: [maskOf('mail|mood', { maskingType: 'hash' })],
    });
    expect(await masked.shown()).toEqual([{ mail: null, mood: null, id: 1 }]);
    masked.masks.exceptions.push(
      ...['mail', 'mood'].map((column) => ({
        principalId: masked.principalId,
        source: masked.source,
        column,
        notAfter: null,
      })),
    );
    await masked.settle();
    expect(await masked.shown()).toEqual([{ mail: 'a@b', mood: 'good', id: 1 }]);
    expect(session.serverVersion).not.toBe('');
  });

  it('takes any name and any text of a policy for nothing but a name and a text', async () => {
    const { world } = use();
    const long = `ä"'${'x'.repeat(63 - 4 - 11)}`;
    const column = `q"'; --\\${'é'.repeat(20)}`;
    const nasty = `x' OR '1'='1'; DROP VIEW shared_hr.a; --\\`;
    const tag = `T"'); --`;
    const { shown, path } = await maskedTable(use(), {
      name: world.unique(long.slice(0, 30)),
      columns: `${world.quote(column)} text\n "select" text\n org text`,
      rows: `('v', 'w', ${`'${nasty.replaceAll("'", "''")}'`})`,
      tags: { org: [tag] },
      attributes: { [`A'"\\`]: [nasty] },
      policies: [
        policyOf({
          action: {
            kind: 'mask',
            masking: { maskingType: 'constant', value: nasty },
            target: { columns: 'nameRegex', regex: 'q.*' },
          },
        }),
        maskOf('select', { maskingType: 'regex', pattern: `w|[';\\\\]`, replacement: `$1'; --\\` }),
        policyOf({
          action: {
            kind: 'row',
            row: { kind: 'match', by: { kind: 'attribute', name: `A'"\\` }, columnTag: tag, ifTagMissing: 'deny' },
          },
        }),
      ],
    });
    expect(path()).toContain('shared_hr');
    expect(await shown()).toEqual([{ [column]: nasty, select: `'; --\\`, org: nasty }]);
  });

  it('takes an expression of a governor when it gives the column’s own type, and refuses statements', async () => {
    const { session } = use();
    const { source } = await maskedTable(use(), {
      columns: 'email text\n age int',
      policies: [maskOf('email', { maskingType: 'null' })],
    });
    const prove = (expression: string, column = 'email') => session.proveCustom(source.platformId, column, expression);
    expect(await prove("left(@column, 1) || '***'")).toBeNull();
    expect(await prove('length(@column)')).toMatch(/gives integer/);
    expect(await prove('@column / 10', 'age')).toBeNull();
    for (const refused of [
      '(select 1)',
      '@column); DROP TABLE x; --',
      '@column -- all',
      'pg_sleep(1)::text || @column',
      "query_to_xml('select 1', true, true, @column)",
      '@column || nowhere(1)',
      "'x'",
      '@column) || (@column',
      `@column || "x"`,
    ])
      expect(await prove(refused), refused).not.toBeNull();
  });
}

function describeExemptions(use: () => MaskUsed): void {
  const table = { columns: 'id int\n email text', rows: "(1, 'a@b.c')" };
  const hidden = () => maskOf('email', { maskingType: 'constant', value: 'hidden' });

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
    const [clock] = await world.admin('SELECT extract(epoch FROM clock_timestamp()) * 1000 AS at');
    const end = Math.trunc(Number(clock?.['at'])) + 3_000;
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

function describeRows(use: () => MaskUsed): void {
  const rows = "('DE', 1, now() - interval '2 days'), ('FR', 2, now() - interval '2 years'), (NULL, 3, NULL)";
  const columns = 'org text\n n int\n at timestamptz';
  const tags = { org: ['Org'], n: ['N'], at: ['At'] };
  const rule = (row: object, who: object = { for: 'everyone' }) => policyOf({ action: { kind: 'row', row }, who });
  const match = { kind: 'match', by: { kind: 'attribute', name: 'Org' }, columnTag: 'Org', ifTagMissing: 'deny' };
  const seen = (list: readonly Record<string, unknown>[]) => list.map((row) => row['n']);

  it('keeps the rows that match an attribute or a group of the reader, and none without a value', async () => {
    const {
      masks,
      shown,
      principalId,
      settle: again,
    } = await maskedTable(use(), {
      columns,
      rows,
      tags,
      attributes: { Org: ['DE', 'XX'] },
      policies: [rule(match)],
    });
    expect(seen(await shown('n'))).toEqual([1]);
    masks.readers[0] = readerOf(principalId);
    await again();
    expect(seen(await shown('n'))).toEqual([]);
    masks.policies[0] = rule({ ...match, by: { kind: 'group' } });
    masks.readers[0] = readerOf(principalId, { groups: ['FR'] });
    await again();
    expect(seen(await shown('n'))).toEqual([2]);
    masks.policies.push(rule({ kind: 'where', predicate: "@columnTagged('N') > 2", ifTagMissing: 'deny' }));
    await again();
    expect(seen(await shown('n'))).toEqual([]);
  });

  it('judges predicates and times as they are written', async () => {
    const masked = await maskedTable(use(), {
      columns,
      rows,
      tags,
      attributes: { Team: ['a.b'] },
      groups: ['G'],
      policies: [rule(match)],
    });
    const under = async (row: object, who?: object) => {
      masked.masks.policies[0] = rule(row, who);
      expect((await masked.settle()).second.steps).toEqual([]);
      return seen(await masked.shown('n', 'ORDER BY n'));
    };
    const where = (predicate: string, who?: object) => under({ kind: 'where', predicate, ifTagMissing: 'deny' }, who);
    expect(await where("lower(@columnTagged('Org')) IN ('de', 'xx')")).toEqual([1]);
    expect(await where("NOT @columnTagged('Org') = 'DE'")).toEqual([2]);
    expect(await where("@columnTagged('Org') IS NULL OR @columnTagged('N') >= 2")).toEqual([2, 3]);
    expect(await where("@columnTagged('Org') LIKE 'D%'")).toEqual([1]);
    expect(await where("coalesce(@columnTagged('Org'), 'none') = 'none'")).toEqual([3]);
    expect(await where("@hasAttribute('Team', 'a.*')")).toEqual([1, 2, 3]);
    expect(await where("@hasAttribute('Team', 'a')")).toEqual([]);
    expect(await where("@isInGroups('G', 'H')")).toEqual([]);
    expect(await where("@attributeValuesContains('Nothing', @columnTagged('Org'), 'FR')")).toEqual([2]);
    expect(await where("@username = 'nobody'")).toEqual([]);
    expect(await where(`@username = '${masked.login}'`)).toEqual([1, 2, 3]);
    const time = { kind: 'time', columnTag: 'At', amount: 1, unit: 'months', ifTagMissing: 'deny' };
    expect(await under({ ...time, keep: 'newerThan' })).toEqual([1]);
    expect(await under({ ...time, keep: 'olderThan' })).toEqual([2]);
    expect(await where("@columnTagged('Missing') = 1")).toEqual([]);
    const except = { for: 'everyoneExcept', condition: "@isInGroups('G')" };
    expect(await where("@columnTagged('N') = 1", except)).toEqual([1, 2, 3]);
    const some = (otherwise: string) => ({ for: 'everyoneWho', condition: "@isInGroups('Other')", otherwise });
    expect(await where("@columnTagged('N') = 1", some('deny'))).toEqual([]);
    expect(await where("@columnTagged('N') = 1", some('none'))).toEqual([1, 2, 3]);
  });

  it('lets no function of the reader’s see a row that the rules keep from them', async () => {
    const { world } = use();
    const { login, path } = await maskedTable(use(), {
      columns,
      rows,
      tags,
      attributes: { Org: ['DE'] },
      policies: [rule(match)],
    });
    await world.admin(
      `GRANT TEMPORARY ON DATABASE ${world.quote(String((await world.admin('SELECT current_database() AS d'))[0]?.['d']))} TO PUBLIC`,
    );
    const spy = await world.openSession(login);
    try {
      await spy.run(`CREATE FUNCTION pg_temp.spy(v int) RETURNS boolean LANGUAGE plpgsql COST 0.0000001 AS
        'BEGIN IF v <> 1 THEN RAISE EXCEPTION ''seen %'', v; END IF; RETURN true; END'`);
      expect(await spy.rows(`SELECT n FROM ${path()} WHERE pg_temp.spy(n)`)).toEqual([{ n: 1 }]);
    } finally {
      await spy.close();
    }
  });
}

function describeChanges(use: () => MaskUsed): void {
  const table = { columns: 'id int\n email text\n phone text', rows: "(1, 'a', 'b')" };
  const hidden = () => maskOf('email', { maskingType: 'constant', value: '*' });

  it('mends a view that somebody changed, and says so', async () => {
    const { world } = use();
    const { shown, path, source, settle: again } = await maskedTable(use(), { ...table, policies: [hidden()] });
    const base = source.objectPath.slice(1).map(world.quote).join('.');
    await world.admin(`CREATE OR REPLACE VIEW ${path()} AS SELECT id, email, phone FROM ${base}`);
    expect(await shown('email')).toEqual([{ email: 'a' }]);
    const mended = await again();
    expect(mended.plan.tampered.map((view) => view.dataSourceId)).toEqual([source.dataSourceId]);
    expect(mended.statements.map(({ step }) => step.kind)).toEqual(['write-view']);
    expect(await shown('email')).toEqual([{ email: '*' }]);
    await world.admin(`ALTER VIEW ${path()} SET (security_barrier = true)`);
    expect((await again()).plan.tampered).toHaveLength(1);
  });

  it('takes an exemption away that others have written', async () => {
    const { world } = use();
    const { masks, shown, login, settle: again } = await maskedTable(use(), { ...table, policies: [hidden()] });
    const key = [...masks.numbers.values()][0] ?? 0;
    await world.admin(`INSERT INTO stoa.ent SELECT rolname, oid, 'exempt', 'um_${key.toString(36)}', '', NULL, '${world.input.connectionId}'
      FROM pg_roles WHERE rolname = '${login}'`);
    expect(await shown('email')).toEqual([{ email: 'a' }]);
    expect((await again()).statements.map(({ step }) => step.kind)).toEqual(['end-entitlements']);
    expect(await shown('email')).toEqual([{ email: '*' }]);
  });

  it('shows no new column before it was crawled and judged', async () => {
    const { world, session } = use();
    const { masks, shown, source, settle: again } = await maskedTable(use(), { ...table, policies: [hidden()] });
    const name = source.objectPath.slice(1).map(world.quote).join('.');
    await world.admin(`ALTER TABLE ${name} ADD COLUMN email2 text DEFAULT 'c'`);
    expect((await again()).statements).toEqual([]);
    expect(Object.keys((await shown())[0] ?? {})).toEqual(['id', 'email', 'phone']);
    masks.policies.push(maskOf('email2', { maskingType: 'constant', value: '*' }));
    await recrawl(session, masks, source);
    await again();
    expect(await shown()).toEqual([{ id: 1, email: '*', phone: 'b', email2: '*' }]);
  });

  it('goes on masking a column that was renamed, and follows once it was crawled', async () => {
    const { world, session } = use();
    const {
      masks,
      shown,
      source,
      settle: again,
    } = await maskedTable(use(), {
      ...table,
      policies: [maskOf('email|mail', { maskingType: 'constant', value: '*' })],
    });
    const name = source.objectPath.slice(1).map(world.quote).join('.');
    await world.admin(`ALTER TABLE ${name} RENAME COLUMN email TO mail`);
    const stale = await again();
    expect(stale.statements).toEqual([]);
    expect(stale.plan.standing.get(source.dataSourceId)?.isStale).toBe(true);
    expect(await shown()).toEqual([{ id: 1, email: '*', phone: 'b' }]);
    await recrawl(session, masks, source);
    await again();
    expect(await shown()).toEqual([{ id: 1, mail: '*', phone: 'b' }]);
  });

  it('leaves a table closed that was changed under its view, or made anew, until it was crawled', async () => {
    const { world, session } = use();
    const {
      masks,
      shown,
      source,
      path,
      login,
      settle: again,
    } = await maskedTable(use(), { ...table, policies: [hidden()] });
    const name = source.objectPath.slice(1).map(world.quote).join('.');
    await expect(world.admin(`ALTER TABLE ${name} ALTER COLUMN phone TYPE int USING 1`)).rejects.toThrow(/view/);
    await world.admin(`DROP VIEW ${path()}; ALTER TABLE ${name} ALTER COLUMN phone TYPE int USING 1`);
    const changed = await settleMasks(session, masks);
    expect([...changed.plan.closed]).toEqual([[source.dataSourceId, 'protection.table_changed']]);
    await expect(shown()).rejects.toThrow(/does not exist/);
    expect(await world.reads(login, source.objectPath)).toBe('refused');
    await recrawl(session, masks, source);
    await again();
    expect(await shown()).toEqual([{ id: 1, email: '*', phone: 1 }]);
    await world.admin(
      `DROP TABLE ${name} CASCADE; SET ROLE ${world.quote(world.owner)}; CREATE TABLE ${name} AS SELECT 2 AS id, 'z'::text AS email; RESET ROLE`,
    );
    const gone = await settleMasks(session, masks);
    expect([...gone.plan.closed]).toEqual([[source.dataSourceId, 'protection.table_missing']]);
    expect(await world.reads(login, source.objectPath)).toBe('refused');
    await recrawl(session, masks, source);
    await again();
    expect(await shown()).toEqual([{ id: 2, email: '*' }]);
  });

  it('drops the view of a source without policies, and makes it anew when its columns do not fit', async () => {
    const { session, world } = use();
    const { masks, shown, source, path, settle: again } = await maskedTable(use(), { ...table, policies: [hidden()] });
    masks.policies.push(maskOf('phone', { maskingType: 'null' }));
    expect((await again()).statements.map(({ step }) => step.kind)).toEqual(['write-view']);
    expect(await shown()).toEqual([{ id: 1, email: '*', phone: null }]);
    const before = path();
    masks.policies.length = 0;
    const settled = await settleMasks(session, masks);
    expect(settled.statements.map(({ step }) => step.kind)).toEqual(['drop-view']);
    expect(settled.second.steps).toEqual([]);
    await expect(world.admin(`SELECT FROM ${before}`)).rejects.toThrow(/does not exist/);
    expect(masks.known.has(source.dataSourceId)).toBe(true);
  });

  it('writes over nothing of others, and stays closed where others have the name', async () => {
    const { world, session } = use();
    const masks = emptyMaskScene();
    masks.policies.push(hidden());
    const name = world.unique('taken');
    const source = await makeMaskedTable(world, session, masks, { name, columns: 'email text' });
    await world.admin(`CREATE SCHEMA IF NOT EXISTS shared_hr; CREATE TABLE shared_hr.${world.quote(name)} (id int)`);
    const settled = await settleMasks(session, masks);
    expect(settled.statements).toEqual([]);
    expect([...settled.plan.closed]).toEqual([[source.dataSourceId, 'protection.name_taken']]);
  });

  it('crawls none of its own views', async () => {
    const { session } = use();
    const { path } = await maskedTable(use(), { ...table, policies: [hidden()] });
    const found: string[] = [];
    for await (const object of session.crawl([])) found.push(object.objectPath.slice(1).join('.'));
    expect(found).not.toContain(path().replaceAll('"', ''));
    expect(found.some((one) => one.startsWith('shared_'))).toBe(false);
  });

  it('moves the fingerprint with a view or an exemption that others touch', async () => {
    const { world, session } = use();
    const { path } = await maskedTable(use(), { ...table, policies: [hidden()] });
    const before = await session.fingerprint();
    expect(await session.fingerprint()).toEqual(before);
    await world.admin(`ALTER VIEW ${path()} SET (security_barrier = true)`);
    const after = await session.fingerprint();
    expect(after).not.toEqual(before);
    await world.admin(`INSERT INTO stoa.ent VALUES ('x', 1, 'exempt', 'um_zz', '', NULL, 'other')`);
    expect(await session.fingerprint()).not.toEqual(after);
  });
}
