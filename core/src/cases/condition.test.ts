import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { type Circumstance, circumstanceMatcher } from '../condition/circumstance.ts';
import { evaluateCondition } from '../condition/evaluate.ts';
import { personFacts, type SourceRow, sourceFacts } from '../condition/facts.ts';
import type { Condition, SourceFacts } from '../condition/model.ts';
import { parseCondition } from '../condition/parse.ts';
import { printCondition } from '../condition/print.ts';

type Case<Given> = { readonly name: string; readonly given: Given; readonly want: unknown; readonly reason: string };

function cases<Given>(rule: string, answer: (given: Given) => unknown): void {
  const folder = new URL(`${rule}/`, import.meta.url);
  describe(rule, () => {
    for (const file of readdirSync(folder).sort()) {
      const read: readonly Case<Given>[] = parse(readFileSync(new URL(file, folder), 'utf8'));
      for (const { name, given, want, reason } of read) {
        test(name, () => {
          const got = answer(given);
          if (want === null) expect(got, reason).toBeNull();
          else expect(got, reason).toMatchObject(Object(want));
        });
      }
    }
  });
}

const parsed = (text: string): Condition => {
  const answer = parseCondition(text);
  if (!answer.ok) throw new Error(answer.problem.message);
  return answer.condition;
};

type SourceGiven = Partial<Pick<SourceRow, 'tags' | 'columns'>> & { readonly table?: string };
const sourceOf = ({ tags = [], columns = [], table = 'orders' }: SourceGiven): SourceFacts =>
  sourceFacts({
    dataSourceId: 1,
    connectionKey: 'wh',
    hostname: 'db1',
    objectPath: ['shop', 'sales', table],
    tags,
    columns,
  });

cases('condition-syntax', (given: { text: string; functions?: 'user' }) => {
  const answer = parseCondition(given.text, { functions: given.functions ?? 'all' });
  return answer.ok ? { printed: printCondition(answer.condition) } : answer.problem;
});

type ConditionGiven = SourceGiven & {
  readonly text: string;
  readonly groups?: readonly string[];
  readonly attributes?: Readonly<Record<string, readonly string[]>>;
};
cases('condition', (given: ConditionGiven) => {
  const { groups = [], attributes = {} } = given;
  const person = personFacts({ globalUserId: 'g1', username: 'ada', iam: null, groups, attributes });
  const { value, truth } = evaluateCondition(parsed(given.text), person, sourceOf(given));
  return { value, because: truth.map((call) => call.because) };
});

type CircumstanceGiven = SourceGiven & {
  readonly circumstances: readonly Circumstance[];
  readonly operator?: 'all';
  readonly ownerSelected?: boolean;
};
cases('circumstance', (given: CircumstanceGiven) => {
  const { circumstances, operator = 'any', ownerSelected = false } = given;
  const matches = circumstanceMatcher({ circumstances, circumstanceOperator: operator });
  return matches({ source: sourceOf(given), isOwnerSelected: ownerSelected });
});
