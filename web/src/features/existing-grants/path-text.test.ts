import { expect, test } from 'vitest';
import { readPath } from './path-text.ts';

test('a path names what lies below the database, with or without it', () => {
  expect(readPath('', 'dwh')).toEqual([]);
  expect(readPath(' sales ', 'dwh')).toEqual(['dwh', 'sales']);
  expect(readPath('dwh.sales.orders', 'dwh')).toEqual(['dwh', 'sales', 'orders']);
  expect(readPath('sales."a.""b"', 'dwh')).toEqual(['dwh', 'sales', 'a."b']);
});

test('what is no list of names is none', () => {
  for (const text of ['sales.', '.sales', 'a"b', 'one.two.three', 'sales..orders'])
    expect(readPath(text, 'dwh')).toBeNull();
});
