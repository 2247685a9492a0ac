import { getCurrentUser, signIn, signOut } from '@stoa/contract/auth';
import { confirmLogin } from '@stoa/contract/confirm-login';
import type { AnswerOf, BodyIn, Operation, ParamsIn, QueryIn } from '@stoa/contract/operation';
import {
  keepPreviousData,
  replaceEqualDeep,
  useMutation,
  type UseMutationResult,
  useQuery,
  type UseQueryResult,
  useQueryClient,
} from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { freshLogin, type WhyAsked } from './fresh-login.ts';
import { fingerprintOf, OneAtATime } from './one-at-a-time.ts';
import { personOfPage } from './person-of-page.ts';
import { readProblem, unreachable, type ApiProblem } from './api-problem.ts';

type ParamsPart<O extends Operation> = [ParamsIn<O>] extends [undefined] ? object : { params: ParamsIn<O> };
type QueryPart<O extends Operation> = [QueryIn<O>] extends [undefined] ? object : { query?: QueryIn<O> };
type BodyPart<O extends Operation> = [BodyIn<O>] extends [undefined] ? object : { body: BodyIn<O> };

/** What an operation takes: `params`, `query` and `body`, each only where the contract declares it. */
export type InputOf<O extends Operation> = ParamsPart<O> & QueryPart<O> & BodyPart<O>;

type AnyInput = { readonly params?: unknown; readonly query?: unknown; readonly body?: unknown };

export type CallOptions = {
  readonly signal?: AbortSignal;
  /** Given again when the same act is tried again, so that the server does it once. */
  readonly idempotencyKey?: string;
  readonly ifMatch?: string;
  /** Goes on although the page is left meanwhile; browsers take 64 KB at most. */
  readonly keepAlive?: boolean;
};

const entriesOf = (value: unknown): [string, unknown][] =>
  typeof value === 'object' && value !== null ? Object.entries(value) : [];

function urlOf(path: string, input: AnyInput): string {
  const params = new Map(entriesOf(input.params));
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(params.get(name))));
  const search = new URLSearchParams();
  for (const [name, value] of entriesOf(input.query)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined && one !== null && one !== '') search.append(name, String(one));
    }
  }
  const query = search.toString();
  return query === '' ? filled : `${filled}?${query}`;
}

/** Where an operation that answers a file is found, for a link to it. */
export const addressOf = <O extends Operation>(operation: O, input: InputOf<O>): string => urlOf(operation.path, input);

function headersOf(operation: Operation, input: AnyInput, options: CallOptions): Headers {
  const headers = new Headers({ accept: 'application/json, application/problem+json' });
  if (input.body !== undefined) headers.set('content-type', 'application/json');
  if (operation.method === 'POST') headers.set('idempotency-key', options.idempotencyKey ?? crypto.randomUUID());
  if (options.ifMatch !== undefined) headers.set('if-match', options.ifMatch);
  const person = personOfPage();
  if (person !== undefined && !ofNobody.has(operation.id)) headers.set('x-stoa-person', person);
  return headers;
}

/** Calls by which the page learns who is signed in: they are of nobody yet. */
const ofNobody: ReadonlySet<string> = new Set([getCurrentUser, signIn].map(({ id }) => id));
/** Calls that settle it themselves; a question for the password would wait for its own answer. */
const neverAsks: ReadonlySet<string> = new Set([...ofNobody, signOut.id, confirmLogin.id]);

/** Why a refused call may go on after a login: nothing of it was done, nor was its idempotency key taken. */
function whyAsked(operation: Operation, problem: ApiProblem): WhyAsked | undefined {
  if (problem.code === 'auth.fresh_login_needed') return 'long-ago';
  const isEnded = problem.code === 'auth.not_authenticated' && personOfPage() !== undefined;
  return isEnded && !neverAsks.has(operation.id) ? 'ended' : undefined;
}

/** The tag of each answer that was read, for the `If-Match` of a change that is made to what it showed. */
const tags = new WeakMap<object, string>();
const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** The tag of an answer as the caller saw it; undefined for answers that carry none. */
export const tagOf = (answer: unknown): string | undefined => (isObject(answer) ? tags.get(answer) : undefined);

function keepTag(answer: unknown, tag: string | null | undefined): void {
  if (isObject(answer) && typeof tag === 'string') tags.set(answer, tag);
}

/** An answer that is equal to the one before stays the same object; the tag goes with what is kept. */
function shareWithTag(before: unknown, next: unknown): unknown {
  const shared: unknown = replaceEqualDeep(before, next);
  keepTag(shared, tagOf(next));
  return shared;
}

/** Sends one operation and answers its reply. Every failure is thrown as an `ApiProblem`, also when no reply came. */
export async function request<O extends Operation>(
  operation: O,
  input: InputOf<O>,
  options: CallOptions = {},
): Promise<Response> {
  const parts: AnyInput = input;
  const sent: RequestInit = {
    method: operation.method,
    headers: headersOf(operation, parts, options),
    credentials: 'same-origin',
  };
  if (parts.body !== undefined) sent.body = JSON.stringify(parts.body);
  if (options.signal !== undefined) sent.signal = options.signal;
  if (options.keepAlive === true) sent.keepalive = true;
  let response: Response;
  try {
    response = await fetch(urlOf(operation.path, parts), sent);
  } catch (cause) {
    if (options.signal?.aborted === true) throw cause;
    throw unreachable();
  }
  if (response.ok) return response;
  const problem = await readProblem(response);
  const why = whyAsked(operation, problem);
  if (why !== undefined && (await freshLogin(why))) return request(operation, input, options);
  throw problem;
}

