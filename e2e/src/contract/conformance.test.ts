import type { Operation } from '@stoa/contract/operation';
import { operations } from '@stoa/contract/operations';
import { ownDocumentChecker } from '@stoa/contract/testing/own-document';
import { readPublishedDocument } from '@stoa/contract/testing/published-document';
import { openApiDocument } from '@stoa/contract/openapi';
import { newCuid, newUuid } from '@stoa/server/db/new-id';
import { faultsOfRefusal } from '@stoa/server/hard/judge-refusal.fixture';
import type { TestPerson } from '@stoa/server/testing/people';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ContractWorld, startContractWorld } from './contract-world.ts';
import { type Asked, type Expectation, expectations } from './expectations.ts';
import { forbiddenValuesOf, valuesOf } from './query-values.ts';

const published = operations.filter((operation) => operation.published !== undefined);
const document = readPublishedDocument();
const own = openApiDocument(operations);
if (document === undefined)
  console.log('The published contract is not beside this clone: answers are held against our own document alone.');

let world: ContractWorld;
let ownFaults: ReturnType<typeof ownDocumentChecker>;
beforeAll(async () => {
  world = await startContractWorld();
  ownFaults = ownDocumentChecker(own);
}, 240_000);
afterAll(() => world?.stop());

type Answer = { status: number; headers: Headers; body: unknown };

function faultsOf(operation: Operation, { status, headers, body }: Answer): readonly string[] {
  const { method, path } = operation;
  const type = headers.get('content-type') ?? '';
  const refusal = status < 400 ? [] : faultsOfRefusal({ status, type, text: JSON.stringify(body) });
  return [...ownFaults({ method, path, status, body }), ...refusal, ...publishedFaults(operation, status, body)];
}

function publishedFaults(operation: Operation, status: number, body: unknown): readonly string[] {
  const known = document?.operations.find((one) => one.method === operation.method && one.path === operation.path);
  if (document === undefined || known === undefined) return [];
  const schema = known.responses.get(String(status));
  if (schema !== undefined) return document.checkerOf(schema)(body);
  if (status >= 400) return [];
  if (!known.responses.has(String(status))) return [`the status ${status} is not published`];
  return body === '' ? [] : ['a body where none is published'];
}

/** The documented parameters: those of the published document where it is there. */
function parametersOf(operation: Operation): readonly { name: string; schema: Readonly<Record<string, unknown>> }[] {
  const known = document?.operations.find((one) => one.operationId === operation.id);
  if (known !== undefined) return known.query;
  const parameters = own.paths[operation.path]?.[operation.method.toLowerCase()]?.parameters ?? [];
  return parameters.filter((one) => one.in === 'query');
}

type Changed = { by?: Pick<TestPerson, 'send'>; params?: object; query?: readonly (readonly [string, string])[] };

function send(operation: Operation, asked: Asked, changed: Changed = {}, headers?: Record<string, string>) {
  const params: Record<string, unknown> = { ...asked.params, ...changed.params };
  const path = operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(params[name])));
  const given = changed.query ?? [];
  const kept = Object.entries(asked.query ?? {}).filter(([name]) => given.every(([other]) => other !== name));
  const query = new URLSearchParams([...kept, ...given].map(([name, value]) => [name, value]));
  const by = changed.by ?? asked.by;
  return by.send(operation.method, query.size > 0 ? `${path}?${query.toString()}` : path, asked.body, headers);
}

const expectationOf = ({ id }: Operation): Expectation => {
  const known = expectations[id];
  if (known === undefined) throw new Error(`nothing is expected of ${id}`);
  return known;
};
const isPublic = (operation: Operation): boolean => 'public' in operation.access;
const successOf = ({ responses }: Operation): number => Number(Object.keys(responses).find((s) => s.startsWith('2')));

it('the suite expects something of every published operation, and of nothing else', () => {
  expect(Object.keys(expectations).sort()).toEqual(published.map((operation) => operation.id).sort());
  expect(published).toHaveLength(83);
});

