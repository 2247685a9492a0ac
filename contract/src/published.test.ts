import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openApiDocument } from './openapi.ts';
import { operations } from './operations.ts';
import { readPublishedDocument } from './testing/published-document.ts';
import type { PublishedOperation } from './testing/published-document.ts';
import { sampleOf } from './testing/sample.ts';

const published = readPublishedDocument();
const ours = openApiDocument(operations);

const oursOf = (o: PublishedOperation) => operations.find((own) => own.method === o.method && own.path === o.path);

describe.skipIf(published === undefined)('the published API', () => {
  const all = published?.operations ?? [];

  it('has 83 operations, numbered here in its order', () => {
    expect(all).toHaveLength(83);
    expect(all.map((o) => oursOf(o)?.published)).toEqual(all.map((_, index) => index + 1));
    expect(operations.filter((o) => o.published !== undefined)).toHaveLength(83);
  });

  it.each(all)('finds $method $path under its operation id, with its status codes', (o) => {
    expect(oursOf(o)?.id).toBe(o.operationId);
    const declared = Object.keys(ours.paths[o.path]?.[o.method.toLowerCase()]?.responses ?? {});
    expect(declared).toEqual(expect.arrayContaining([...o.responses.keys()]));
  });

  it.each(all.filter((o) => o.query.length > 0))(
    'takes every query member of $method $path, and asks for no more',
    (o) => {
      const parameters = (ours.paths[o.path]?.[o.method.toLowerCase()]?.parameters ?? []).filter(
        (p) => p.in === 'query',
      );
      expect(parameters.map((p) => p.name)).toEqual(expect.arrayContaining(o.query.map((q) => q.name)));
      const required = new Set(o.query.filter((q) => q.required).map((q) => q.name));
      expect(parameters.filter((p) => p.required && !required.has(p.name))).toEqual([]);
    },
  );

  const answers = all.flatMap((o) =>
    [...o.responses].flatMap(([status, schema]) => (schema === undefined ? [] : [{ ...o, status, schema }])),
  );
  it.each(answers)('accepts every answer $status that $method $path may give', (o) => {
    const own = oursOf(o)?.responses[Number(o.status)];
    if (!own) throw new Error('is not declared');
    // A list of products is only answered to a list, which the published document does not know.
    const single = own instanceof z.ZodUnion && o.operationId === 'createDataProduct' ? own.options[0] : own;
    if (!(single instanceof z.ZodType)) throw new Error('is no schema');
    const schema = z.record(z.string(), z.unknown()).parse(z.toJSONSchema(single, { io: 'output' }));
    const problemsOf = published?.checkerOf(o.schema);
    fc.assert(
      fc.property(sampleOf(schema), (sample) => {
        expect(single.safeParse(sample).error?.issues ?? []).toEqual([]);
        expect(problemsOf?.(sample)).toEqual([]);
      }),
      { numRuns: 25 },
    );
  });

  const bodies = all.flatMap((o) => (o.body === undefined ? [] : [{ ...o, body: o.body }]));
  it.each(bodies)('takes every member of the body of $method $path, and asks for no more', (o) => {
    const theirs = published?.resolve(o.body) ?? {};
    const body = oursOf(o)?.body;
    if (!body) throw new Error('has no body');
    if (typeof theirs.properties !== 'object' || theirs.properties === null) return;
    const single = body instanceof z.ZodUnion ? body.options[0] : body;
    if (!(single instanceof z.ZodObject)) throw new Error('is no object');
    expect(Object.keys(single.shape)).toEqual(expect.arrayContaining(Object.keys(theirs.properties)));
    const required = Object.entries(single.shape).flatMap(([name, member]) =>
      member instanceof z.ZodType && !member.safeParse(undefined).success ? [name] : [],
    );
    expect(theirs.required ?? []).toEqual(expect.arrayContaining(required));
  });
});
