import { Ajv2020 } from 'ajv/dist/2020.js';
import type { ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import { z } from 'zod';
import { parseInstant } from '../text.ts';

const mediaTypes = z.record(z.string(), z.unknown());
const document = z.object({
  paths: z.record(
    z.string(),
    z.record(
      z.string(),
      z.object({
        responses: z.record(z.string(), z.object({ content: mediaTypes.optional(), $ref: z.string().optional() })),
      }),
    ),
  ),
});

export type Answered = { method: string; path: string; status: number; body: unknown };

const pointer = (...parts: string[]): string =>
  parts.map((part) => `/${encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))}`).join('');

/**
 * Makes a check of answers against an OpenAPI 3.1 document of our own, as `/api/openapi.json` answers it.
 * @returns what an answer breaks of the document; nothing when it fits
 */
export const ownDocumentChecker = (raw: unknown): ((answered: Answered) => readonly string[]) => {
  const parsed = document.parse(raw);
  const ajv = new Ajv2020({ strict: false, allErrors: false });
  addFormats.default(ajv);
  ajv.addFormat('cuid', /^c[a-z0-9]{24}$/);
  ajv.addFormat('date-time', { type: 'string', validate: (v: string) => parseInstant(v) !== null });
  ajv.addSchema({ ...z.record(z.string(), z.unknown()).parse(raw), $id: 'own' });
  const known = new Map<string, ValidateFunction>();
  return ({ method, path, status, body }) => {
    const answer = parsed.paths[path]?.[method.toLowerCase()]?.responses[String(status)];
    if (answer === undefined) return [`${status} is not declared`];
    const type = Object.keys(answer.content ?? {})[0];
    if (answer.$ref === undefined && type === undefined)
      return body === '' || body === undefined ? [] : ['a body where none is declared'];
    const place = ['paths', path, method.toLowerCase(), 'responses', String(status), 'content', type ?? '', 'schema'];
    const $ref = answer.$ref === undefined ? pointer(...place) : `/components/schemas/${answer.$ref.split('/').at(-1)}`;
    const validate = known.get($ref) ?? ajv.compile({ $ref: `own#${$ref}` });
    known.set($ref, validate);
    validate(body);
    return (validate.errors ?? []).map((e) => `${e.instancePath} ${e.message ?? ''}`);
  };
};
