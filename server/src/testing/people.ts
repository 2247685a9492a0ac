import type { GlobalPermission } from '@stoa/contract/enums';
import type { AnswerOf, BodyIn, Operation, ParamsIn, QueryIn } from '@stoa/contract/operation';
import { foldName } from '@stoa/core/folded-name';
import { sql } from 'kysely';
import { systemActor } from '../audit/append.ts';
import { newUuid } from '../db/new-id.ts';
import type { Deps } from '../deps.ts';
import { createToken } from '../features/token/create-token.ts';

export type TestAnswer<O extends Operation> = {
  status: number;
  headers: Headers;
  body: AnswerOf<O> & Record<string, unknown>;
};
type Input<O extends Operation> = {
  params?: ParamsIn<O>;
  query?: QueryIn<O>;
  body?: BodyIn<O>;
  headers?: Record<string, string>;
};

/** Somebody who calls with a token of their own. */
export type TestPerson = {
  globalUserId: string;
  userId: number;
  username: string;
  name: string;
  token: string;
  call<O extends Operation>(operation: O, input?: Input<O>): Promise<TestAnswer<O>>;
  /** For what the contract would not let through: any method, address and body. */
  send(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<{ status: number; headers: Headers; body: unknown }>;
};

export type NewPerson = {
  username: string;
  name?: string;
  permissions?: GlobalPermission[];
  personId?: string;
  password?: string;
};

/** Adds a person past the API, with a token. */
export async function addPerson(deps: Deps, url: string, input: NewPerson): Promise<TestPerson> {
  const globalUserId = newUuid();
  const name = input.name ?? input.username;
  await deps.db
    .insertInto('app_user')
    .values({
      global_user_id: globalUserId,
      person_id: input.personId ?? globalUserId,
      username: input.username,
      username_key: foldName(input.username),
      name,
      email: `${input.username}@example.com`,
    })
    .execute();
  for (const permission of input.permissions ?? [])
    await deps.db.insertInto('global_permission').values({ global_user_id: globalUserId, permission }).execute();
  const { rows } = await sql<{ id: number }>`select id from app_user where global_user_id = ${globalUserId}`.execute(
    deps.db,
  );
  const { token } = await createToken(deps, { owner: { globalUserId, name }, actor: systemActor, description: 'test' });
  return { globalUserId, userId: rows[0]?.id ?? 0, username: input.username, name, token, ...callerOf(url, token) };
}

export function callerOf(url: string, token: string | undefined): Pick<TestPerson, 'call' | 'send'> {
  const send: TestPerson['send'] = async (method, path, body, headers) => {
    const response = await fetch(url + path, {
      method,
      redirect: 'manual',
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = /^application\/([a-z]+\+)?json\b/.test(response.headers.get('content-type') ?? '');
    return {
      status: response.status,
      headers: response.headers,
      body: isJson && text !== '' ? (JSON.parse(text) as unknown) : text,
    };
  };
  return {
    send,
    async call(operation, input = {}) {
      const params = (input.params ?? {}) as Record<string, unknown>;
      const path = operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
        encodeURIComponent(String(params[name])),
      );
      const query = new URLSearchParams();
      for (const [key, value] of Object.entries((input.query ?? {}) as Record<string, unknown>)) {
        for (const one of Array.isArray(value) ? value : [value]) if (one !== undefined) query.append(key, String(one));
      }
      const answer = await send(
        operation.method,
        query.size > 0 ? `${path}?${query.toString()}` : path,
        input.body,
        input.headers,
      );
      // Tests name what they expect of the body; the server has parsed it by the contract already.
      return answer as never;
    },
  };
}
