import { type OperationId, operationById, operations } from '@stoa/contract/operations';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newUuid } from '../db/new-id.ts';
import { openSession } from '../http/authenticate.ts';
import { routes } from '../routes.ts';
import { startTestServer, type TestServer } from '../testing/app.ts';
import { type Cell, expectedRights, type Verdict } from './expected-rights.fixture.ts';
import { faultsOfRefusal } from './judge-refusal.fixture.ts';
import * as actors from './matrix-actors.fixture.ts';
import { sentWith } from './matrix-bodies.fixture.ts';
import { makeTarget, variantsOf } from './matrix-targets.fixture.ts';
import { makeWorld, type World } from './matrix-world.fixture.ts';
import { makeSender, type RawCall, type Sender } from './send-raw.fixture.ts';

let server: TestServer;
let world: World;
let sender: Sender;
let headersOf: actors.HeadersOf;
let made: actors.Actors;
beforeAll(async () => {
  server = await startTestServer({ env: { STOA_REQUESTS_PER_HOUR: '1000000' } });
  made = await actors.makeActors(server);
  headersOf = await actors.openCredentials(server, made);
  world = await makeWorld(server, made);
  sender = makeSender(server.url);
});
afterAll(async () => {
  sender.close();
  await server.stop();
});

const served = new Set(routes.map((route) => route.operation.id));
const isListed = (id: string): id is OperationId => Object.hasOwn(operationById, id);
const ids = operations.map((operation) => operation.id).filter(isListed);

const expectedOf = (id: OperationId, cell: Cell): Verdict | 501 => {
  const verdict = expectedRights[id].who(cell);
  if (served.has(id)) return verdict;
  return cell.kind === 'nobody' || cell.kind === 'disabled' ? 401 : 501;
};

const ownSessionAgent = 'matrix, for one call';
/** So that nobody comes to have so many that the one they call with otherwise is ended, as the one not used for longest. */
const endOwnSessions = () => sql`delete from session where user_agent = ${ownSessionAgent}`.execute(server.deps.db);

async function callOf(id: OperationId, cell: Cell, credential: actors.Credential): Promise<RawCall> {
  const operation = operationById[id];
  const target = await makeTarget[expectedRights[id].on](world, cell.variant, cell.kind);
  const me = cell.kind === 'nobody' ? newUuid() : world.actors[cell.kind].globalUserId;
  const { body, query, params } = sentWith[id]?.(target, me) ?? {};
  const path = operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(params?.[name] ?? target[name] ?? newUuid()),
  );
  const search = query === undefined ? '' : `?${new URLSearchParams(query).toString()}`;
  const text = body === undefined ? undefined : JSON.stringify(body);
  const { method } = operation;
  const headers: Record<string, string> = { ...headersOf(cell.kind, credential) };
  const needsOwnSession =
    id === 'signOut' || id === 'signOutAtProvider' || ('freshLogin' in operation && operation.freshLogin);
  if (needsOwnSession && headers['cookie'] !== undefined) {
    // It ends the very session that calls, or asks that its login is a recent one.
    const { token: session } = await openSession(server.deps.db, {
      globalUserId: me,
      ip: '127.0.0.1',
      userAgent: ownSessionAgent,
    });
    headers['cookie'] = `stoa_session=${session}`;
  }
  if (text !== undefined) headers['content-type'] = 'application/json';
  if (method !== 'GET') headers['content-length'] = String(Buffer.byteLength(text ?? ''));
  return { method, path: path + search, headers, ...(text === undefined ? {} : { body: text }) };
}

async function faultOf(id: OperationId, cell: Cell, credential: actors.Credential): Promise<string | undefined> {
  const expected = expectedOf(id, cell);
  const answer = await sender.send(await callOf(id, cell, credential));
  const isRight = expected === 'open' ? ![401, 403, 404].includes(answer.status) : answer.status === expected;
  const form = answer.status >= 400 ? faultsOfRefusal(answer) : [];
  if (isRight && answer.status !== 500 && form.length === 0) return undefined;
  const where = `${cell.kind}, ${cell.variant}, by ${credential}`;
  return `${where}: ${answer.status} instead of ${expected} ${form.join(', ')} ${answer.text.slice(0, 200)}`;
}

describe('who may call what, for every actor on every kind of thing, by token and by session', () => {
  it('has a row for every operation of the contract', () => {
    expect(operations.filter((operation) => !isListed(operation.id) || !(operation.id in expectedRights))).toEqual([]);
    expect(Object.keys(expectedRights).filter((id) => !ids.some((known) => known === id))).toEqual([]);
  });

  it.each(ids)('%s', async (id) => {
    const faults: string[] = [];
    for (const variant of served.has(id) ? variantsOf[expectedRights[id].on] : variantsOf.none) {
      const asked = actors.actorKinds.flatMap((kind) =>
        actors.credentials.map((credential) => faultOf(id, { kind, variant }, credential)),
      );
      for (const fault of await Promise.all(asked)) if (fault !== undefined) faults.push(fault);
    }
    await endOwnSessions();
    // The sessions that the others call with are among those that it ended.
    if (id === 'endOtherSessions' || id === 'endUserSessions') headersOf = await actors.openCredentials(server, made);
    expect(faults).toEqual([]);
  });
});
