import type { Operation } from '@stoa/contract/operation';
import type { z } from 'zod';
import { Refusal } from './refusal.ts';

export type ParsedInput = { params: unknown; query: unknown; body: unknown };

/** Parses what came in by the operation's schemas; one refusal names every member that does not fit. */
export function parseInput(operation: Operation, raw: ParsedInput): ParsedInput {
  const errors: { path: string; message: string }[] = [];
  const parse = (schema: z.ZodType | undefined, value: unknown, place: string): unknown => {
    if (!schema) return undefined;
    const result = schema.safeParse(value ?? {});
    if (result.success) return result.data;
    for (const issue of result.error.issues.slice(0, 20)) {
      errors.push({ path: [place, ...issue.path.map(String)].join('.'), message: issue.message });
    }
    return undefined;
  };
  const storable = isStorable(raw.params) && isStorable(raw.query) && isStorable(raw.body);
  if (!storable)
    throw new Refusal('request.malformed', {
      detail: 'A text holds a NUL character or half a surrogate pair, which cannot be stored.',
    });
  const params = parse(operation.params, raw.params, 'path');
  if (errors.length > 0 && errors.every((e) => e.path.startsWith('path'))) {
    // An id that cannot exist is the id of nothing.
    throw new Refusal('resource.not_found', { errors });
  }
  const parsed = {
    params,
    query: parse(operation.query, raw.query, 'query'),
    body: parse(operation.body, raw.body, 'body'),
  };
  if (errors.length > 0) {
    throw new Refusal('request.malformed', { detail: `${errors[0]?.path} ${errors[0]?.message}.`, errors });
  }
  return parsed;
}

/** PostgreSQL stores neither NUL nor unpaired surrogates; what it would change or refuse is refused here. */
function isStorable(value: unknown): boolean {
  if (typeof value === 'string') return !/[\0\p{Surrogate}]/u.test(value);
  if (Array.isArray(value)) return value.every(isStorable);
  if (value !== null && typeof value === 'object') {
    return Object.entries(value).every(([key, member]) => isStorable(key) && isStorable(member));
  }
  return true;
}
