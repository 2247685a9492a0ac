import { describe, expect, it } from 'vitest';
import { conditionsOf, leavesOf, treeOf } from './condition-tree.ts';

const inHr = { fact: 'userGroups', operator: 'contains', value: 'HR' };
const short = { fact: 'answers', operator: 'equal', value: 'x', path: '$.f1' };

describe('conditions as a tree', () => {
  it.each([
    { all: [inHr, short] },
    { any: [inHr, { all: [short, { not: { any: [inHr] } }] }] },
    { not: { all: [inHr, { not: { all: [short] } }] } },
  ])('come back as they were: %j', (conditions) => {
    expect(conditionsOf(treeOf(conditions))).toEqual(conditions);
  });

  it('write a negated comparison as a group of which none holds', () => {
    expect(conditionsOf(treeOf({ not: inHr }))).toEqual({ not: { any: [inHr] } });
  });

  it('keep a double negation', () => {
    expect(conditionsOf(treeOf({ not: { not: { all: [inHr] } } }))).toEqual({
      not: { any: [{ not: { all: [inHr] } }] },
    });
  });

  it('name each comparison by the path that the server names it by', () => {
    const tree = treeOf({ any: [inHr, { not: { all: [short] } }] });
    expect(leavesOf(tree, 'rules[0].conditions').map(({ path }) => path)).toEqual([
      'rules[0].conditions.any[0]',
      'rules[0].conditions.any[1].not.all[0]',
    ]);
  });
});
