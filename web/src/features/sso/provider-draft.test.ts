import { createIdentityProviderBody } from '@stoa/contract/identity-provider';
import { expect, it } from 'vitest';
import { badFields, bodyOf, newDraft, readAttributes } from './provider-draft.ts';

const filled = { ...newDraft, id: 'okta', name: 'Okta', issuer: 'https://okta.example', clientId: 'stoa' };

it('sends what the contract takes', () => {
  expect(badFields(filled).size).toBe(0);
  expect(createIdentityProviderBody.safeParse(bodyOf(filled)).error).toBeUndefined();
  expect(bodyOf({ ...filled, groups: ' groups ', attributes: 'Cost centre = cost\n\nSite=site' }).claims).toMatchObject(
    {
      groups: 'groups',
      attributes: { 'Cost centre': 'cost', Site: 'site' },
    },
  );
});

it('names what is missing, and the first line that is no pair', () => {
  expect([...badFields({ ...newDraft, id: 'local' })].sort()).toEqual(['clientId', 'id', 'issuer', 'name']);
  expect(readAttributes('A = b\n= c').bad).toBe(2);
  expect(badFields({ ...filled, attributes: 'nothing' })).toEqual(new Set(['attributes']));
});
