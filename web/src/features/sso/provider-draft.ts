import type { BodyIn } from '@stoa/contract/operation';
import type { createIdentityProvider, IdentityProvider } from '@stoa/contract/identity-provider';

/** A provider as its form holds it: text as it is typed. */
export type ProviderDraft = {
  readonly id: string;
  readonly name: string;
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scopes: string;
  readonly username: string;
  readonly claimName: string;
  readonly email: string;
  readonly groups: string;
  readonly attributes: string;
  readonly unknownPeople: 'create' | 'refuse';
  readonly enabled: boolean;
};

export const newDraft: ProviderDraft = {
  id: '',
  name: '',
  issuer: '',
  clientId: '',
  clientSecret: '',
  scopes: 'openid profile email',
  username: 'preferred_username',
  claimName: 'name',
  email: 'email',
  groups: '',
  attributes: '',
  unknownPeople: 'refuse',
  enabled: false,
};

/** The secret is never shown, so that its field begins empty. */
export const draftOf = (provider: IdentityProvider): ProviderDraft => ({
  id: provider.id,
  name: provider.name,
  issuer: provider.issuer,
  clientId: provider.clientId,
  clientSecret: '',
  scopes: provider.scopes.join(' '),
  username: provider.claims.username,
  claimName: provider.claims.name,
  email: provider.claims.email ?? '',
  groups: provider.claims.groups ?? '',
  attributes: Object.entries(provider.claims.attributes)
    .map(([attribute, claim]) => `${attribute} = ${claim}`)
    .join('\n'),
  unknownPeople: provider.unknownPeople,
  enabled: provider.enabled,
});

/** Lines of `attribute = claim`; the number of the first that is none of these instead. */
export function readAttributes(text: string): { readonly map: Record<string, string>; readonly bad?: number } {
  const map: Record<string, string> = {};
  for (const [at, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const [, attribute = '', claim = ''] = /^([^=]+)=(.+)$/.exec(line) ?? [];
    if (attribute.trim() === '' || claim.trim() === '') return { map, bad: at + 1 };
    map[attribute.trim()] = claim.trim();
  }
  return { map };
}

const idForm = /^[a-z0-9][a-z0-9-]{0,39}$/;
const needed = ['name', 'issuer', 'clientId', 'username', 'claimName'] as const;

/** The fields that do not fit, as far as it can be told here. */
export function badFields(draft: ProviderDraft): ReadonlySet<keyof ProviderDraft> {
  const bad = new Set<keyof ProviderDraft>(needed.filter((field) => draft[field].trim() === ''));
  if (!idForm.test(draft.id) || draft.id === 'local' || draft.id === 'bim') bad.add('id');
  if (readAttributes(draft.attributes).bad !== undefined) bad.add('attributes');
  return bad;
}

const orNull = (text: string): string | null => (text.trim() === '' ? null : text.trim());

/** What is sent. A new provider without a secret has none; of a stored one an empty field keeps it. */
export function bodyOf(draft: ProviderDraft): BodyIn<typeof createIdentityProvider> {
  return {
    id: draft.id,
    name: draft.name.trim(),
    issuer: draft.issuer.trim(),
    clientId: draft.clientId.trim(),
    ...(draft.clientSecret === '' ? {} : { clientSecret: draft.clientSecret }),
    scopes: draft.scopes.split(/\s+/).filter((scope) => scope !== ''),
    claims: {
      username: draft.username.trim(),
      name: draft.claimName.trim(),
      email: orNull(draft.email),
      groups: orNull(draft.groups),
      attributes: readAttributes(draft.attributes).map,
    },
    unknownPeople: draft.unknownPeople,
    enabled: draft.enabled,
  };
}
