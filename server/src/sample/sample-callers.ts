import type { AnswerOf, BodyIn, Operation, ParamsIn, QueryIn } from '@stoa/contract/operation';
import { problem } from '@stoa/contract/error';
import type { FastifyInstance } from 'fastify';
import { sql } from 'kysely';
import { appendAudit, type AuditActor } from '../audit/append.ts';
import { transact } from '../db/transact.ts';
import type { Deps } from '../deps.ts';
import { createToken } from '../features/token/create-token.ts';
import type { SampleUsername } from './accounts.ts';

export const sampleActor: AuditActor = { type: 'SYSTEM_ACTOR', id: 'stoa', name: 'Stoa sample' };
const tokenDescription = 'Stoa: loading the sample';

type Input<O extends Operation> = { params?: ParamsIn<O>; query?: QueryIn<O>; body?: BodyIn<O> };

/** An operation of ours refused a step of the sample. */
export class SampleRefused extends Error {
  readonly code: string;
  constructor(message: string, code: string) {
    super(message);
    this.code = code;
  }
}

export type SampleCallers = {
  /** Calls an operation as one of the sample's people, by the same road as the web app. Throws SampleRefused. */
  call<O extends Operation>(username: SampleUsername, operation: O, input?: Input<O>): Promise<AnswerOf<O>>;
  /** The same; undefined where there is nothing yet. */
  find<O extends Operation>(username: SampleUsername, operation: O, input?: Input<O>): Promise<AnswerOf<O> | undefined>;
  idOf(username: SampleUsername): Promise<string>;
  /** Ends the tokens that were made for this. */
  close(): Promise<void>;
};

/** Callers with tokens of the sample's people. The sample is made by our own operations, so its history is real. */
export function createSampleCallers(deps: Deps, app: FastifyInstance): SampleCallers {
  const tokens = new Map<SampleUsername, Promise<string>>();
  const account = async (username: SampleUsername): Promise<{ globalUserId: string; name: string }> => {
    const { rows } = await sql<{ globalUserId: string; name: string }>`
      select global_user_id as "globalUserId", name from app_user where username = ${username}`.execute(deps.db);
    const found = rows[0];
    if (!found) throw new Error(`the sample account ${username} is missing`);
    return found;
  };
  const makeToken = async (username: SampleUsername): Promise<string> => {
    const owner = await account(username);
    return (await createToken(deps, { owner, actor: sampleActor, description: tokenDescription })).token;
  };
  const tokenOf = (username: SampleUsername): Promise<string> => {
    const token = tokens.get(username) ?? makeToken(username);
    tokens.set(username, token);
    return token;
  };
  const call: SampleCallers['call'] = async (username, operation, input = {}) =>
    send(app, { token: await tokenOf(username), operation, input });
  return {
    call,
    async find(username, operation, input) {
      try {
        return await call(username, operation, input);
      } catch (error) {
        if (error instanceof SampleRefused && error.code === 'resource.not_found') return undefined;
        throw error;
      }
    },
    idOf: async (username) => (await account(username)).globalUserId,
    close: () => revokeTokens(deps),
  };
}

/** Also those of a load that was killed. */
async function revokeTokens(deps: Deps): Promise<void> {
  await transact(deps, async (tx) => {
    const { rows } = await sql<{ id: string }>`
      update personal_access_token set revoked_at = now()
      where description = ${tokenDescription} and revoked_at is null returning id`.execute(tx);
    await appendAudit(
      tx,
      rows.map(({ id }) => ({
        action: 'ApiKeyDeleted',
        actor: sampleActor,
        targetType: 'API_KEY',
        targets: [{ id, name: tokenDescription }],
      })),
    );
  });
}

type Sending<O extends Operation> = { token: string; operation: O; input: Input<O> };

async function send<O extends Operation>(
  app: FastifyInstance,
  { token, operation, input }: Sending<O>,
): Promise<AnswerOf<O>> {
  const params = new Map(Object.entries(input.params ?? {}));
  const path = operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(String(params.get(name))),
  );
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(input.query ?? {}))
    for (const one of Array.isArray(value) ? value : [value]) query.append(name, String(one));
  const response = await app.inject({
    method: operation.method,
    url: query.size > 0 ? `${path}?${query.toString()}` : path,
    headers: {
      authorization: `Bearer ${token}`,
      ...(input.body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(input.body === undefined ? {} : { payload: JSON.stringify(input.body) }),
  });
  const schema = operation.responses[response.statusCode];
  if (response.statusCode >= 400 || schema === undefined) throw refusalOf(operation, response.body);
  // Parsed by the operation's own schema, which is what AnswerOf stands for.
  return (schema === null ? undefined : schema.parse(response.json())) as AnswerOf<O>;
}

function refusalOf(operation: Operation, body: string): SampleRefused {
  const said = problem.safeParse(JSON.parse(body));
  if (!said.success) return new SampleRefused(`${operation.id} answered ${body.slice(0, 200)}`, 'unknown');
  return new SampleRefused(`${operation.id}: ${said.data.detail}`, said.data.code);
}

/** Asks again and again until there is an answer; undefined once the time is over. */
export async function waitFor<T>(seconds: number, ask: () => Promise<T | undefined>): Promise<T | undefined> {
  const end = Date.now() + seconds * 1_000;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined || Date.now() > end) return answer;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
