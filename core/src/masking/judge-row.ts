import type { RowRule } from '@stoa/contract/masking';
import type { ColumnFamily, GovernedSource, MaskAbilities, NotEnforceable, RowTest } from './model.ts';
import { parsePredicate } from './parse-predicate.ts';
import { readOf } from './predicate.ts';
import { columnsTagged } from './tagged-columns.ts';

/** A row rule on one source: its test, nothing (`skip`), or why the platform cannot hold it. */
export type JudgedRow =
  | { readonly kind: 'test'; readonly test: RowTest }
  | { readonly kind: 'skip' }
  | { readonly kind: 'cannot'; readonly reason: NotEnforceable['reason'] };

const never: JudgedRow = { kind: 'test', test: { kind: 'never' } };
const timeFamilies: readonly ColumnFamily[] = ['date', 'timestamp'];

/** Starts from no rows: only a rule that is understood, on a source that has its columns, keeps any (governance.md 10). */
export function judgeRow(rule: RowRule, source: GovernedSource, abilities: MaskAbilities): JudgedRow {
  if (!abilities.rowKinds.has(rule.kind)) return { kind: 'cannot', reason: 'row.not_supported' };
  switch (rule.kind) {
    case 'match': {
      const operand = { kind: 'column' as const, tag: rule.columnTag };
      const test: RowTest = {
        kind: 'predicate',
        predicate:
          rule.by.kind === 'group'
            ? { kind: 'groupsContain', operand, placeholder: null }
            : { kind: 'attributeContains', name: rule.by.name, operand, placeholder: null },
      };
      return withTags([rule.columnTag], { rule, source, test });
    }
    case 'where': {
      const parsed = parsePredicate(rule.predicate);
      if (!parsed.ok) return { kind: 'cannot', reason: 'row.predicate' };
      const test: RowTest = { kind: 'predicate', predicate: parsed.predicate };
      return withTags([...readOf([parsed.predicate]).tags], { rule, source, test });
    }
    case 'time': {
      const { columnTag: tag, keep, amount, unit } = rule;
      const found = columnsTagged(source, tag);
      if (found.length === 1 && found.some((column) => !timeFamilies.includes(column.family)))
        return { kind: 'cannot', reason: 'row.column_type' };
      return withTags([tag], { rule, source, test: { kind: 'time', tag, keep, amount, unit } });
    }
    case 'minimize':
      return { kind: 'cannot', reason: 'row.not_supported' };
  }
}

function withTags(
  tags: readonly string[],
  { rule, source, test }: { readonly rule: RowRule; readonly source: GovernedSource; readonly test: RowTest },
): JudgedRow {
  const counts = tags.map((tag) => columnsTagged(source, tag).length);
  if (counts.includes(0)) return rule.ifTagMissing === 'skip' ? { kind: 'skip' } : never;
  // Of two columns with the tag, either could be the one that was meant.
  return counts.some((count) => count > 1) ? { kind: 'cannot', reason: 'row.tag_ambiguous' } : { kind: 'test', test };
}
