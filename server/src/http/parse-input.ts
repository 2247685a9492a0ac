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
  const place = unstorable({ path: raw.params, query: raw.query, body: raw.body });
  if (place !== undefined)
    throw new Refusal('request.malformed', {
      detail: 'A text holds a NUL character or half a surrogate pair, which cannot be stored.',
      errors: [{ path: place.join('.'), message: 'holds a NUL character or half a surrogate pair' }],
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

const isStorable = (text: string): boolean => !/[\0\p{Surrogate}]/u.test(text);

/** PostgreSQL stores neither NUL nor unpaired surrogates; where stands what it would change or refuse. A bad name is one of the member above. */
function unstorable(value: unknown): string[] | undefined {
  if (typeof value === 'string') return isStorable(value) ? undefined : [];
  if (value === null || typeof value !== 'object') return undefined;
  // By index: a list of a million numbers has no names to make.
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) {
      const below = unstorable(value[i]);
      if (below !== undefined) return [String(i), ...below];
    }
    return undefined;
  }
  for (const [key, member] of Object.entries(value)) {
    if (!isStorable(key)) return [];
    const below = unstorable(member);
    if (below !== undefined) return [key, ...below];
  }
  return undefined;
}
