import { operations } from '@stoa/contract/operations';
import { expect, test } from 'vitest';
import { routes } from './routes.ts';

test('every operation of the contract is served', () => {
  const served = new Set(routes.map(({ operation }) => operation.id));
  expect(operations.filter(({ id }) => !served.has(id)).map(({ id }) => id)).toEqual([]);
});
