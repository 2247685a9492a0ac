import * as fc from 'fast-check';
import { z } from 'zod';

type Json = { readonly [key: string]: unknown };
const asJson = (value: unknown): Json => z.record(z.string(), z.unknown()).parse(value);
const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

const lowerAlphanumeric = 'abcdefghijklmnopqrstuvwxyz0123456789';
const texts: Readonly<Record<string, fc.Arbitrary<string>>> = {
  uuid: fc.uuid({ version: 7 }),
  cuid: fc
    .array(fc.constantFrom(...lowerAlphanumeric), { minLength: 24, maxLength: 24 })
    .map((letters) => `c${letters.join('')}`),
  'date-time': fc
    .date({ min: new Date('1990-01-01'), max: new Date('2190-01-01'), noInvalidDate: true })
    .map((d) => d.toISOString()),
  email: fc.constantFrom('consumer@example.com', 'a.b+c@example.org'),
  uri: fc.constantFrom('https://receiver.invalid/hook', 'http://localhost:8080/x?y=1'),
};

const textOf = (schema: Json): fc.Arbitrary<unknown> => {
  const known = typeof schema.format === 'string' ? texts[schema.format] : undefined;
  if (known !== undefined) return known;
  const pattern = typeof schema.pattern === 'string' ? schema.pattern : asJson(asList(schema.allOf)[0] ?? {}).pattern;
  if (pattern === '^#[0-9a-fA-F]{6}$') return fc.constant('#1f4b8f');
  if (typeof pattern === 'string' && new RegExp(pattern, 'u').test('7') && !new RegExp(pattern, 'u').test('x')) {
    return fc.integer({ min: 1, max: 2_147_483_647 }).map(String);
  }
  const fits = (text: string) => typeof pattern !== 'string' || new RegExp(pattern, 'u').test(text);
  return fc.constantFrom(...['a', 'Claims 360', 'Zürich', '22:00'].filter(fits));
};

const objectOf = (schema: Json, root: Json): fc.Arbitrary<unknown> => {
  const members = asJson(schema.properties ?? {});
  const required = new Set(asList(schema.required));
  const names = Object.keys(members);
  const known = fc.record(Object.fromEntries(names.map((name) => [name, sampleOf(asJson(members[name]), root)])), {
    requiredKeys: names.filter((name) => required.has(name)),
  });
  if (typeof schema.additionalProperties !== 'object') return known;
  const keys = asList(asJson(schema.propertyNames ?? {}).enum).map(String);
  const key = keys.length > 0 ? fc.constantFrom(...keys) : fc.constantFrom('k', 'Some Key');
  const open = fc.dictionary(key, sampleOf(asJson(schema.additionalProperties), root), { maxKeys: 2 });
  return fc.tuple(open, known).map(([extra, own]) => ({ ...extra, ...own }));
};

/** Values that fit one of our schemas as OpenAPI shows it: optional members come and go, unions take each branch. */
export const sampleOf = (schema: Json, root: Json = schema): fc.Arbitrary<unknown> => {
  if (typeof schema.$ref === 'string') {
    const name = schema.$ref.replace('#/$defs/', '');
    return sampleOf(asJson(asJson(root.$defs)[name]), root);
  }
  if ('const' in schema) return fc.constant(schema.const);
  if (Array.isArray(schema.enum)) return fc.constantFrom(...schema.enum);
  const branches = asList(schema.anyOf ?? schema.oneOf);
  if (branches.length > 0) return fc.oneof(...branches.map((branch) => sampleOf(asJson(branch), root)));
  if (Array.isArray(schema.type)) {
    return fc.oneof(...schema.type.map((type: unknown) => sampleOf({ ...schema, type }, root)));
  }
  switch (schema.type) {
    case 'object':
      return objectOf(schema, root);
    case 'array':
      return fc.array(sampleOf(asJson(schema.items ?? {}), root), {
        minLength: Number(schema.minItems ?? 0),
        maxLength: 2,
      });
    case 'string':
      return textOf(schema);
    case 'integer':
    case 'number': {
      const min = Math.max(Number(schema.minimum ?? 0), 0);
      return fc.integer({ min, max: Math.min(Number(schema.maximum ?? 1_000), min + 1_000) });
    }
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    default:
      return fc.constantFrom<unknown>({}, 'anything');
  }
};
