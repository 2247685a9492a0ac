import type { z } from 'zod';
import type { Action } from './action.ts';

export type HttpMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** What an operation answers per status code; `null` means an empty body. Errors are problem+json and stand nowhere else. */
export type Responses = Readonly<Record<number, z.ZodType | null>>;

/**
 * One operation of the HTTP API: the single source for routes, parsing, response guard, OpenAPI and the web's client.
 * `path` is written as OpenAPI writes it: `/api/data-product/{id}`.
 */
export type Operation = {
  readonly id: string;
  readonly method: HttpMethod;
  readonly path: string;
  readonly summary: string;
  /** The right it asks for, or `public: true` for callers without a login. */
  readonly access: { readonly action: Action } | { readonly public: true };
  /** The number of the operation in product.md 14.2 when it is one of the published 83. */
  readonly published?: number;
  /**
   * People may lose access by it, one or many: it can be simulated before it is called, and above the installation's limit it is
   * refused until `confirmLoss` repeats their number (`confirm-loss.ts`).
   */
  readonly losing?: 'one' | 'many';
  /**
   * What it does to people may have to wait for another user admin (`people-change.ts`): it is filed then, and the answer is 202 with
   * what was filed.
   */
  readonly mayWait?: true;
  /** A session whose login is older than ten minutes must confirm it first; a token has no login to confirm. */
  readonly freshLogin?: true;
  /** A session that still has to set up its second factor may call it. */
  readonly withoutSecondFactor?: true;
  readonly params?: z.ZodType;
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
  /** The media type of the body when it is not JSON: such a body reaches its route as the text that came. */
  readonly bodyType?: 'application/x-www-form-urlencoded' | 'application/csp-report' | 'application/scim+json';
  readonly responses: Responses;
  /**
   * Members of the answer that nobody edits at its address: what is counted, what is looked up, and what the caller has and may do.
   * `If-Match` does not look at them.
   */
  readonly unedited?: readonly string[];
  /** The address of what is changed in part, whose tag `If-Match` may name as well. */
  readonly partOf?: string;
  /** The media type of the success answer when it is not JSON. */
  readonly answerType?:
    | 'text/plain'
    | 'text/html'
    | 'text/csv'
    | 'text/event-stream'
    | 'application/x-ndjson'
    | 'application/scim+json'
    | 'application/yaml';
};

/** Keeps the literal types of an operation, so that server and web infer inputs and answers from it. */
export const operation = <const O extends Operation>(o: O): O => o;

export type ParamsOf<O extends Operation> = O['params'] extends z.ZodType
  ? z.output<O['params']>
  : Record<string, never>;
export type QueryOf<O extends Operation> = O['query'] extends z.ZodType ? z.output<O['query']> : Record<string, never>;
export type BodyOf<O extends Operation> = O['body'] extends z.ZodType ? z.output<O['body']> : undefined;
/** What a caller sends, before defaults are filled in. */
export type ParamsIn<O extends Operation> = O['params'] extends z.ZodType ? z.input<O['params']> : undefined;
export type QueryIn<O extends Operation> = O['query'] extends z.ZodType ? z.input<O['query']> : undefined;
export type BodyIn<O extends Operation> = O['body'] extends z.ZodType ? z.input<O['body']> : undefined;

type SchemaOutput<S> = S extends z.ZodType ? z.output<S> : undefined;
/** The body of the success answers of an operation; what was filed instead of being done is none (`mayWait`). */
export type AnswerOf<O extends Operation> = SchemaOutput<
  O['responses'][Extract<keyof O['responses'], 200 | 201 | (O extends { mayWait: true } ? never : 202) | 204>]
>;
