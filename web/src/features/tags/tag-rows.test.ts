import type { Tag } from '@stoa/contract/tag';
import { expect, test } from 'vitest';
import { type Branch, keyOfTagRow, tagRows } from './tag-rows.ts';

const tag = (id: number, childCount = 0): Tag => ({
  id,
  name: `t${id}`,
  displayName: `t${id}`,
  parentId: null,
  source: 'curated',
  description: '',
  sensitivity: null,
  childCount,
  objectCount: 0,
  columnCount: 0,
  createdAt: '2026-01-01T00:00:00Z',
  updatedAt: '2026-01-01T00:00:00Z',
});
const branch = (children: readonly Tag[], more: Partial<Branch> = {}): Branch => ({
  children,
  total: children.length,
  isLoading: false,
  hasFailed: false,
  ...more,
});

test('what is below an open tag stands under it, one level deeper', () => {
  const branches = new Map([
    [1, branch([tag(2, 1), tag(3)])],
    [2, branch([tag(4)])],
  ]);
  const rows = tagRows([tag(1, 2), tag(5)], ({ id }) => branches.get(id));
  expect(rows.map((row) => [keyOfTagRow(row), row.level])).toEqual([
    ['1', 0],
    ['2', 1],
    ['4', 2],
    ['3', 1],
    ['5', 0],
  ]);
});

test('a branch says that it is on its way, that it failed, or that there is more', () => {
  const show = (one: Branch) => tagRows([tag(1, 3)], () => one).map(keyOfTagRow);
  expect(show(branch([], { isLoading: true }))).toEqual(['1', 'loading 1']);
  expect(show(branch([], { hasFailed: true }))).toEqual(['1', 'failed 1']);
  expect(show(branch([tag(2)], { total: 3 }))).toEqual(['1', '2', 'more 1']);
});

test('a tag with nothing below is never open', () => {
  expect(tagRows([tag(1)], () => branch([]))).toMatchObject([{ type: 'tag', isOpen: false }]);
});
