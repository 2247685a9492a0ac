import { expect, it } from 'vitest';
import { changesTo, noChanges, openChanges, withChanges } from './set-changes.ts';

const keyOf = (one: string) => one;

it('what somebody else changed meanwhile stays, in both directions', () => {
  const changes = changesTo(['ann', 'ben'], ['ann', 'ben', 'mateo'], keyOf);
  expect(changes).toEqual({ added: ['mateo'], removed: [] });
  // Ben was taken out and Eve put in meanwhile.
  expect(withChanges(['ann', 'eve'], changes, keyOf)).toEqual(['ann', 'eve', 'mateo']);
});

it('what is done by now is no change any more', () => {
  const changes = { added: ['mateo'], removed: ['ben'] };
  expect(openChanges(['ann', 'ben'], changes, keyOf)).toEqual(changes);
  expect(openChanges(['ann', 'mateo'], changes, keyOf)).toEqual(noChanges);
  expect(withChanges(['ann', 'mateo'], changes, keyOf)).toEqual(['ann', 'mateo']);
});
