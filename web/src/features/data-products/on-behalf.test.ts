import { expect, test } from 'vitest';
import { onBehalf } from './on-behalf.ts';

const person = (globalUserId: string, name: string) => ({
  id: 1,
  iamId: 'stoa',
  globalUserId,
  username: globalUserId,
  name,
  email: null,
});
const [ana, ben] = [person('a', 'Ana'), person('b', 'Ben')];

test('of two requests for one product, the one for somebody else says for whom, and to them who asked', () => {
  expect(onBehalf({ user: ana, requestingUser: ana }, 'a')).toBeUndefined();
  expect(onBehalf({ user: ben, requestingUser: ana }, 'a')).toEqual({ is: 'for', who: 'Ben' });
  expect(onBehalf({ user: ben, requestingUser: ana }, 'b')).toEqual({ is: 'by', who: 'Ana' });
});
