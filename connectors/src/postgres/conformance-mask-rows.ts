import { expect, it } from 'vitest';
import { type MaskUsed, maskedTable } from '../testing/masked-table.ts';
import { policyOf, readerOf } from '../testing/settle-masks.ts';

const rows = "('DE', 1, now() - interval '2 days'), ('FR', 2, now() - interval '2 years'), (NULL, 3, NULL)";
const columns = 'org text\n n int\n at timestamptz';
const tags = { org: ['Org'], n: ['N'], at: ['At'] };
const rule = (row: object, who: object = { for: 'everyone' }) => policyOf({ action: { kind: 'row', row }, who });
const match = { kind: 'match', by: { kind: 'attribute', name: 'Org' }, columnTag: 'Org', ifTagMissing: 'deny' };
const seen = (list: readonly Record<string, unknown>[]) => list.map((row) => row['n']);

export function describeRowMatches(use: () => MaskUsed): void {
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
}

export function describeRowPredicates(use: () => MaskUsed): void {
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
}

export function describeRowBarrier(use: () => MaskUsed): void {
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
