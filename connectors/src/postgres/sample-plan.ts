import type { SampleQuery } from '../sample.ts';

/** One question of one column. */
export type Asked = {
  readonly column: number;
  readonly key: number;
  readonly test: SampleQuery['columns'][number]['tests'][number]['test'];
};

/** The columns are numbered as in the query, and each counts its values too. */
export type Batch = { readonly columns: readonly number[]; readonly asked: readonly Asked[] };

/** governance.md 5: as many expressions may stand in one statement. */
export const mostExpressions = 200;
/**
 * The server keeps 32 compiled expressions per session (`MAX_CACHED_RES` in utils/adt/regexp.c). With one more, each of them would
 * be compiled anew for each row, which is a hundred times slower.
 */
const mostPatterns = 28;

/**
 * Cuts the questions into statements: by pattern first, since one pattern may be asked of many columns, then by how many
 * expressions there are. A column without any question is still counted.
 */
export function planBatches(
  columns: SampleQuery['columns'],
  patternOf: (asked: Asked) => string | null,
): readonly Batch[] {
  const groups = new Map<string, Asked[]>();
  for (const [index, column] of columns.entries()) {
    for (const { key, test } of column.tests) {
      const asked = { column: index, key, test };
      const group = patternOf(asked) ?? '';
      groups.set(group, [...(groups.get(group) ?? []), asked]);
    }
  }
  const batches: Batch[] = [];
  let patterns = new Set<string>();
  let asked: Asked[] = [];
  let used = new Set<number>();
  const close = (): void => {
    if (used.size > 0) batches.push({ columns: [...used], asked });
    [patterns, asked, used] = [new Set(), [], new Set()];
  };
  for (const [pattern, questions] of groups) {
    for (const question of questions) {
      const expressions = asked.length + used.size + 1 + (used.has(question.column) ? 0 : 1);
      if (expressions > mostExpressions - 1 || (!patterns.has(pattern) && patterns.size >= mostPatterns)) close();
      patterns.add(pattern);
      asked.push(question);
      used.add(question.column);
    }
  }
  const silent = columns.flatMap((column, index) => (column.tests.length === 0 ? [index] : []));
  for (const index of silent) {
    if (asked.length + used.size + 1 > mostExpressions - 1) close();
    used.add(index);
  }
  close();
  return batches;
}
