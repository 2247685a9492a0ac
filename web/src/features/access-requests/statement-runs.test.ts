import { expect, it } from 'vitest';
import { runsOf } from './statement-runs.ts';

const statement = (at: string, text: string, failure: string | null = null, connectionKey = 'warehouse') => ({
  at,
  connectionKey,
  statement: text,
  failure,
});

it('statements of one run stand together, with what the platform refused', () => {
  const first = '2026-03-01T10:00:00.000Z';
  const later = '2026-03-01T10:00:02.000Z';
  expect(
    runsOf([
      statement(first, 'CREATE ROLE a'),
      statement(first, 'GRANT a TO b', '42501: no'),
      statement(first, 'GRANT c TO b', null, 'lake'),
      statement(later, 'GRANT a TO b'),
    ]),
  ).toEqual([
    { at: first, connectionKey: 'warehouse', statements: ['CREATE ROLE a', 'GRANT a TO b'], failures: ['42501: no'] },
    { at: first, connectionKey: 'lake', statements: ['GRANT c TO b'], failures: [] },
    { at: later, connectionKey: 'warehouse', statements: ['GRANT a TO b'], failures: [] },
  ]);
});
