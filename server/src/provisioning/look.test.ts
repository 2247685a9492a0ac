import { expect, it } from 'vitest';
import { movedSince } from './look.ts';

const seen = {
  principals: 'p',
  facts: 'f',
  schemas: { 1: 'a', 2: 'b' },
  tree: { '': 't' },
  containers: { 70: 'x', 71: 'y' },
};
const stored = JSON.stringify(seen);

it('says nothing of what is as it was', () => {
  expect(movedSince(stored, seen)).toBe('nothing');
});

it('names the containers whose members are others, also those that have none any more or have the first', () => {
  expect(movedSince(stored, { ...seen, containers: { 70: 'x', 71: 'z' } })).toEqual(['71']);
  expect(movedSince(stored, { ...seen, containers: { 71: 'y', 72: 'n' } })).toEqual(['70', '72']);
});

it.each([
  ['a principal', { ...seen, principals: 'q' }],
  ['a schema', { ...seen, schemas: { 1: 'a', 2: 'c' } }],
  ['whom a login belongs to', { ...seen, facts: 'g' }],
  ['what stands in a schema', { ...seen, tree: { '': 'u' } }],
  ['members, and something else', { ...seen, principals: 'q', containers: {} }],
])('asks for everything where %s moved', (_what, now) => {
  expect(movedSince(stored, now)).toBe('everything');
});

it('asks for everything where nothing is known', () => {
  expect(movedSince(null, seen)).toBe('everything');
  const { containers: _, ...older } = seen;
  expect(movedSince(JSON.stringify(older), seen)).toBe('everything');
});
