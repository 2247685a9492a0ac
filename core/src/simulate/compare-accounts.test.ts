import { expect, test } from 'vitest';
import type { PlatformIdentity, UserFact } from '../access/model.ts';
import { compareAccounts } from './compare-accounts.ts';

const known = (externalName: string, principalId: string | null): PlatformIdentity => ({
  externalName,
  principalId,
  state: principalId === null ? 'absent' : 'mapped',
});
const user = (identity: PlatformIdentity | null): UserFact[] => [{ globalUserId: 'u1', status: 'active', identity }];

test('somebody who is another login by its id is another one, whatever it is called', () => {
  expect(compareAccounts(user(known('ana', '7')), user(known('ana', '8')))).toEqual([
    { globalUserId: 'u1', before: 'ana', after: 'ana' },
  ]);
  expect(compareAccounts(user(known('ana', '7')), user(known('ana_new', '7')))).toEqual([]);
});

test('nobody on the platform is no login, whether it was named or not', () => {
  expect(compareAccounts(user(known('ana', '7')), user(known('nobody', null)))).toEqual([
    { globalUserId: 'u1', before: 'ana', after: null },
  ]);
  expect(compareAccounts(user(null), user(known('nobody', null)))).toEqual([]);
  expect(compareAccounts([], user(known('ana', '7')))).toEqual([{ globalUserId: 'u1', before: null, after: 'ana' }]);
});