describe.each(published)('operation $published, $id', (operation) => {
  const expected = (): Expectation => expectationOf(operation);

  it('answers as published', async () => {
    const asked = await expected().happy(world);
    const answer = await send(operation, asked);
    expect(answer.status, JSON.stringify(answer.body)).toBe(expected().onlyRefusal ?? successOf(operation));
    expect(faultsOf(operation, answer)).toEqual([]);
  });

  it('takes every documented parameter, and only what it allows', async () => {
    const asked = parametersOf(operation).length > 0 ? await expected().happy(world) : undefined;
    if (asked === undefined) return;
    const wrong: string[] = [];
    const look = async (query: readonly (readonly [string, string])[], status: readonly number[]) => {
      const answer = await send(operation, asked, { query });
      const faults = faultsOf(operation, answer);
      if (!status.includes(answer.status) || faults.length > 0)
        wrong.push(
          `${JSON.stringify(query)} -> ${answer.status} ${faults.join('; ')} ${JSON.stringify(answer.body).slice(0, 200)}`,
        );
    };
    for (const { name, schema } of parametersOf(operation)) {
      const isFree = isFreeText(operation, name);
      for (const values of valuesOf(schema))
        await look(
          values.map((value) => [name, value] as const),
          isFree ? [200, 400, 403, 404] : [200],
        );
      for (const value of forbiddenValuesOf(schema)) await look([[name, value]], [400]);
    }
    expect(wrong.join('\n')).toBe('');
  });

  it.skipIf(isPublic(operation))('answers 401 to nobody, and to a token of nothing', async () => {
    const asked = await expected().happy(world);
    for (const headers of [{}, { authorization: 'Bearer stoa_pat_of_nothing' }, { authorization: 'Basic YTpi' }]) {
      const answer = await send(operation, asked, { by: world.server.nobody }, headers);
      expect(answer.status).toBe(401);
      expect(faultsOf(operation, answer)).toEqual([]);
    }
  });

  it('refuses whoever has not the right', async () => {
    const { refused, happy } = expected();
    if (refused === undefined) return;
    const answer = await send(operation, await happy(world), { by: refused.by(world) });
    expect(answer.status, JSON.stringify(answer.body)).toBe(refused.status);
    expect(faultsOf(operation, answer)).toEqual([]);
  });

  it('answers 404 for what is not there', async () => {
    const { isNamed, happy } = expected();
    if (isNamed === undefined) return;
    const asked = await happy(world);
    const answer = await send(operation, asked, { params: ofNothing(asked.params ?? {}) });
    expect(answer.status, JSON.stringify(answer.body)).toBe(404);
    expect(faultsOf(operation, answer)).toEqual([]);
  });

  it('says what stands in the way', async () => {
    const { conflict } = expected();
    if (conflict === undefined) return;
    const answer = await send(operation, await conflict.make(world));
    expect(answer.status, JSON.stringify(answer.body)).toBe(conflict.status);
    expect(faultsOf(operation, answer)).toEqual([]);
  });

  it('answers 400 to a body of another form', async () => {
    if (operation.body === undefined) return;
    const asked = await expected().happy(world);
    for (const body of [
      '[',
      '7',
      '{"name": 7, "status": {}, "user": [], "type": 0, "description": {}, "fields": 1, "body": 1, "dataSources": 1, "dataProductId": [], "url": 7, "eventType": 7}',
    ]) {
      const answer = await send(operation, { ...asked, body });
      expect(answer.status, JSON.stringify(answer.body)).toBe(400);
      expect(faultsOf(operation, answer)).toEqual([]);
    }
  });
});

/** Names, hosts and ids are free texts to the document, but not every one of them means something. */
const isFreeText = ({ id }: Operation, name: string): boolean =>
  id === 'getAssetByMetadata' ||
  (id === 'getApprovedMaskingExceptionColumns' && name === 'userId') ||
  ['nextToken', 'user', 'globalUserId', 'dataSourceIds'].includes(name);

const ofNothing = (params: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(params).map(([name, value], index) => {
      if (index > 0) return [name, value];
      return [name, /^c[a-z0-9]{24}$/.test(value) ? newCuid() : name === 'name' ? 'No such product' : newUuid()];
    }),
  );
