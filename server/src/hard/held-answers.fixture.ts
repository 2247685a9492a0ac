import type { BodyIn, Operation, ParamsIn, QueryIn } from '@stoa/contract/operation';
import { ownDocumentChecker } from '@stoa/contract/testing/own-document';
import { readPublishedDocument } from '@stoa/contract/testing/published-document';
import type { TestServer } from '../testing/app.ts';
import type { TestAnswer, TestPerson } from '../testing/people.ts';
import { faultsOfRefusal } from './judge-refusal.fixture.ts';

type Caller = Pick<TestPerson, 'call'>;
type Input<O extends Operation> = { params?: ParamsIn<O>; query?: QueryIn<O>; body?: BodyIn<O> };

export type HeldAnswers = {
  /** Calls, and holds the answer against the documents. */
  ask: <O extends Operation>(caller: Caller, operation: O, input?: Input<O>) => Promise<TestAnswer<O>>;
  /** The same person, each of whose answers is held. */
  hold(person: TestPerson): TestPerson;
  /** What was wrong with any answer since it was asked last. */
  takeFaults(): readonly string[];
  /** `operation id` and `status` of every answer so far. */
  readonly seen: ReadonlySet<string>;
  readonly isPublishedThere: boolean;
};

/** Holds every answer against the published document, where that is beside the clone, and against our own. */
export async function holdAnswers(server: TestServer): Promise<HeldAnswers> {
  const published = readPublishedDocument();
  const own = ownDocumentChecker((await server.nobody.send('GET', '/api/openapi.json')).body);
  const faults: string[] = [];
  const seen = new Set<string>();

  const breaksPublished = (operation: Operation, status: number, body: unknown): readonly string[] => {
    if (published === undefined || operation.published === undefined) return [];
    const known = published.operations.find((o) => o.method === operation.method && o.path === operation.path);
    if (known === undefined) return ['it is not published'];
    const schema = known.responses.get(String(status));
    // A list of products is answered to a list alone, which the published document does not know.
    if (schema !== undefined && operation.id === 'createDataProduct' && Array.isArray(body))
      return body.flatMap(published.checkerOf(schema));
    if (schema !== undefined) return published.checkerOf(schema)(body);
    if (status >= 400) return [];
    if (!known.responses.has(String(status))) return [`the status ${status} is not published`];
    return body === '' ? [] : ['a body where none is published'];
  };

  const faultsOf = (operation: Operation, answer: { status: number; headers: Headers; body: unknown }): string[] => {
    const { status, body } = answer;
    const type = answer.headers.get('content-type') ?? '';
    const refusal = status < 400 ? [] : faultsOfRefusal({ status, type, text: JSON.stringify(body) });
    const { method, path } = operation;
    return [
      ...breaksPublished(operation, status, body).map((fault) => `published document: ${fault}`),
      ...own({ method, path, status, body }).map((fault) => `own document: ${fault}`),
      ...refusal,
    ];
  };

  const ask: HeldAnswers['ask'] = async (caller, operation, input) => {
    const answer = await caller.call(operation, input);
    seen.add(`${operation.id} ${answer.status}`);
    for (const fault of faultsOf(operation, answer))
      faults.push(`${operation.id} ${JSON.stringify(input ?? {}).slice(0, 200)} -> ${answer.status}: ${fault}`);
    return answer;
  };
  return {
    ask,
    hold: (person) => ({ ...person, call: (operation, input) => ask(person, operation, input) }),
    takeFaults: () => faults.splice(0),
    seen,
    isPublishedThere: published !== undefined,
  };
}
