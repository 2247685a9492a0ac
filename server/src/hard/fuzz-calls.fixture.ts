import type { Operation } from '@stoa/contract/operation';
import { sampleOf } from '@stoa/contract/testing/sample';
import * as fc from 'fast-check';
import { z } from 'zod';
import { type IdKind, type IdPool, kindOfMember, kindOfParameter } from './fuzz-world.fixture.ts';
import {
  extraMembers,
  hostileContentTypes,
  hostileHeaders,
  hostileTexts,
  hostileValues,
  rawPathPieces,
  rawQueries,
} from './hostile.fixture.ts';
import { brokenTexts } from './broken-json.fixture.ts';
import type { RawCall } from './send-raw.fixture.ts';

type G = fc.GeneratorValue;
const jsonObject = z.record(z.string(), z.unknown());
type JsonObject = z.infer<typeof jsonObject>;
const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const oneOf = <T>(g: G, list: readonly T[]): T => g(() => fc.constantFrom(...list));
/** True in `percent` of a hundred cases. */
const chance = (g: G, percent: number): boolean => g(fc.nat, 99) < percent;

/** A text as part of an address. Half a surrogate pair has no such form, so that its bytes are written. */
function encode(text: string): string {
  try {
    return encodeURIComponent(text);
  } catch {
    return '%ed%a0%80';
  }
}

/** Calls of one operation: what it may take, with one or several things wrong, and now and then nothing. */
export function callsOf(operation: Operation, pool: IdPool, token: string): fc.Arbitrary<RawCall> {
  const body = operation.body === undefined ? undefined : sampleOf(schemaOf(operation.body));
  const query = queryMembers(operation.query);
  return fc.gen().map((g): RawCall => {
    const path = operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => parameter(g, operation.path, name, pool));
    const search = queryOf(g, query, pool);
    const content = body === undefined ? strayBody(g, operation) : bodyOf(g, body, pool);
    const headers: Record<string, string> = {
      ...(chance(g, 97) ? { authorization: `Bearer ${token}` } : {}),
      ...(content === undefined ? {} : { 'content-type': 'application/json' }),
      ...(content !== undefined && chance(g, 5) ? { 'content-type': oneOf(g, hostileContentTypes) } : {}),
      ...(chance(g, 15) ? oneOf(g, hostileHeaders) : {}),
    };
    return {
      method: operation.method,
      path: search === '' ? path : `${path}?${search}`,
      headers: { ...headers, 'content-length': String(Buffer.byteLength(content ?? '')) },
      ...(content === undefined ? {} : { body: content }),
    };
  });
}

const schemaOf = (schema: z.ZodType): JsonObject =>
  jsonObject.parse(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }));

function parameter(g: G, path: string, name: string, pool: IdPool): string {
  const known = pool[kindOfParameter(path, name)];
  if (known.length > 0 && chance(g, 75)) return encode(oneOf(g, known));
  const anyKind: readonly IdKind[] = ['user', 'product', 'request', 'group'];
  const foreign = pool[oneOf(g, anyKind)];
  if (foreign.length > 0 && chance(g, 30)) return encode(oneOf(g, foreign));
  if (chance(g, 40)) return oneOf(g, rawPathPieces);
  // An empty piece would be another address.
  return encode(oneOf(g, hostileTexts) || '-');
}

type QueryMember = { name: string; valid: fc.Arbitrary<unknown> };

function queryMembers(schema: z.ZodType | undefined): QueryMember[] {
  if (schema === undefined) return [];
  const json = schemaOf(schema);
  const members = jsonObject.parse(json['properties'] ?? {});
  return Object.entries(members).map(([name, member]) => ({ name, valid: sampleOf(jsonObject.parse(member), json) }));
}

function queryOf(g: G, members: readonly QueryMember[], pool: IdPool): string {
  const parts: string[] = [];
  for (const { name, valid } of members) {
    if (!chance(g, 40)) continue;
    const kind = kindOfMember(name);
    const ids = kind === undefined ? [] : pool[kind];
    const values = chance(g, 30)
      ? [oneOf(g, hostileTexts)]
      : ids.length > 0 && chance(g, 70)
        ? [oneOf(g, ids)]
        : [g(() => valid)].flat();
    for (const value of values) parts.push(`${encode(name)}=${encode(String(value)).slice(0, 6_000)}`);
    if (chance(g, 10)) parts.push(`${encode(name)}=${encode(oneOf(g, hostileTexts)).slice(0, 2_000)}`);
  }
  if (chance(g, members.length > 0 ? 15 : 5)) parts.push(oneOf(g, rawQueries));
  return parts.join('&').slice(0, 12_000);
}

const strayBody = (g: G, operation: Operation): string | Buffer | undefined =>
  operation.method !== 'GET' && chance(g, 20) ? oneOf(g, ['{}', 'null', '[1', '{"id":1}', '']) : undefined;

function bodyOf(g: G, valid: fc.Arbitrary<unknown>, pool: IdPool): string | Buffer | undefined {
  if (chance(g, 3)) return undefined;
  let value = chance(g, 3)
    ? oneOf(g, hostileValues)
    : withRealIds(
        g,
        g(() => valid),
        { pool },
      );
  const faults = chance(g, 25) ? 0 : g(fc.integer, { min: 1, max: 3 });
  for (let i = 0; i < faults; i++) value = spoil(g, value);
  const text = JSON.stringify(value) ?? '';
  return chance(g, 12) ? oneOf(g, brokenTexts)(text) : text;
}

/** Puts ids of things that exist in the place of made-up ones, so that calls come past the first lookup. */
function withRealIds(g: G, value: unknown, at: { pool: IdPool; key?: string }): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => withRealIds(g, item, at));
  if (isObject(value))
    return Object.fromEntries(
      Object.entries(value).map(([key, member]) => [
        key,
        withRealIds(g, member, { pool: at.pool, key: key === 'id' ? (at.key ?? key) : key }),
      ]),
    );
  const kind = at.key === undefined ? undefined : kindOfMember(at.key);
  const ids = kind === undefined ? [] : at.pool[kind];
  if (ids.length === 0 || !chance(g, 80)) return value;
  if (typeof value === 'string') return oneOf(g, ids);
  return typeof value === 'number' && /Ids?$/.test(at.key ?? '') ? Number(oneOf(g, ids)) : value;
}

type Place = { holder: JsonObject | unknown[]; key: string };

function placesOf(value: unknown, found: Place[] = [], depth = 0): Place[] {
  if (depth > 6 || found.length > 200 || (!Array.isArray(value) && !isObject(value))) return found;
  for (const [key, member] of Object.entries(value)) {
    found.push({ holder: value, key });
    placesOf(member, found, depth + 1);
  }
  return found;
}

/** One fault at a place of its own: another value, a member less, a member more, text where a list was. */
function spoil(g: G, original: unknown): unknown {
  const value: unknown = structuredClone(original);
  const places = placesOf(value);
  if (isObject(value) && chance(g, 12)) {
    // An own member of that name, as the parser makes it.
    Object.defineProperty(value, oneOf(g, extraMembers), { value: anything(g), enumerable: true, configurable: true });
    return value;
  }
  if (places.length === 0) return anything(g);
  const { holder, key } = oneOf(g, places);
  if (!Array.isArray(holder) && chance(g, 20)) delete holder[key];
  else Object.defineProperty(holder, key, { value: anything(g), enumerable: true, configurable: true, writable: true });
  return value;
}

const anything = (g: G): unknown => (chance(g, 55) ? oneOf(g, hostileTexts) : oneOf(g, hostileValues));
