import { claimMap } from '@stoa/contract/identity-provider';
import { expect, it } from 'vitest';
import { readClaims } from './read-claims.ts';

const map = claimMap.parse({
  groups: 'realm_access.roles',
  attributes: { Cost: 'https://x.example/cost', Left: 'left' },
});

it('reads names with dots as they are, and else as paths', () => {
  const claims = {
    preferred_username: 'ANA',
    name: '  Ana   Lima ',
    email: 'ana@example.org',
    realm_access: { roles: ['a', 'b', 'a', 7, true] },
    'https://x.example/cost': ' 12 ',
  };
  expect(readClaims(map, claims)).toEqual({
    username: 'ANA',
    name: 'Ana Lima',
    email: 'ana@example.org',
    groups: ['a', 'b', '7', 'true'],
    attributes: { Cost: ['12'], Left: [] },
  });
});

it('says nothing of what the map names no claim for', () => {
  const bare = claimMap.parse({ email: null });
  expect(readClaims(bare, { preferred_username: 'x y', email: 'a@example.org' })).toEqual({
    username: null,
    name: null,
    email: null,
    groups: undefined,
    attributes: {},
  });
});

it.each([false, 'false'])('leaves an e-mail aside whose email_verified is %j', (email_verified) => {
  expect(readClaims(map, { email: 'a@example.org', email_verified }).email).toBeNull();
});

it.each([
  ['a value that is none', { left: [{ a: 1 }] }],
  ['a value of several lines', { left: 'a\nb' }],
  ['a value that is too long', { left: 'x'.repeat(256) }],
  ['an empty value', { left: ' ' }],
  ['too many values', { left: Array.from({ length: 1_001 }, (_, at) => `v${at}`) }],
  ['a claim that stands elsewhere', { _claim_names: { left: 'src1' } }],
])('refuses %s', (_what, claims) => {
  expect(() => readClaims(map, claims)).toThrow(/the claim left/);
});
