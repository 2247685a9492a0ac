import type { Operation } from '@stoa/contract/operation';
import { operationById } from '@stoa/contract/operations';

/** What a field for anybody's words lets through; ids, keys and dates refuse it. */
const probe = '<b title="x">&\'';

/** The members of what came as JSON. */
const membersOf = (value: unknown): ReadonlyMap<string, unknown> =>
  new Map(typeof value === 'object' && value !== null ? Object.entries(value) : []);
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** Every field by which an operation that may write takes hostile words, found in the contract itself. */
export function findTextFields(): string[] {
  const found = new Set<string>();
  for (const [id, operation] of Object.entries<Operation>(operationById)) {
    const read = (schema: Operation['body'], path: string): void => {
      const root: unknown = schema?.toJSONSchema({ io: 'input', unrepresentable: 'any' });
      // `createDomain .description`; `[]` stands for each of a list, `{}` for each member of a map, `?` for the query.
      walk(root, { root, path, seen: [], keep: (where) => found.add(`${id} ${where}`) });
    };
    read(operation.body, '');
    if (operation.method !== 'GET') read(operation.query, '?');
  }
  return [...new Set([...found].flatMap(partsOfField))];
}

/**
 * A review flow is one type in many places, so that a field in one counts as two: that this place takes a flow, and that flows
 * take the text.
 */
export function partsOfField(field: string): string[] {
  const [, place, text] = /^(\S+ .*?)(\.(?:version|rules|defaultEvent)\b.*)$/.exec(field) ?? [];
  return place === undefined ? [field] : [`${place} flow`, `flow ${text}`];
}

type At = {
  readonly root: unknown;
  readonly path: string;
  readonly seen: readonly string[];
  readonly keep: (path: string) => void;
};

function walk(value: unknown, at: At): void {
  const schema = membersOf(value);
  if (schema.size === 0) return;
  const reference = schema.get('$ref');
  if (typeof reference === 'string') {
    // A type that holds itself is looked at once.
    if (!at.seen.includes(reference)) walk(resolve(at.root, reference), { ...at, seen: [...at.seen, reference] });
    return;
  }
  for (const key of ['anyOf', 'oneOf', 'allOf']) for (const one of list(schema.get(key))) walk(one, at);
  if (schema.get('type') === 'string' && takesProbe(schema)) at.keep(at.path);
  walk(schema.get('items'), { ...at, path: `${at.path}[]` });
  walk(schema.get('additionalProperties'), { ...at, path: `${at.path}{}` });
  for (const [name, member] of membersOf(schema.get('properties'))) walk(member, { ...at, path: `${at.path}.${name}` });
}

function resolve(root: unknown, reference: string): unknown {
  let value: unknown = root;
  for (const step of reference.split('/').slice(1)) value = membersOf(value).get(step);
  return value;
}

function takesProbe(schema: ReadonlyMap<string, unknown>): boolean {
  if (['enum', 'const', 'format'].some((key) => schema.has(key))) return false;
  const length = schema.get('maxLength');
  if (typeof length === 'number' && length < probe.length) return false;
  const patterns = [schema, ...list(schema.get('allOf')).map(membersOf)].map((one) => one.get('pattern'));
  return patterns.every((one) => typeof one !== 'string' || new RegExp(one, 'u').test(probe));
}

/** The places of a body in which a payload stands, written as `findTextFields` writes them. */
export function placesOf(body: unknown, isHostile: (text: string) => boolean, path = ''): string[] {
  if (typeof body === 'string') return isHostile(body) ? [path] : [];
  if (Array.isArray(body)) return body.flatMap((one: unknown) => placesOf(one, isHostile, `${path}[]`));
  // A member of a map has a name of its own: both ways of writing it are kept.
  return [...membersOf(body)].flatMap(([name, member]) => [
    ...placesOf(member, isHostile, `${path}.${name}`),
    ...placesOf(member, isHostile, `${path}{}`),
  ]);
}
