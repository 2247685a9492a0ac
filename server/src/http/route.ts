import type { BodyOf, Operation, ParamsOf, QueryOf } from '@stoa/contract/operation';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { Deps } from '../deps.ts';
import type { Claim } from './idempotency.ts';
import type { LoadedPerson } from '../features/user/load-people.ts';

/** What an operation may need of the call itself. */
export type Call = {
  readonly id: string;
  readonly ip: string;
  readonly userAgent: string;
  readonly isSecure: boolean;
  /** Where this installation was called: `https://stoa.example.com`. */
  readonly origin: string;
  /** It came by way of a chat, whose address and session are not the person's. */
  readonly via?: 'slack';
  /** How the caller proved who they are; absent on public operations. */
  readonly by?: 'session' | 'token';
  readonly credentialId?: string;
  /** Of a call that waited to be confirmed: the password that came with it is not kept, its hash is. */
  readonly passwordHash?: string;
  /** It came with an Idempotency-Key, which is this call's. */
  readonly claim?: Claim;
};

export type Context<O extends Operation> = {
  readonly deps: Deps;
  readonly actor: LoadedPerson;
  readonly params: ParamsOf<O>;
  readonly query: QueryOf<O>;
  readonly body: BodyOf<O>;
  readonly call: Call;
};
export type PublicContext<O extends Operation> = Omit<Context<O>, 'actor'>;

type ReplyWith<S, B> = B extends z.ZodType
  ? { readonly status: S; readonly body: z.input<B>; readonly headers?: Record<string, string> }
  : { readonly status: S; readonly body?: undefined; readonly headers?: Record<string, string> };
/** An answer of exactly the statuses and bodies that the operation declares. */
export type Reply<O extends Operation> = {
  [S in keyof O['responses'] & number]: ReplyWith<S, O['responses'][S]>;
}[keyof O['responses'] & number];

export type Route = {
  readonly operation: Operation;
  /** The context has been parsed by this very operation, so widening it here is safe. */
  readonly handle: (context: Context<Operation>) => Promise<Reply<Operation>>;
  readonly isPublic: boolean;
  /** The answer holds a secret and is not kept for a repeated Idempotency-Key. */
  readonly answersSecret: boolean;
  /** It reads the caller itself, afresh and under its lock; the credential alone is looked at before. */
  readonly loadsActor?: boolean;
  /** It looks at the credential as well, in the statement that reads what it decides on. */
  readonly provesCaller?: boolean;
};
/** A route that writes to the socket itself: streams and plain text. */
export type RawRoute = {
  readonly operation: Operation;
  readonly handleRaw: (
    context: { deps: Deps; call: Call; actor?: LoadedPerson },
    request: FastifyRequest,
    reply: FastifyReply,
  ) => Promise<unknown>;
};

type RouteOptions = { answersSecret?: boolean };

/**
 * Serves an operation: `route(operation)(async ({ actor, params }) => ({ status: 200, body }))`. Two steps, so that the
 * operation is settled before the compiler looks at what the handler answers.
 */
export const route =
  <O extends Operation>(operation: O, options: RouteOptions = {}) =>
  (handle: (context: Context<O>) => Promise<Reply<O>>): Route => ({
    operation,
    // The app parses params, query and body with the schemas of `operation` before it calls this.
    handle: handle as unknown as Route['handle'],
    isPublic: 'public' in operation.access,
    answersSecret: options.answersSecret ?? false,
  });

type ActorsId<O extends Operation> = Omit<Context<O>, 'actor'> & { readonly actor: Pick<LoadedPerson, 'globalUserId'> };

/** For operations that judge the caller as they find them behind a lock: they get the id alone. */
export const lockingRoute =
  <O extends Operation>(operation: O) =>
  (handle: (context: ActorsId<O>) => Promise<Reply<O>>): Route => ({ ...route(operation)(handle), loadsActor: true });

/**
 * As `lockingRoute`, for operations that also hold `call.credentialId` against `credentialHolds` before they do anything, and that note
 * the effect of `call.claim` in the statement that has it, or know themselves what of it is there when they are called again.
 */
export const provingRoute =
  <O extends Operation>(operation: O) =>
  (handle: (context: ActorsId<O>) => Promise<Reply<O>>): Route => ({
    ...lockingRoute(operation)(handle),
    provesCaller: true,
  });

/** For operations that declare `public: true`: they get no actor. */
export const publicRoute =
  <O extends Operation & { access: { public: true } }>(operation: O) =>
  (handle: (context: PublicContext<O>) => Promise<Reply<O>>): Route => ({
    operation,
    handle: handle as unknown as Route['handle'],
    isPublic: true,
    answersSecret: false,
  });

export const rawRoute = (operation: Operation, handleRaw: RawRoute['handleRaw']): RawRoute => ({
  operation,
  handleRaw,
});
