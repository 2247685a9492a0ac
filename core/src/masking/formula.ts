import { type Evaluation, evaluateCondition } from '../condition/evaluate.ts';
import type { Condition, PersonFacts, SourceFacts } from '../condition/model.ts';
import { callsOf } from '../condition/names.ts';
import { parseCondition } from '../condition/parse.ts';
import { printCondition } from '../condition/print.ts';
import { templateVariables } from './template-variables.ts';

/**
 * Whom a data policy means, as one set of people with one exemption key, shared by every column that means the same. `text`
 * tells formulas apart; only one that names the object belongs to a single source.
 */
export type Formula = { readonly text: string; readonly condition: Condition; readonly source: SourceFacts | null };

const nowhere: SourceFacts = {
  dataSourceId: 0,
  connectionKey: '',
  hostname: null,
  objectPath: [],
  tags: new Set(),
  columns: [],
};

/** The formula of a condition's text, or of its opposite; null for a text that cannot be read, which nobody fulfils. */
export function formulaOf(text: string, source: SourceFacts, { negated = false } = {}): Formula | null {
  const parsed = parseCondition(text, { functions: 'user' });
  if (!parsed.ok) return null;
  const condition: Condition = negated ? { kind: 'not', operand: parsed.condition } : parsed.condition;
  const namesObject = callsOf(condition).some((call) =>
    templateVariables(call).some((name) => name !== 'iam' && name !== 'username'),
  );
  const printed = printCondition(condition);
  return namesObject
    ? { text: `${printed}\n-- of source ${source.dataSourceId}`, condition, source }
    : { text: printed, condition, source: null };
}

/** Whether a person is meant, call by call. */
export const judgeFormula = ({ condition, source }: Formula, person: PersonFacts): Evaluation =>
  evaluateCondition(condition, person, source ?? nowhere);

/** Whether a person is meant. */
export const fulfils = (formula: Formula, person: PersonFacts): boolean => judgeFormula(formula, person).value;
