import { parsePattern } from '@stoa/core/pattern/parse-pattern';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mostExpressions, planBatches } from './sample-plan.ts';

test('every question is asked once, in statements of at most 200 expressions and fewer patterns than the server keeps', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 45 }), { maxLength: 120 }), (perColumn) => {
      const parsed = parsePattern('a');
      if (!parsed.ok) throw new Error('refused');
      const columns = perColumn.map((count, index) => ({
        name: `c${index}`,
        tests: Array.from({ length: count }, (_, key) => ({
          key,
          test: { kind: 'pattern' as const, node: parsed.node, caseSensitive: true, validator: null },
        })),
      }));
      const batches = planBatches(columns, ({ key }) => `pattern ${key}`);
      for (const { asked, columns: counted } of batches) {
        expect(1 + asked.length + counted.length).toBeLessThanOrEqual(mostExpressions);
        expect(new Set(asked.map(({ key }) => key)).size).toBeLessThanOrEqual(28);
        expect(asked.every(({ column }) => counted.includes(column))).toBe(true);
      }
      const asked = batches.flatMap((batch) => batch.asked.map(({ column, key }) => `${column}/${key}`));
      expect(asked.toSorted()).toEqual(
        perColumn.flatMap((n, c) => Array.from({ length: n }, (_, k) => `${c}/${k}`)).toSorted(),
      );
      expect(new Set(batches.flatMap((batch) => batch.columns)).size).toBe(columns.length);
    }),
    { numRuns: 100 },
  );
});
