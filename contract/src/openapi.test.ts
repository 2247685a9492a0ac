import { Ajv2020 } from 'ajv/dist/2020.js';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { describe, expect, it } from 'vitest';
import { actions } from './action.ts';
import { openApiDocument } from './openapi.ts';
import { operations } from './operations.ts';

const document = openApiDocument(operations);
const listed = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
);

/** All values under a key, wherever they stand. */
const valuesOf = (key: string, value: unknown): readonly unknown[] => {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]: [string, unknown]) => [
    ...(name === key ? [member] : []),
    ...valuesOf(key, member),
  ]);
};

const resolves = (reference: unknown): boolean => {
  if (typeof reference !== 'string' || !reference.startsWith('#/')) return false;
  const found = reference
    .slice(2)
    .split('/')
    .reduce<unknown>((at, key) => (typeof at === 'object' && at !== null ? Reflect.get(at, key) : undefined), document);
  return found !== undefined;
};

describe('the OpenAPI document', () => {
  it('shows every operation once, under an id of its own', () => {
    expect(listed).toHaveLength(operations.length);
    expect(new Set(operations.map((o) => o.id)).size).toBe(operations.length);
  });

  it('declares every parameter of a path, and no other', () => {
    for (const { path, operation } of listed) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map((m) => m[1]).sort();
      const declared = operation.parameters.filter((p) => p.in === 'path').map((p) => p.name);
      expect(declared.sort(), path).toEqual(inPath);
    }
  });

  it('says for every operation which right it asks for, or that it is public', () => {
    for (const o of operations) {
      if ('public' in o.access) expect(o.access.public).toBe(true);
      else expect(actions).toContain(o.access.action);
    }
  });

  it('gives every operation a success answer, and every guarded one 401 and 403', () => {
    for (const { path, operation } of listed) {
      const statuses = Object.keys(operation.responses);
      expect(
        statuses.some((status) => /^2|^302$/.test(status)),
        path,
      ).toBe(true);
      if (operation.security.length > 0) expect(statuses).toEqual(expect.arrayContaining(['401', '403']));
    }
  });

  it('points only at parts that exist', () => {
    expect(valuesOf('$ref', document).filter((reference) => !resolves(reference))).toEqual([]);
  });

  it('holds schemas that are valid JSON Schema 2020-12', () => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    for (const schema of valuesOf('schema', document)) {
      if (typeof schema === 'object' && schema !== null) expect(ajv.validateSchema(schema)).toBe(true);
    }
  });

  it('has no two paths that differ only in the name of a parameter', () => {
    const shapes = Object.keys(document.paths).map((path) => path.replaceAll(/\{\w+\}/g, '{}'));
    expect(new Set(shapes).size).toBe(shapes.length);
  });

  it('passes the recommended rules of an OpenAPI linter', async () => {
    const config = await createConfig({
      extends: ['recommended'],
      rules: {
        // Where it runs is not known before it runs.
        'no-empty-servers': 'off',
        // Probes and the first page are open to everybody on purpose, and have nothing a caller could do wrong.
        'operation-4xx-response': 'off',
        // The way back from Slack leads on to a page; the test above asks each operation for one or the other.
        'operation-2xx-response': 'off',
        // Published so: `version` is no id of a form.
        'no-ambiguous-paths': 'off',
      },
    });
    const problems = await lintFromString({ source: JSON.stringify(document), config });
    expect(problems.map((p) => `${p.ruleId}: ${p.message} at ${p.location[0]?.pointer ?? ''}`)).toEqual([]);
  }, 120_000);
});
