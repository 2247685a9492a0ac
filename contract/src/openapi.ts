import { z } from 'zod';
import { problem } from './error.ts';
import { nouns } from './noun.ts';
import type { Operation } from './operation.ts';
import { scimType, scimUrns, speaksScim } from './scim-path.ts';

type JsonObject = { readonly [key: string]: unknown };

export type OpenApiParameter = {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required: boolean;
  readonly schema: JsonObject;
  readonly description?: string;
};

export type OpenApiOperation = {
  readonly operationId: string;
  readonly summary: string;
  readonly tags: readonly string[];
  readonly security: readonly JsonObject[];
  readonly parameters: readonly OpenApiParameter[];
  readonly requestBody?: JsonObject;
  readonly responses: Readonly<Record<string, JsonObject>>;
  /** The right it asks for; `core/permissions` decides on the loaded object. */
  readonly 'x-stoa-action'?: string;
  /** A session must have confirmed its login within ten minutes. */
  readonly 'x-stoa-fresh-login'?: true;
};

export type OpenApiDocument = {
  readonly openapi: '3.1.0';
  readonly info: JsonObject;
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, OpenApiOperation>>>>;
  readonly components: JsonObject;
};

/** Collects the named schemas of a document while its operations are written. */
type Components = Record<string, JsonObject>;

const scimErrorSchema = {
  type: 'object',
  required: ['schemas', 'status', 'detail'],
  properties: {
    schemas: { type: 'array', items: { const: scimUrns.error } },
    status: { type: 'string' },
    scimType: { type: 'string' },
    detail: { type: 'string' },
  },
};

/** What a client sends has other required members than what comes back, so that the two have names of their own. */
const nameOf = (id: string, io: 'input' | 'output'): string => (io === 'input' ? `${id}Input` : id);

const withComponentRefs = (schema: unknown, io: 'input' | 'output'): JsonObject =>
  z
    .record(z.string(), z.unknown())
    .parse(
      JSON.parse(JSON.stringify(schema), (key, value: unknown) =>
        key === '$ref' && typeof value === 'string'
          ? `#/components/schemas/${nameOf(value.replace('#/$defs/', ''), io)}`
          : value,
      ),
    );

/** Answers may grow members, so that only schemas that refuse unknown ones say so. */
const jsonSchema = (components: Components, schema: z.ZodType, io: 'input' | 'output'): JsonObject => {
  const {
    $schema: _dialect,
    $defs,
    ...rest
  } = z.toJSONSchema(schema, {
    io,
    override: ({ zodSchema, jsonSchema: json }) => {
      const { def } = zodSchema._zod;
      delete json.id;
      if (def.type === 'object' && !('catchall' in def && def.catchall)) delete json.additionalProperties;
    },
  });
  for (const [id, part] of Object.entries($defs ?? {})) components[nameOf(id, io)] ??= withComponentRefs(part, io);
  return withComponentRefs(rest, io);
};

const membersOf = (schema: z.ZodType | undefined): readonly [string, z.ZodType][] => {
  if (!(schema instanceof z.ZodObject)) return [];
  return Object.entries(schema.shape).flatMap(([name, member]): [string, z.ZodType][] =>
    member instanceof z.ZodType ? [[name, member]] : [],
  );
};

const parametersOf = (components: Components, o: Operation): readonly OpenApiParameter[] => [
  ...membersOf(o.params).map(([name, member]) => ({
    name,
    in: 'path' as const,
    required: true,
    schema: jsonSchema(components, member, 'output'),
  })),
  ...membersOf(o.query).map(([name, member]) => ({
    name,
    in: 'query' as const,
    required: !member.safeParse(undefined).success,
    schema: jsonSchema(components, member, 'output'),
  })),
  ...(o.method !== 'GET' && !('public' in o.access) ? [idempotencyKey] : []),
];

const idempotencyKey: OpenApiParameter = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  schema: { type: 'string', minLength: 1, maxLength: 200 },
  description: 'A repeat with the same key, address and body is answered as the first was, for 24 hours.',
};

