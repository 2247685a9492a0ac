import { setScimAccess } from '@stoa/contract/scim-access';
import { scimRoot, scimUrns } from '@stoa/contract/scim-path';
import type { TestServer } from '../../testing/app.ts';
import { callerOf, type TestPerson } from '../../testing/people.ts';

type Json = Record<string, unknown>;
export type ScimAnswer = { status: number; headers: Headers; body: Json };

/** A directory that calls with its token, as `application/scim+json`. */
export class Directory {
  readonly #send: TestPerson['send'];
  constructor(server: Pick<TestServer, 'url'>, token: string | undefined) {
    this.#send = callerOf(server.url, token).send;
  }

  async #call(method: string, path: string, body?: Json): Promise<ScimAnswer> {
    const headers = {
      accept: 'application/scim+json',
      ...(body && { 'content-type': 'application/scim+json; charset=utf-8' }),
    };
    return (await this.#send(method, `${scimRoot}${path}`, body, headers)) as ScimAnswer;
  }

  get = (path: string) => this.#call('GET', path);
  post = (path: string, body: Json) => this.#call('POST', path, body);
  put = (path: string, body: Json) => this.#call('PUT', path, body);
  delete = (path: string) => this.#call('DELETE', path);
  patch = (path: string, ...operations: Json[]) =>
    this.#call('PATCH', path, { schemas: [scimUrns.patch], Operations: operations });
  /** Those whom a filter finds. */
  find = async (kind: 'Users' | 'Groups', filter: string): Promise<Json[]> => {
    const { body } = await this.get(`/${kind}?filter=${encodeURIComponent(filter)}&startIndex=1&count=100`);
    return body['Resources'] as Json[];
  };
  /** Makes somebody; answers the id. */
  add = async (user: Json): Promise<string> => idOf(await this.post('/Users', user));
  addGroup = async (group: Json): Promise<string> => idOf(await this.post('/Groups', group));
}

function idOf({ status, body }: ScimAnswer): string {
  if (status !== 201) throw new Error(`it was not made: ${JSON.stringify(body)}`);
  return String(body['id']);
}

/** Switches SCIM on for a provider. */
export async function openDirectory(
  server: TestServer,
  admin: TestPerson,
  id: string,
  body: { idClaim?: string; takesOverGroups?: boolean } = {},
): Promise<{ directory: Directory; token: string }> {
  const answer = await admin.call(setScimAccess, { params: { id }, body });
  const { token } = answer.body;
  if (token === null) throw new Error(`no token came: ${JSON.stringify(answer.body)}`);
  return { directory: new Directory(server, token), token };
}

/** Somebody as Microsoft Entra ID sends them: `roles` is empty, `meta` names a kind, and words of operations are capital. */
export const fromEntra = (userName: string, externalId: string, more: Json = {}): Json => ({
  schemas: [scimUrns.user, scimUrns.enterprise],
  externalId,
  userName,
  active: true,
  emails: [{ primary: true, type: 'work', value: `${userName}@example.org` }],
  meta: { resourceType: 'User' },
  name: { formatted: 'Given Family', familyName: 'Family', givenName: 'Given' },
  roles: [],
  ...more,
});

/** Somebody as Okta sends them: with empty groups, and a password that nobody wants. */
export const fromOkta = (userName: string, externalId: string, more: Json = {}): Json => ({
  schemas: [scimUrns.user],
  userName,
  name: { givenName: 'Test', familyName: 'User' },
  emails: [{ primary: true, value: `${userName}@example.org`, type: 'work' }],
  displayName: 'Test User',
  locale: 'en-US',
  externalId,
  groups: [],
  password: '1mz050nq',
  active: true,
  ...more,
});

export const entraGroup = (displayName: string, externalId: string): Json => ({
  schemas: [scimUrns.group, 'http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group'],
  externalId,
  displayName,
  meta: { resourceType: 'Group' },
});
