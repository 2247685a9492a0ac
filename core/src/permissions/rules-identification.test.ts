import { describe, expect, test } from 'vitest';
import { may } from './may.ts';
import type { Actor } from './objects.ts';
import { nothing } from './objects.ts';

const domain = { id: 'd', name: 'Sales' };
const other = { id: 'e', name: 'Claims' };
const actor = (
  permissions: Actor['permissions'],
  inDomain: Actor['domainPermissions'][number]['permission'][] = [],
): Actor => ({
  globalUserId: 'u',
  personId: 'u',
  username: 'u',
  userId: 1,
  status: 'active',
  permissions,
  groups: [],
  attributes: [],
  domainPermissions: inDomain.map((permission) => ({ domainId: domain.id, permission })),
});
const run = (scope: 'domain' | 'connection' | 'source', ...domains: (typeof domain)[]) =>
  ({ kind: 'identification', scope, domains }) as const;
const identifier = (of: typeof domain | null, isBuiltIn = false) =>
  ({ kind: 'identifier', domain: of, isBuiltIn }) as const;

const governor = actor(['GOVERNANCE']);
const keeper = actor([], ['Manage Identifiers']);
const tagger = actor([], ['Manage Tags']);
const nobody = actor([]);

describe('identification', () => {
  test('is run by governors anywhere, and by those who manage identifiers in a domain of the sources alone', () => {
    for (const one of [run('connection'), run('domain', domain), run('source')]) {
      expect(may(governor, 'identification.run', one).allowed).toBe(true);
    }
    expect(may(keeper, 'identification.run', run('domain', domain)).allowed).toBe(true);
    expect(may(keeper, 'identification.run', run('source', other, domain)).allowed).toBe(true);
    expect(may(keeper, 'identification.run', run('domain', other)).allowed).toBe(false);
    expect(may(keeper, 'identification.run', run('source')).allowed).toBe(false);
    expect(may(keeper, 'identification.run', run('connection')).allowed).toBe(false);
    expect(may(tagger, 'identification.run', run('domain', domain)).allowed).toBe(false);
  });

  test('is read by those who look after the data; to others of them a run elsewhere is not there', () => {
    for (const one of [governor, actor(['AUDIT']), actor(['APPLICATION_ADMIN']), keeper, tagger]) {
      expect(may(one, 'identification.read', run('domain', domain)).allowed).toBe(true);
    }
    expect(may(keeper, 'identification.read', run('domain', other))).toMatchObject({ code: 'resource.not_found' });
    expect(may(nobody, 'identification.read', nothing).allowed).toBe(false);
    expect(may(nobody, 'identifier.read', nothing).allowed).toBe(false);
  });

  test('looks for what governors made, or in a domain those who manage identifiers there; built-in ones stay', () => {
    expect(may(governor, 'identifier.manage', identifier(null)).allowed).toBe(true);
    expect(may(keeper, 'identifier.manage', identifier(null)).allowed).toBe(false);
    expect(may(keeper, 'identifier.manage', identifier(domain)).allowed).toBe(true);
    expect(may(keeper, 'identifier.manage', identifier(other)).allowed).toBe(false);
    expect(may(governor, 'identifier.manage', identifier(null, true)).allowed).toBe(false);
  });
});
