import { hostileTexts } from '../../hard/hostile.fixture.ts';

/** A link as a catalog would hold it, and what somebody made of it. */
export type Tampered = { readonly what: string; readonly path: string };

const name = 'warehouse.claims.policies';
const members: Readonly<Record<string, string>> = {
  fullyQualifiedName: name,
  technology: 'PostgreSQL',
  host: 'db.example',
  port: '5432',
  requestType: 'data-access',
  assetType: 'table',
};
const encoded = (text: string): string => {
  try {
    return encodeURIComponent(text);
  } catch {
    return '%ed%a0%80';
  }
};
const queryOf = (values: Readonly<Record<string, string>>): string =>
  Object.entries(values)
    .map(([key, value]) => `${key}=${encoded(value).slice(0, 5_000)}`)
    .join('&');

/** Each member in turn with each hostile text. */
const spoiled = Object.keys(members).flatMap((member) =>
  hostileTexts.map((text) => ({
    what: `${member} is ${JSON.stringify(text.slice(0, 30))}`,
    query: queryOf({ ...members, [member]: text }),
  })),
);

/** Acts, ways out and identities that a link has no say in. */
const smuggled = [
  'returnTo=https://evil.example',
  'returnTo=//evil.example',
  'returnTo=/.//evil.example',
  'redirect=https://evil.example',
  'redirect_uri=https://evil.example',
  'next=//evil.example',
  'url=javascript:alert(1)',
  'user=00000000-0000-0000-0000-000000000000',
  'beneficiary=somebody',
  'status=APPROVED',
  'approve=true',
  'method=POST',
  '_method=DELETE',
  'form={"answers":[]}',
  'accountId=12345',
  'accountId=%27%20or%201=1',
  'globalUserId=1',
  'access_token=abc',
  'host=evil.example',
  'technology=Snowflake',
  'fullyQualifiedName=other.name.entirely',
  '__proto__[admin]=1',
  'constructor.prototype.x=1',
  'expiration=2999-01-01T00:00:00Z',
];
const withMore = smuggled.map((more) => ({ what: more, query: `${queryOf(members)}&${more}` }));
const broken = [
  '',
  '?',
  '&&&&',
  '%',
  '%00',
  '%zz',
  'fullyQualifiedName',
  'fullyQualifiedName=%ff',
  '=x',
  'a[]=1&a[b]=2',
].map((query) => ({ what: `the query ${query}`, query }));

/** What came of the link of an asset: more than two hundred, for the resolver behind `/request`. */
export const tamperedQueries: readonly { what: string; query: string }[] = [...spoiled, ...withMore, ...broken];

/** The same for links that carry an id or a name in their path. */
export const tamperedIds: readonly string[] = [
  ...hostileTexts.filter((text) => text !== '').map((text) => encoded(text).slice(0, 1_500)),
  '..%2f..%2fapi%2faudit',
  '%2e%2e/%2e%2e/api/audit',
  '..;/',
  '%5c%5cevil.example',
  '//evil.example',
  'https:%2f%2fevil.example',
];
