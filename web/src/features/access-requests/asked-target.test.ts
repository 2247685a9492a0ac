import { expect, test } from 'vitest';
import { askAgainAt, dataPageAt, hasPage, pathOfAsked, targetNameOf } from './asked-target.tsx';

const about = {
  product: { id: 'r', dataProduct: { id: 'p', name: 'Claims', slug: 'claims' } },
  table: {
    id: 'r',
    asset: {
      id: 'a',
      type: 'DATA_OBJECT' as const,
      name: 'orders',
      metadata: { objectPath: ['db', 'sales', 'orders'] },
    },
  },
};
const unknown = { id: 'r', asset: { ...about.table.asset, registered: false } };

test('a request leads to the page of what it is about, and to a form for the same with its answers', () => {
  expect(askAgainAt(about.product)).toEqual({
    to: '/products/$slug/request',
    params: { slug: 'claims' },
    search: { from: 'r' },
  });
  expect(askAgainAt(about.table)).toEqual({ to: '/assets/$id/request', params: { id: 'a' }, search: { from: 'r' } });
  expect(dataPageAt(about.product)?.params).toEqual({ slug: 'claims' });
  expect(dataPageAt(about.table)).toEqual({ to: '/assets/$id', params: { id: 'a' }, search: { tab: 'use' } });
  expect([hasPage(about.product), hasPage(about.table)]).toEqual([true, true]);
});

test('what no crawl has found has a name and a path, and no page yet', () => {
  expect([targetNameOf(unknown), pathOfAsked(unknown)]).toEqual(['orders', 'db.sales.orders']);
  expect(hasPage(unknown)).toBe(false);
  expect(askAgainAt(unknown)).toBeUndefined();
});
