import type { FlowDraft } from './flow.ts';
import type { FormField } from './form.ts';
import { validateFlow } from './validate-flow.ts';

export type FormProblem = {
  /** Of the body of a save: `fields[0].options`, `policy.rules[1].conditions.all[0].path`. */
  readonly path: string;
  readonly code: 'request_form.fields_invalid' | 'review_flow.invalid' | 'review_flow.reviewer_unsupported';
  readonly message: string;
};

const invalid = (path: string, message: string): FormProblem => ({
  path,
  code: 'request_form.fields_invalid',
  message,
});

const optionProblems = (options: readonly { readonly value: string }[], path: string): readonly FormProblem[] => {
  if (options.length === 0) return [invalid(path, 'A question to choose from needs at least one option.')];
  return options.flatMap(({ value }, i) => {
    if (value.trim() === '') return [invalid(`${path}[${i}].value`, 'An option needs a text.')];
    return options.findIndex((o) => o.value === value) === i
      ? []
      : [invalid(`${path}[${i}].value`, 'This option stands twice.')];
  });
};

/** What is wrong with the questions of a form by themselves. */
const fieldProblems = (fields: readonly FormField[]): readonly FormProblem[] =>
  fields.flatMap((field, i) => {
    const at = `fields[${i}]`;
    const problems: FormProblem[] = [];
    if (fields.findIndex((f) => f.id.toLowerCase() === field.id.toLowerCase()) !== i)
      problems.push(invalid(`${at}.id`, 'Two questions have this id.'));
    if (field.label.trim() === '') problems.push(invalid(`${at}.label`, 'A question needs a text.'));
    // The answer is the one period that stewards start from; two would leave open which.
    if (field.type === 'ACCESS_DURATION' && fields.findIndex((f) => f.type === 'ACCESS_DURATION') !== i)
      problems.push(invalid(at, 'A form asks once how long access is needed.'));
    if (field.type === 'DROPDOWN' || field.type === 'CHECKBOXES')
      problems.push(...optionProblems(field.options, `${at}.options`));
    return problems;
  });

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

type Leaf = { readonly path: string; readonly node: Readonly<Record<string, unknown>> };

/** The conditions that look at answers; what is no condition is `validateFlow`'s to say. */
const answerLeaves = (node: unknown, path: string): readonly Leaf[] => {
  if (!isRecord(node)) return [];
  const inside = ['all', 'any'].flatMap((kind) => {
    const members = node[kind];
    return Array.isArray(members) ? members.flatMap((m: unknown, i) => answerLeaves(m, `${path}.${kind}[${i}]`)) : [];
  });
  return [
    ...inside,
    ...answerLeaves(node['not'], `${path}.not`),
    ...(node['fact'] === 'answers' ? [{ path, node }] : []),
  ];
};

/** A comparison with an option that is not there never holds, which a rule that denies must not come to unseen. */
const missingOptions = (field: FormField, value: unknown): readonly string[] => {
  if (field.type !== 'DROPDOWN' && field.type !== 'CHECKBOXES') return [];
  const known = new Set(field.options.map((o) => o.value));
  return [value].flat().filter((v): v is string => typeof v === 'string' && !known.has(v));
};

const leafProblems = ({ path, node }: Leaf, fields: readonly FormField[]): readonly FormProblem[] => {
  const named = node['path'];
  if (typeof named !== 'string' || !named.startsWith('$.')) return [];
  const field = fields.find((f) => f.id === named.slice(2));
  const code = 'review_flow.invalid';
  if (field === undefined)
    return [{ path: `${path}.path`, code, message: 'The form has no such question; a rule looks at its answer.' }];
  return missingOptions(field, node['value']).map((option) => ({
    path: `${path}.value`,
    code,
    message: `The question "${field.label}" has no option "${option}".`,
  }));
};

/** Where the rules of a flow look at answers that the form does not ask for. */
export const answerProblems = (flow: FlowDraft, fields: readonly FormField[]): readonly FormProblem[] =>
  flow.rules.flatMap((rule, i) =>
    answerLeaves(rule.conditions, `policy.rules[${i}].conditions`).flatMap((leaf) => leafProblems(leaf, fields)),
  );

/** Everything that keeps a form from being saved: its questions, its flow, and rules that look at what it does not ask. */
export const formProblems = (form: {
  readonly fields: readonly FormField[];
  readonly policy: FlowDraft;
}): readonly FormProblem[] => [
  ...fieldProblems(form.fields),
  ...validateFlow(form.policy, 'form').map((p) => ({ ...p, path: `policy.${p.path}` })),
  ...answerProblems(form.policy, form.fields),
];
