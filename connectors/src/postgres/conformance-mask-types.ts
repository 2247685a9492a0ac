import { expect, it } from 'vitest';
import { type MaskUsed, maskedTable } from '../testing/masked-table.ts';
import { emptyMaskScene, maskOf, policyOf } from '../testing/settle-masks.ts';

export function describeMaskTypes(use: () => MaskUsed): void {
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
}

export function describeDomains(use: () => MaskUsed): void {
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
}

export function describeHostileTexts(use: () => MaskUsed): void {
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
}

export function describeCustomMasks(use: () => MaskUsed): void {
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
