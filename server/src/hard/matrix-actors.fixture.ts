import { openSession } from '../http/authenticate.ts';
import type { TestServer } from '../testing/app.ts';
import type { TestPerson } from '../testing/people.ts';

/** The kinds of caller of product.md 5 and reliability.md 5. */
export const actorKinds = [
  'nobody',
  'plain login',
  'requester',
  'beneficiary',
  'steward of the request',
  'manager of the domain',
  'manager of another domain',
  'GOVERNANCE',
  'USER_ADMIN',
  'APPLICATION_ADMIN',
  'AUDIT',
  'disabled',
] as const;
export type ActorKind = (typeof actorKinds)[number];
export type KnownKind = Exclude<ActorKind, 'nobody'>;

export type Actors = Readonly<Record<KnownKind, TestPerson>>;

export async function makeActors(server: TestServer): Promise<Actors> {
  const login = (username: string) => server.person({ username });
  const holder = (permission: 'GOVERNANCE' | 'USER_ADMIN' | 'APPLICATION_ADMIN' | 'AUDIT') =>
    server.person({ username: permission.toLowerCase(), permissions: [permission] });
  return {
    'plain login': await login('plain'),
    requester: await login('requester'),
    beneficiary: await login('beneficiary'),
    'steward of the request': await login('steward'),
    'manager of the domain': await login('manager'),
    'manager of another domain': await login('other-manager'),
    GOVERNANCE: await holder('GOVERNANCE'),
    USER_ADMIN: await holder('USER_ADMIN'),
    APPLICATION_ADMIN: await holder('APPLICATION_ADMIN'),
    AUDIT: await holder('AUDIT'),
    // Made able first, since nothing else could be told from a stranger afterwards.
    disabled: await server.person({
      username: 'disabled',
      permissions: ['GOVERNANCE', 'USER_ADMIN', 'APPLICATION_ADMIN', 'AUDIT'],
    }),
  };
}

export const credentials = ['token', 'session'] as const;
export type Credential = (typeof credentials)[number];
export type HeadersOf = (kind: ActorKind, credential: Credential) => Readonly<Record<string, string>>;

/** How each actor proves who they are: by a token, or by the cookie of a session that calls from our own page. */
export async function openCredentials(server: TestServer, actors: Actors): Promise<HeadersOf> {
  const cookies = new Map<string, string>();
  for (const [kind, person] of Object.entries(actors)) {
    const call = { globalUserId: person.globalUserId, ip: '127.0.0.1', userAgent: 'matrix' };
    cookies.set(kind, `stoa_session=${(await openSession(server.deps.db, call)).token}`);
  }
  const headers: HeadersOf = (kind, credential) => {
    if (kind === 'nobody') return {};
    if (credential === 'token') return { authorization: `Bearer ${actors[kind].token}` };
    return { cookie: cookies.get(kind) ?? '', origin: server.url, 'sec-fetch-site': 'same-origin' };
  };
  return headers;
}
