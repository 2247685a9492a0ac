import { expect, test } from 'vitest';
import { askAgainAt, changeAt, dataPageAt, hasPage, pathOfAsked, targetNameOf } from './asked-target.tsx';

const ana = { id: 1, iamId: 'local', globalUserId: 'ana', username: 'ana', name: 'Ana' };
const asked = { id: 'r', type: 'DATA_ACCESS' as const, user: ana };
const about = {
  product: { ...asked, dataProduct: { id: 'p', name: 'Claims', slug: 'claims' } },
  table: {
    ...asked,
    asset: {
      id: 'a',
      type: 'DATA_OBJECT' as const,
      name: 'orders',
      metadata: { objectPath: ['db', 'sales', 'orders'] },
    },
  },
};
const unknown = { ...about.table, asset: { ...about.table.asset, registered: false } };

test('a request leads to the page of what it is about', () => {
  expect(dataPageAt(about.product)?.params).toEqual({ slug: 'claims' });
  expect(dataPageAt(about.table)).toEqual({ to: '/assets/$id', params: { id: 'a' }, search: { tab: 'use' } });
  expect([hasPage(about.product), hasPage(about.table)]).toEqual([true, true]);
});

test('asking again is for the same person and kind, with the answers of before', () => {
  expect(askAgainAt(about.product)).toEqual({
    to: '/products/$slug/request',
    params: { slug: 'claims' },
    search: { from: 'r', for: 'ana' },
  });
  expect(askAgainAt({ ...about.table, type: 'MASKING_EXCEPTION' })).toEqual({
    to: '/assets/$id/request',
    params: { id: 'a' },
    search: { from: 'r', for: 'ana', type: 'masking-exception' },
  });
});

test('changing the answers names the request whose place the new one takes', () => {
  expect(changeAt(about.table)?.search).toEqual({ replaces: 'r' });
  expect(changeAt({ ...about.product, type: 'MASKING_EXCEPTION' })?.search).toEqual({
    replaces: 'r',
    type: 'masking-exception',
  });
});

test('what no crawl has found has a name and a path, and is asked for by them', () => {
  expect([targetNameOf(unknown), pathOfAsked(unknown)]).toEqual(['orders', 'db.sales.orders']);
  expect(hasPage(unknown)).toBe(false);
  const metadata = { objectPath: ['db', 'sales.x', 'the "orders"'], technology: 'PostgreSQL' as const, port: 5432 };
  expect(changeAt({ ...unknown, asset: { ...unknown.asset, metadata } })).toEqual({
    to: '/request',
    search: {
      fullyQualifiedName: '"db"."sales.x"."the ""orders"""',
      technology: 'PostgreSQL',
      port: '5432',
      replaces: 'r',
    },
  });
});
