import { expect, test } from 'vitest';
import { connectionTags, objectTag, productTag, tagOf } from './system-tags.ts';

test('a source carries a tag for its connection and for each node above it', () => {
  const table = { technology: 'PostgreSQL', connectionKey: 'wh', objectPath: ['warehouse', 'claims', 'paid'] };
  const schema = { ...table, objectPath: ['warehouse', 'claims'], isParent: true };
  expect(connectionTags({ ...table, isParent: false })).toEqual([
    'Stoa Connections.PostgreSQL.wh',
    'Stoa Connections.PostgreSQL.wh.warehouse',
    'Stoa Connections.PostgreSQL.wh.warehouse.claims',
  ]);
  expect(connectionTags(schema)).toEqual(connectionTags({ ...table, isParent: false }));
});

test('a dot in a name does not make a level', () => {
  expect(tagOf(['Stoa Connections', 'a.b', 'c'])).toBe('Stoa Connections.a\\.b.c');
});

test('products and assets have tags of their own', () => {
  expect([productTag('p1'), objectTag('o1')]).toEqual(['Stoa Data Product.p1', 'Stoa Data Object.o1']);
});
