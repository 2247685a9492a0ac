import type { ClaimMap } from '@stoa/contract/identity-provider';
import { email as emailForm, line, name as nameForm, username as usernameForm } from '@stoa/contract/text';
import { SignInRefused } from './failure.ts';

export type Claims = Readonly<Record<string, unknown>>;
/** What a provider says of somebody, as it may be stored. */
export type SaidOfPerson = {
  /** Null: it names none that could be one. */
  readonly username: string | null;
  /** Null: nothing is said of it, and what is known stays. */
  readonly name: string | null;
  readonly email: string | null;
  /** Undefined: no claim is named for groups. */
  readonly groups: readonly string[] | undefined;
  readonly attributes: Readonly<Record<string, readonly string[]>>;
};

const mostValues = 1_000;
const value = line(255).regex(/\S/u);

/** Names the claims that a map asks for. */
export const mappedClaims = (map: ClaimMap): string[] =>
  [map.username, map.name, map.email, map.groups, ...Object.values(map.attributes)].filter((claim) => claim !== null);

/** The value of a claim by its name, else by a path: names of claims hold dots as well, such as addresses. */
export function claimOf(claims: Claims, path: string): unknown {
  if (Object.hasOwn(claims, path)) return claims[path];
  let at: unknown = claims;
  for (const part of path.split('.')) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, part)) return undefined;
    at = (at as Claims)[part];
  }
  return at;
}

/**
 * Reads what the map names. What cannot be stored refuses the sign-in, and so does what is said to stand elsewhere: left out, it would
 * look as if the provider had taken it away.
 */
export function readClaims(map: ClaimMap, claims: Claims): SaidOfPerson {
  requireWhole(map, claims);
  const groups = map.groups === null ? undefined : valuesOf(claims, map.groups);
  const attributes = Object.entries(map.attributes).map(([name, claim]) => [name, valuesOf(claims, claim)] as const);
  return {
    username: usernameForm.safeParse(textOf(claims, map.username)?.normalize('NFKC')).data ?? null,
    name: nameForm.safeParse(textOf(claims, map.name)).data ?? null,
    email: emailOf(map, claims),
    groups,
    attributes: Object.fromEntries(attributes),
  };
}

/** Large providers leave a claim out when it gets long, and say where to ask for it instead. */
function requireWhole(map: ClaimMap, claims: Claims): void {
  const elsewhere = claims['_claim_names'];
  if (typeof elsewhere !== 'object' || elsewhere === null) return;
  const left = mappedClaims(map).find((claim) => Object.hasOwn(elsewhere, claim));
  if (left === undefined) return;
  throw new SignInRefused(
    'auth.claim_unusable',
    `the claim ${left} is not in the answer, which says that it stands elsewhere`,
  );
}

function textOf(claims: Claims, path: string): string | undefined {
  const found = claimOf(claims, path);
  return typeof found === 'string' ? found.trim() : undefined;
}

/** One that the provider says it has not verified may be anybody's. */
function emailOf(map: ClaimMap, claims: Claims): string | null {
  if (map.email === null) return null;
  const isUnverified = map.email === 'email' && [false, 'false'].includes(claims['email_verified'] as string);
  return isUnverified ? null : (emailForm.safeParse(textOf(claims, map.email)).data ?? null);
}

function valuesOf(claims: Claims, path: string): string[] {
  const found = claimOf(claims, path) ?? [];
  const list: unknown[] = Array.isArray(found) ? found : [found];
  if (list.length > mostValues) throw new SignInRefused('auth.claim_unusable', `the claim ${path} has too many values`);
  const values = list.map((one) => {
    const text = ['string', 'number', 'boolean'].includes(typeof one) ? String(one).normalize('NFC').trim() : undefined;
    const read = value.safeParse(text);
    if (!read.success)
      throw new SignInRefused(
        'auth.claim_unusable',
        `the claim ${path} holds a value that is no text of one line, at most 255 long`,
      );
    return read.data;
  });
  return [...new Set(values)];
}
