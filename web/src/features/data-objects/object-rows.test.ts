import { describe, expect, it } from 'vitest';
import { type Branch, findByPrefix, type Node, rowsOf, stepOf } from './object-rows.ts';

const connection = (name: string): Node => ({ kind: 'connection', key: name, name, technology: 'PostgreSQL' });
const branch = (names: readonly string[], part: Partial<Branch> = {}): Branch => ({
  children: names.map(connection),
  hasMore: false,
  isLoading: false,
  hasFailed: false,
  ...part,
});
const rows = (open: readonly string[], branches: Record<string, Branch> = {}) =>
  rowsOf({
    roots: [connection('a'), connection('b')],
    isExpanded: (key) => open.includes(key),
    branchOf: (key) => branches[key],
  });

describe('the rows of the object tree', () => {
  it('shows the children of open nodes with their level and place', () => {
    const shown = rows(['a'], { a: branch(['x', 'y']) });
    expect(
      shown.map((row) => (row.type === 'node' ? `${row.node.name}${row.level}${row.place}/${row.setSize}` : '')),
    ).toEqual(['a11/2', 'x21/2', 'y22/2', 'b12/2']);
  });

  it('says that a branch is on its way, goes on, failed, or is empty', () => {
    const typeAt1 = (known: Record<string, Branch>) => rows(['a'], known)[1]?.type;
    expect(typeAt1({})).toBe('loading');
    expect(typeAt1({ a: branch([], { hasFailed: true }) })).toBe('failed');
    expect(typeAt1({ a: branch([]) })).toBe('none');
    expect(rows(['a'], { a: branch(['x'], { hasMore: true }) })[2]?.type).toBe('more');
  });

  it('opens with right, then enters; closes with left, then goes to the parent', () => {
    const closed = rows([]);
    expect(stepOf(closed, 0, 'ArrowRight')).toEqual({ open: 'a' });
    const open = rows(['a'], { a: branch(['x']) });
    expect(stepOf(open, 0, 'ArrowRight')).toEqual({ goTo: 1 });
    expect(stepOf(open, 0, 'ArrowLeft')).toEqual({ close: 'a' });
    expect(stepOf(open, 1, 'ArrowLeft')).toEqual({ goTo: 0 });
  });

  it('stays inside at both ends', () => {
    expect(stepOf(rows([]), 0, 'ArrowUp')).toEqual({ goTo: 0 });
    expect(stepOf(rows([]), 1, 'ArrowDown')).toEqual({ goTo: 1 });
  });

  it('finds a name by its first letters, around the end', () => {
    expect(findByPrefix(rows([]), 0, 'B')).toBe(1);
    expect(findByPrefix(rows([]), 1, 'a')).toBe(0);
    expect(findByPrefix(rows([]), 0, 'zz')).toBe(-1);
  });
});
