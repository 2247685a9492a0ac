import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import type { ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import { z } from 'zod';
import { parseInstant } from '../text.ts';

const file = fileURLToPath(new URL('../../../../shared/contract/marketplace-api.json', import.meta.url));

const jsonObject = z.record(z.string(), z.unknown());
export type JsonObject = z.infer<typeof jsonObject>;

const content = z.object({ 'application/json': z.object({ schema: jsonObject }).optional() }).optional();
const published = z.object({
  paths: z.record(
    z.string(),
    z.record(
      z.string(),
      z.object({
        operationId: z.string(),
        parameters: z
          .array(
            z.object({
              name: z.string(),
              in: z.string(),
              required: z.boolean().optional(),
              schema: jsonObject.optional(),
            }),
          )
          .optional(),
        requestBody: z.object({ content }).optional(),
        responses: z.record(z.string(), z.object({ content })),
      }),
    ),
  ),
  components: z.object({ schemas: z.record(z.string(), jsonObject) }),
});

export type PublishedOperation = {
  readonly method: string;
  readonly path: string;
  readonly operationId: string;
  readonly query: readonly { readonly name: string; readonly required: boolean; readonly schema: JsonObject }[];
  readonly body: JsonObject | undefined;
  /** Status to the schema of its body; undefined for an empty one. */
  readonly responses: ReadonlyMap<string, JsonObject | undefined>;
};

export type PublishedDocument = {
  readonly operations: readonly PublishedOperation[];
  /** Follows a `$ref` at the top of a schema. */
  readonly resolve: (schema: JsonObject) => JsonObject;
  /** Makes a check that tells what a value breaks of a schema of the document; nothing when it fits. */
  readonly checkerOf: (schema: JsonObject) => (value: unknown) => readonly string[];
};

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** `oneOf` is read as `anyOf`, `nullable` as "or null" (product.md 14.1). */
const readable = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(readable);
  if (!isObject(value)) return value;
  const { nullable, oneOf, discriminator: _discriminator, ...rest } = value;
  const schema: JsonObject = Object.fromEntries(Object.entries(rest).map(([key, member]) => [key, readable(member)]));
  if (Array.isArray(oneOf)) schema.anyOf = oneOf.map(readable);
  return nullable === true ? { anyOf: [schema, { type: 'null' }] } : schema;
};

const readDocument = (): PublishedDocument => {
  const document = published.parse(JSON.parse(readFileSync(file, 'utf8')));
  const ajv = new Ajv({ strict: false, allErrors: false });
  addFormats.default(ajv);
  ajv.addFormat('cuid', /^c[a-z0-9]{24}$/);
  ajv.addFormat('iso_format', { type: 'string', validate: (v: string) => parseInstant(v) !== null });
  ajv.addSchema({
    $id: 'published',
    components: { schemas: isObject(document.components.schemas) ? readable(document.components.schemas) : {} },
  });
  const withBase = (schema: JsonObject): unknown =>
    JSON.parse(JSON.stringify(readable(schema)).replaceAll('"#/components', '"published#/components'));
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(
      ([method, o]): PublishedOperation => ({
        method: method.toUpperCase(),
        path,
        operationId: o.operationId,
        query: (o.parameters ?? [])
          .filter((p) => p.in === 'query')
          .map((p) => ({ name: p.name, required: p.required === true, schema: p.schema ?? {} })),
        body: o.requestBody?.content?.['application/json']?.schema,
        responses: new Map(
          Object.entries(o.responses).map(([status, r]) => [status, r.content?.['application/json']?.schema]),
        ),
      }),
    ),
  );
  const resolve = (schema: JsonObject): JsonObject => {
    const name = typeof schema.$ref === 'string' ? schema.$ref.split('/').at(-1) : undefined;
    return name === undefined ? schema : (document.components.schemas[name] ?? schema);
  };
  const compiled = new Map<JsonObject, ValidateFunction>();
  const compile = (schema: JsonObject): ValidateFunction => {
    const validate = compiled.get(schema) ?? ajv.compile(jsonObject.parse(withBase(schema)));
    compiled.set(schema, validate);
    return validate;
  };
  const checkerOf = (schema: JsonObject) => {
    const validate = compile(schema);
    return (value: unknown): readonly string[] => {
      validate(value);
      return (validate.errors ?? []).map((e) => `${e.instancePath} ${e.message ?? ''}`);
    };
  };
  return { operations, resolve, checkerOf };
};

/** The published API beside the clone; undefined, said in one line, where it is absent. */
export const readPublishedDocument = (): PublishedDocument | undefined => {
  if (existsSync(file)) return readDocument();
  console.info('The published API is not beside the clone: the comparison with it is left out.');
  return undefined;
};
