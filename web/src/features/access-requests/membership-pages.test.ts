import { describe, expect, it } from 'vitest';
import { formOf, pageOf } from './membership-pages.ts';

const target = { id: '1f', name: 'orders', suspended: false, registered: true };
const product = { requestId: 'r1', target: { ...target, type: 'DATA_PRODUCT' as const, slug: 'orders' } };
const asset = { requestId: 'r2', target: { ...target, type: 'DATA_OBJECT' as const } };

describe('what somebody has', () => {
  it('leads to the page of its kind', () => {
    expect(pageOf(product)).toEqual({ to: '/products/$slug', params: { slug: 'orders' } });
    expect(pageOf(asset)).toEqual({ to: '/assets/$id', params: { id: '1f' } });
    expect(pageOf({ target: { ...asset.target, registered: false } })).toBeUndefined();
  });

  it('is extended on the request page of its kind, with the answers of before', () => {
    expect(formOf(product)).toMatchObject({ to: '/products/$slug/request', search: { from: 'r1' } });
    expect(formOf(asset)).toEqual({ to: '/assets/$id/request', params: { id: '1f' }, search: { from: 'r2' } });
  });
});