/** Calls one operation, and reads its answer. */
export async function call<O extends Operation>(
  operation: O,
  input: InputOf<O>,
  options: CallOptions = {},
): Promise<AnswerOf<O>> {
  const response = await request(operation, input, options);
  const text = await response.text();
  // The server holds each reply against this same contract before it leaves; parsing it again would only cost time.
  const answer = (text === '' ? undefined : JSON.parse(text)) as AnswerOf<O>;
  if (response.status === 202 && operation.mayWait === true)
    throw (await import('../features/people-changes/change-waits.tsx')).changeWaits(answer);
  keepTag(answer, response.headers.get('etag'));
  return answer;
}

/** Queries of one operation share the first member; live events find them by the path in `meta`. */
export function queryOf<O extends Operation>(operation: O, input: InputOf<O>) {
  return {
    queryKey: [operation.id, input] as const,
    queryFn: ({ signal }: { signal: AbortSignal }) => call(operation, input, { signal }),
    meta: { path: operation.path },
  };
}

export type OperationOptions = {
  readonly enabled?: boolean;
  /** Keeps the page shown while the next one of a list is on its way. */
  readonly keepPrevious?: boolean;
  /** A list that must not move under the reader's hand: events are counted for `useHeldChanges` instead. */
  readonly hold?: boolean;
  readonly refetchIntervalMs?: number;
};

/** Reads by an operation; the answer is typed by the contract. */
export function useOperation<O extends Operation>(
  operation: O,
  input: InputOf<O>,
  options: OperationOptions = {},
): UseQueryResult<AnswerOf<O>, ApiProblem> {
  const query = queryOf(operation, input);
  return useQuery<AnswerOf<O>, ApiProblem>({
    queryKey: query.queryKey,
    queryFn: query.queryFn,
    meta: { path: operation.path, hold: options.hold === true },
    enabled: options.enabled ?? true,
    structuralSharing: shareWithTag,
    ...(options.keepPrevious === true ? { placeholderData: keepPreviousData } : {}),
    ...(options.refetchIntervalMs === undefined ? {} : { refetchInterval: options.refetchIntervalMs }),
  });
}

export type CommandOptions<O extends Operation> = {
  /** Operations whose queries are read again after success. */
  readonly invalidates?: readonly Operation[];
  /** The tag of what is changed, as it was shown: the server refuses when somebody else changed it since. */
  readonly ifMatch?: () => string | undefined;
  readonly onSuccess?: (answer: AnswerOf<O>, input: InputOf<O>) => void;
  readonly onError?: (problem: ApiProblem, input: InputOf<O>) => void;
};

/** An act is told apart by what it sends: trying the same again after a lost reply must carry the same key. */
function useIdempotencyKey() {
  const open = useRef<{ fingerprint: string; key: string } | undefined>(undefined);
  return {
    keyFor(input: unknown): string {
      const fingerprint = fingerprintOf(input);
      if (open.current?.fingerprint !== fingerprint) open.current = { fingerprint, key: crypto.randomUUID() };
      return open.current.key;
    },
    settle() {
      open.current = undefined;
    },
  };
}

/** Writes by an operation. Never optimistic; never repeated by itself, nor sent twice by two clicks. */
export function useCommand<O extends Operation>(
  operation: O,
  options: CommandOptions<O> = {},
): UseMutationResult<AnswerOf<O>, ApiProblem, InputOf<O>> {
  const client = useQueryClient();
  const idempotency = useIdempotencyKey();
  const [acts] = useState(() => new OneAtATime());
  const mutation = useMutation<AnswerOf<O>, ApiProblem, InputOf<O>>({
    mutationKey: [operation.id],
    mutationFn: (input) => {
      const ifMatch = options.ifMatch?.();
      const idempotencyKey = idempotency.keyFor(input);
      return call(operation, input, ifMatch === undefined ? { idempotencyKey } : { idempotencyKey, ifMatch });
    },
    retry: false,
    onSuccess: async (answer, input) => {
      idempotency.settle();
      options.onSuccess?.(answer, input);
      await Promise.all((options.invalidates ?? []).map((other) => client.invalidateQueries({ queryKey: [other.id] })));
    },
    onError: (problem, input) => {
      // A 4xx is an answer, and so is that it waits: the next try is a new act. No reply or a 5xx leaves open whether it was done.
      if (problem.status >= 200 && problem.status < 500) idempotency.settle();
      options.onError?.(problem, input);
    },
    onSettled: (_, __, input) => acts.end(input),
  });
  const { mutate, reset } = mutation;
  return {
    ...mutation,
    mutate: (...act) => {
      if (acts.begin(act[0])) mutate(...act);
    },
    reset: () => {
      acts.forget();
      reset();
    },
  };
}
