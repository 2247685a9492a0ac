import fc from 'fast-check';
import { personFacts, sourceFacts } from './facts.ts';
import type { Call, Condition, PersonFacts, SourceFacts, Template } from './model.ts';

// Few names, so that worlds meet: people hold what sources are tagged with, and one name is the beginning of another.
const paths = ['A', 'A.B', 'A.B.C', 'A.BB', 'B', 'Fin', 'Finance', 'A\\.B', 'ada', 'shop', 'sales'];
const names = ['Org', 'Area', 'ada'];
const path = fc.constantFrom(...paths);
const variable = fc.constantFrom('hostname', 'database', 'schema', 'table', 'iam', 'username').map((name) => ({
  variable: name,
}));
const plain = (texts: fc.Arbitrary<string>): fc.Arbitrary<Template> => texts.map((text) => [{ text }]);
const template = (texts: fc.Arbitrary<string>): fc.Arbitrary<Template> =>
  fc.oneof(
    { weight: 8, arbitrary: plain(texts) },
    { weight: 1, arbitrary: variable.map((part) => [part] as const) },
    { weight: 1, arbitrary: fc.tuple(plain(texts), variable).map(([text, part]) => [...text, part]) },
  );

const callFrom = (values: fc.Arbitrary<Template>, attributes: fc.Arbitrary<Template>): fc.Arbitrary<Call> => {
  const of = fc.constantFrom('dataSource' as const, 'column' as const);
  const at = fc.constant(0);
  return fc.oneof(
    fc.record({
      name: fc.constant('hasAttribute' as const),
      attribute: attributes,
      value: values,
      below: fc.boolean(),
      at,
    }),
    fc.record({
      name: fc.constant('isInGroups' as const),
      groups: fc.array(values, { minLength: 1, maxLength: 2 }),
      at,
    }),
    fc.record({ name: fc.constant('hasTagAsAttribute' as const), attribute: attributes, of, at }),
    fc.record({ name: fc.constant('hasTagAsGroup' as const), of, at }),
  );
};

/** Conditions as the parser makes them: no operand is of its parent's kind. */
const conditionFrom = (call: fc.Arbitrary<Call>): fc.Arbitrary<Condition> =>
  fc.letrec<{ node: Condition }>((tie) => ({
    node: fc.oneof(
      { depthSize: 'small', maxDepth: 5 },
      call.map((c): Condition => ({ kind: 'call', call: c })),
      tie('node').map((operand): Condition => ({ kind: 'not', operand })),
      fc
        .tuple(fc.constantFrom('and' as const, 'or' as const), fc.array(tie('node'), { minLength: 2, maxLength: 3 }))
        .map(([kind, operands]): Condition => flat(kind, operands)),
    ),
  })).node;

const flat = (kind: 'and' | 'or', operands: readonly Condition[]): Condition => ({
  kind,
  operands: operands.flatMap((operand) => (operand.kind === kind ? operand.operands : [operand])),
});

/** Conditions over the few names of the worlds. */
export const anyCondition = conditionFrom(callFrom(template(path), template(fc.constantFrom(...names))));

const wild = fc
  .string({
    unit: fc.constantFrom('a', "'", '@', '.', '*', '\\', ' ', '(', 'é', '\n', '@table'),
    minLength: 1,
    maxLength: 8,
  })
  .filter((text) => !text.endsWith('.*'));
/** Conditions with every sign in their strings that could confuse a reader of them. */
export const anyWrittenCondition = conditionFrom(callFrom(template(wild), template(wild)));

export const anyPerson: fc.Arbitrary<PersonFacts> = fc
  .record({
    username: fc.constantFrom('ada', 'bob', 'A.B'),
    iam: fc.option(fc.constantFrom('ada', 'A')),
    groups: fc.subarray(paths),
    attributes: fc.dictionary(fc.constantFrom(...names), fc.subarray(paths)),
  })
  .map((row) => personFacts({ globalUserId: row.username, ...row }));

const tags = fc.subarray(paths, { maxLength: 3 });
export const anySource: fc.Arbitrary<SourceFacts> = fc
  .record({
    hostname: fc.option(fc.constantFrom('A', 'db')),
    objectPath: fc.constantFrom(['shop', 'sales', 'A'], ['A', 'B'], ['shop', 'A.B', 'B']),
    tags,
    columns: fc.array(fc.record({ name: fc.constantFrom('id', 'email'), tags }), { maxLength: 2 }),
  })
  .map((row) => sourceFacts({ dataSourceId: 1, connectionKey: 'wh', ...row }));
