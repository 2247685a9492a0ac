import { objectVariable } from './facts.ts';
import type { Call, Condition, PersonFacts, SourceFacts, TagsOf, Template, Variable } from './model.ts';
import { printCall } from './print.ts';
import { asSegmentText, isAtOrBelow, pathAndAbove } from './tag-path.ts';
import { fillTemplate } from './template.ts';

/** What one call came to for one person and one source, and why; `because` is a part of a sentence. */
export type CallTruth = { readonly call: string; readonly value: boolean; readonly because: string };

export type Evaluation = {
  readonly value: boolean;
  /** Every call once, in the order of the text: also those that the answer did not need. */
  readonly truth: readonly CallTruth[];
};

/** Judges a condition for one person and one source, plainly: every call is looked at and told. */
export function evaluateCondition(condition: Condition, person: PersonFacts, source: SourceFacts): Evaluation {
  const truth: CallTruth[] = [];
  const judge = (part: Condition): boolean => {
    switch (part.kind) {
      case 'call': {
        const answer = judgeCall(part.call, person, source);
        truth.push({ call: printCall(part.call), ...answer });
        return answer.value;
      }
      case 'not':
        return !judge(part.operand);
      case 'and':
        return part.operands.map(judge).every(Boolean);
      case 'or':
        return part.operands.map(judge).some(Boolean);
    }
  };
  return { value: judge(condition), truth };
}

type Answer = { readonly value: boolean; readonly because: string };
const yes = (because: string): Answer => ({ value: true, because });
const no = (because: string): Answer => ({ value: false, because });

/** A value that stands in for a variable is data: a part of one segment, and never a wildcard. */
const reader =
  (person: PersonFacts, source: SourceFacts) =>
  (variable: Variable): string | null => {
    const value =
      variable === 'iam' || variable === 'username'
        ? variable === 'iam'
          ? person.iam
          : person.username
        : objectVariable(variable, source);
    return value === null ? null : asSegmentText(value);
  };

function judgeCall(call: Call, person: PersonFacts, source: SourceFacts): Answer {
  const fill = (template: Template) => fillTemplate(template, reader(person, source));
  switch (call.name) {
    case 'isInGroups':
      return inGroups(call.groups.map(fill), person);
    case 'hasAttribute':
      return hasAttribute({ name: fill(call.attribute), value: fill(call.value), below: call.below }, person);
    case 'hasTagAsAttribute': {
      const name = fill(call.attribute);
      if (name === null) return no(emptyVariable);
      const values = person.attributes.get(name);
      if (values === undefined || values.size === 0) return no(`has no value of ${name}`);
      return matchTags(values, { of: call.of, source, what: `values of ${name}` });
    }
    case 'hasTagAsGroup':
      if (person.groups.size === 0) return no('is in no group');
      return matchTags(person.groups, { of: call.of, source, what: 'groups' });
  }
}

const emptyVariable = 'a variable has no value here';

function inGroups(names: readonly (string | null)[], { groups }: PersonFacts): Answer {
  const missing: string[] = [];
  for (const name of names) {
    if (name === null) return no(emptyVariable);
    if (!groups.has(name)) missing.push(name);
  }
  return missing.length === 0 ? yes(`in ${names.join(' and ')}`) : no(`not in ${missing.join(', ')}`);
}

type AttributeQuestion = { readonly name: string | null; readonly value: string | null; readonly below: boolean };

function hasAttribute({ name, value, below }: AttributeQuestion, person: PersonFacts): Answer {
  if (name === null || value === null) return no(emptyVariable);
  const values = person.attributes.get(name);
  if (values === undefined || values.size === 0) return no(`has no value of ${name}`);
  if (values.has(value)) return yes(`${name} is ${value}`);
  const deeper = below ? [...values].find((held) => isAtOrBelow(held, value)) : undefined;
  if (deeper !== undefined) return yes(`${name} is ${deeper}, below ${value}`);
  return no(`${name} is not ${value}${below ? ' or below it' : ''}`);
}

type TagQuestion = { readonly of: TagsOf; readonly source: SourceFacts; readonly what: string };

function matchTags(held: ReadonlySet<string>, { of, source, what }: TagQuestion): Answer {
  for (const { tag, place } of tagsAt(of, source)) {
    const match = pathAndAbove(tag).find((path) => held.has(path));
    if (match !== undefined)
      return yes(match === tag ? `${tag} is a tag of ${place}` : `${match} covers ${tag} of ${place}`);
  }
  return no(`none of the ${what} matches a tag of the ${of === 'dataSource' ? 'data source' : 'columns'}`);
}

function* tagsAt(of: TagsOf, source: SourceFacts): Generator<{ tag: string; place: string }> {
  if (of === 'dataSource') for (const tag of source.tags) yield { tag, place: 'the data source' };
  else for (const { name, tags } of source.columns) for (const tag of tags) yield { tag, place: `column ${name}` };
}
