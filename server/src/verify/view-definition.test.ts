import { describe, expect, test } from 'vitest';
import { branchesOf } from './view-definition.ts';

const bareOf = (definition: string) => branchesOf(definition)?.map(({ bare }) => [...bare]);

describe('what a view shows as it is', () => {
  test.each([
    ['SELECT b.id, b.label FROM area.people b', [['id', 'label']]],
    [' SELECT b.id,\n    NULL::text AS label\n   FROM area.people b;', [['id']]],
    ['SELECT b."E Mail" AS x, b."a""b" FROM "Area"."The, table" b', [['E Mail', 'a"b']]],
    ['SELECT (b.mail)::text AS mail, ((b.n)::numeric(10,2))::integer AS n FROM area.people b', [['mail', 'n']]],
    [`SELECT 'b.mail, '' FROM x' AS said, b.id FROM area.people b`, [['id']]],
    [`SELECT E'\\\\'', b.mail' AS said FROM area.people b`, [[]]],
    [' SELECT id,\n    (mail)::text AS "E Mail"\n   FROM area.people b', [['id', 'mail']]],
    [' SELECT id, CASE WHEN true THEN mail ELSE NULL::text END AS mail FROM people b', [['id']]],
    ['SELECT lower(b.mail) AS mail, CASE WHEN true THEN b.id ELSE b.n END AS id FROM people b', [[]]],
    ['SELECT (b.a || b.c) AS a, (b.a)::text || (b.c)::text AS c FROM area.people b', [[]]],
  ])('%s', (definition, bare) => {
    expect(bareOf(definition)).toEqual(bare);
  });

  test.each([
    'SELECT b.mail FROM (SELECT people.mail FROM area.people) b',
    'SELECT b.mail FROM area.people b JOIN area.other o ON true',
    'SELECT b.mail FROM area.people b, area.other o',
    'WITH b AS (SELECT 1) SELECT b.mail FROM b',
    'SELECT people.mail FROM area.people',
    'SELECT b.mail FROM area.people b UNION SELECT b.mail FROM area.people b',
    'VALUES (1)',
    '',
  ])('nothing is said of %j', (definition) => {
    expect(branchesOf(definition)).toBeNull();
  });

  test('which branch is for those alone who are exempt', () => {
    const gate = `(EXISTS ( SELECT 1 FROM stoa.ent e WHERE ((e.usr = (CURRENT_USER)::text) AND (e.kind = 'exempt'::text))))`;
    const definition = `SELECT b.mail FROM area.people b WHERE ${gate}
      UNION ALL SELECT NULL::text AS mail FROM area.people b WHERE ((NOT ${gate}) AND (pg_backend_pid() IS NOT NULL))
      UNION ALL SELECT b.mail FROM area.people b WHERE (${gate} AND (b.n > 1))
      UNION ALL SELECT b.mail FROM area.people b WHERE (${gate} OR (b.n > 1))
      UNION ALL SELECT b.mail FROM area.people b`;
    expect(branchesOf(definition)?.map(({ isGated, isFiltered }) => [isGated, isFiltered])).toEqual([
      [true, true],
      [false, true],
      [true, true],
      [false, true],
      [false, false],
    ]);
  });

  test.each([
    ['true', false],
    ['(NOT false)', false],
    ['((b.n > 1) OR true)', false],
    ['(((b.n > 1) OR true) AND (NOT (false)))', false],
    ['((b.n > 1) AND (b.ok OR true))', true],
    ['(1 = 1)', true],
    ['false', true],
    ['NULL::boolean', true],
    ['b.ok', true],
    ['"true"', true],
    ['(NOT b.ok)', true],
    ['(pg_backend_pid() IS NOT NULL)', true],
    ['CASE WHEN ((b.n > 1) OR true) THEN b.ok ELSE false END', true],
  ])('rows where %s depend on something: %j', (condition, isFiltered) => {
    expect(branchesOf(`SELECT b.id FROM area.people b WHERE ${condition}`)?.[0]?.isFiltered).toBe(isFiltered);
  });
});
