import { expect, test } from 'vitest';
import { failureWords } from './failure-words.ts';

test('what the platform said ends before what to do begins, once', () => {
  const remedy = 'It is tried again by itself.';
  expect(failureWords({ message: 'connect ECONNREFUSED 127.0.0.1:1', remedy })).toBe(
    'connect ECONNREFUSED 127.0.0.1:1. It is tried again by itself.',
  );
  expect(failureWords({ message: 'It is full.', remedy })).toBe('It is full. It is tried again by itself.');
  expect(failureWords({ message: 'cut off', remedy: '' })).toBe('cut off.');
});