const answersOf = (components: Components, o: Operation): Readonly<Record<string, JsonObject>> => {
  const answers = Object.entries(o.responses).map(([status, schema]) => {
    const description = Number(status) < 400 ? 'Done.' : 'Not available.';
    const mediaType = o.answerType ?? 'application/json';
    const content =
      schema === null ? {} : { content: { [mediaType]: { schema: jsonSchema(components, schema, 'output') } } };
    return [status, { description, ...content }] as const;
  });
  const declared = new Set(answers.map(([status]) => status));
  const failures = failuresOf(o).filter((status) => !declared.has(status));
  return Object.fromEntries([
    ...answers,
    ...failures.map((status) => [status, { $ref: `#/components/responses/${problemOf(o)}` }] as const),
  ]);
};

const problemOf = (o: Operation): 'Problem' | 'ScimError' => (speaksScim(o.path) ? 'ScimError' : 'Problem');

/** The refusals that an operation of its kind can answer. */
const failuresOf = (o: Operation): readonly string[] => {
  const failures = ['429', '500', '503'];
  if (!('public' in o.access) || speaksScim(o.path)) failures.push('401', '403');
  // Paths, queries and bodies alike may name what is not there.
  if (o.params !== undefined || o.query !== undefined || o.body !== undefined) failures.push('400', '404');
  if (o.method !== 'GET') failures.push('409', '412', '422', '507');
  if (o.body !== undefined) failures.push('413', '415');
  if (o.published !== undefined) failures.push('501');
  return failures.sort();
};

/** The noun a path is about: `/api/data-product/{id}` -> `data-product`. */
export const tagOf = (path: string): string =>
  path.split('/').filter((part) => part !== '' && part !== 'api')[0] ?? 'api';

const operationObject = (components: Components, o: Operation): OpenApiOperation => ({
  operationId: o.id,
  summary: o.summary,
  tags: [tagOf(o.path)],
  security: speaksScim(o.path) ? [{ directory: [] }] : 'public' in o.access ? [] : [{ token: [] }, { session: [] }],
  parameters: parametersOf(components, o),
  ...(o.body === undefined
    ? {}
    : {
        requestBody: {
          required: true,
          content: { [o.bodyType ?? 'application/json']: { schema: jsonSchema(components, o.body, 'input') } },
        },
      }),
  responses: answersOf(components, o),
  ...('public' in o.access ? {} : { 'x-stoa-action': o.access.action }),
  ...(o.freshLogin === true ? { 'x-stoa-fresh-login': true } : {}),
});

/**
 * The OpenAPI 3.1 document of a list of operations.
 * @param version the version that runs
 */
export const openApiDocument = (operations: readonly Operation[], version = '0.1.0'): OpenApiDocument => {
  const schemas: Components = { ScimError: scimErrorSchema };
  schemas.Problem = jsonSchema(schemas, problem, 'output');
  const paths: Record<string, Record<string, OpenApiOperation>> = {};
  for (const o of operations) {
    const path = (paths[o.path] ??= {});
    path[o.method.toLowerCase()] = operationObject(schemas, o);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Stoa',
      version,
      description: 'A self-hosted data marketplace in which approval is access.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    tags: [...new Set(operations.map((o) => tagOf(o.path)))].map((name) => ({ name, description: nouns[name] ?? '' })),
    paths,
    components: {
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'A personal access token; it acts as its owner.' },
        directory: { type: 'http', scheme: 'bearer', description: 'The token of a directory; it opens SCIM alone.' },
        session: { type: 'apiKey', in: 'cookie', name: 'stoa_session', description: 'The session of the web app.' },
      },
      schemas,
      responses: {
        Problem: {
          description: 'Refused, or failed; `code` says how, and nothing was changed.',
          content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
        },
        ScimError: {
          description: 'Refused, or failed, in the form of RFC 7644; nothing was changed.',
          content: { [scimType]: { schema: { $ref: '#/components/schemas/ScimError' } } },
        },
      },
    },
  };
};
