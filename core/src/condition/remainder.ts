import { objectVariable } from './facts.ts';
import type { Call, Condition, PersonFacts, SourceFacts, TagsOf, Template, TemplatePart, Variable } from './model.ts';
import { asSegmentText, isAtOrBelow, pathAndAbove } from './tag-path.ts';
import { fillTemplate, literalText } from './template.ts';

/**
 * What is left of a condition when the object's facts have been put in: it speaks of people alone (governance.md 8,
 * "Compilation to containers"). Lists are sorted and without repetitions, so that equal meanings mostly look equal.
 */
export type Remainder =
  | { readonly kind: 'always' | 'never' }
  | { readonly kind: 'and' | 'or'; readonly operands: readonly Remainder[] }
  | { readonly kind: 'not'; readonly operand: Remainder }
  /** One of these people. */
  | { readonly kind: 'people'; readonly anyOf: readonly string[] }
  /** In one of these groups. */
  | { readonly kind: 'groups'; readonly anyOf: readonly string[] }
  /** Holds one of these values. */
  | { readonly kind: 'attribute'; readonly name: string; readonly anyOf: readonly string[] }
  /** Holds the value or one below it. */
  | { readonly kind: 'below'; readonly name: string; readonly value: string }
  /** The same where a name or a value holds a variable of the person. */
  | { readonly kind: 'personalGroup'; readonly group: Template }
  | {
      readonly kind: 'personal';
      readonly name: Template;
      readonly anyOf: readonly Template[];
      readonly below: boolean;
    };

export const always: Remainder = { kind: 'always' };
export const never: Remainder = { kind: 'never' };

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const sortedSet = (texts: Iterable<string>): string[] => [...new Set(texts)].sort(byText);

const keys = new WeakMap<Remainder, string>();

/** Equal keys mean equal remainders; sources with one key share one set of people. Of one remainder it is asked again and again. */
export function remainderKey(remainder: Remainder): string {
  let key = keys.get(remainder);
  if (key === undefined) keys.set(remainder, (key = writtenKey(remainder)));
  return key;
}

/** As JSON, of keys that are known already. */
function writtenKey(remainder: Remainder): string {
  switch (remainder.kind) {
    case 'and':
    case 'or':
      return `{"kind":"${remainder.kind}","operands":[${remainder.operands.map(remainderKey).join(',')}]}`;
    case 'not':
      return `{"kind":"not","operand":${remainderKey(remainder.operand)}}`;
    default:
      return JSON.stringify(remainder);
  }
}

/** All of them, simplified where that is plain: constants go, equal operands are one. */
export const allOf = (operands: readonly Remainder[]): Remainder => joined('and', operands);
/** Any of them, simplified alike. */
export const anyOf = (operands: readonly Remainder[]): Remainder => joined('or', operands);

function joined(kind: 'and' | 'or', operands: readonly Remainder[]): Remainder {
  const decides = kind === 'and' ? 'never' : 'always';
  const says = kind === 'and' ? 'always' : 'never';
  const byKey = new Map<string, Remainder>();
  for (const operand of operands) {
    if (operand.kind === decides) return operand;
    if (operand.kind === says) continue;
    for (const part of operand.kind === kind ? operand.operands : [operand]) byKey.set(remainderKey(part), part);
  }
  const parts = [...byKey].sort(([a], [b]) => byText(a, b)).map(([, part]) => part);
  const [first] = parts;
  if (first === undefined) return { kind: says };
  return parts.length === 1 ? first : { kind, operands: parts };
}

const notOf = (operand: Remainder): Remainder => {
  if (operand.kind === 'always') return never;
  if (operand.kind === 'never') return always;
  return operand.kind === 'not' ? operand.operand : { kind: 'not', operand };
};

/** One of these people. */
export const peopleOf = (globalUserIds: readonly string[]): Remainder =>
  globalUserIds.length === 0 ? never : { kind: 'people', anyOf: sortedSet(globalUserIds) };

/** Puts the facts of a source into a condition. */
export function remainderOf(condition: Condition, source: SourceFacts): Remainder {
  switch (condition.kind) {
    case 'call':
      return remainderOfCall(condition.call, source);
    case 'not':
      return notOf(remainderOf(condition.operand, source));
    case 'and':
      return allOf(condition.operands.map((operand) => remainderOf(operand, source)));
    case 'or':
      return anyOf(condition.operands.map((operand) => remainderOf(operand, source)));
  }
}

/** Whether the answer for one source is that for every other: nothing in it asks about the object. */
export function isAboutPeopleAlone(condition: Condition): boolean {
  if (condition.kind === 'not') return isAboutPeopleAlone(condition.operand);
  if (condition.kind !== 'call') return condition.operands.every(isAboutPeopleAlone);
  const { call } = condition;
  if (call.name === 'hasTagAsAttribute' || call.name === 'hasTagAsGroup') return false;
  const templates = call.name === 'isInGroups' ? call.groups : [call.attribute, call.value];
  return templates.every((template) => template.every((part) => 'text' in part || isOfPerson(part.variable)));
}

const isOfPerson = (variable: Variable): variable is 'iam' | 'username' =>
  variable === 'iam' || variable === 'username';

/** Fills in what the object knows; null when it does not know it. */
function withObject(template: Template, source: SourceFacts): Template | null {
  const parts: TemplatePart[] = [];
  for (const part of template) {
    let filled: TemplatePart = part;
    if ('variable' in part && !isOfPerson(part.variable)) {
      const value = objectVariable(part.variable, source);
      if (value === null) return null;
      filled = { text: asSegmentText(value) };
    }
    const last = parts.at(-1);
    if (last !== undefined && 'text' in last && 'text' in filled)
      parts[parts.length - 1] = { text: (last.text + filled.text).normalize('NFC') };
    else parts.push(filled);
  }
  return parts;
}

function remainderOfCall(call: Call, source: SourceFacts): Remainder {
  switch (call.name) {
    case 'isInGroups':
      return allOf(call.groups.map((group) => inGroup(withObject(group, source))));
    case 'hasAttribute': {
      const name = withObject(call.attribute, source);
      const value = withObject(call.value, source);
      return name === null || value === null ? never : holds(name, [value], call.below);
    }
    case 'hasTagAsAttribute': {
      const name = withObject(call.attribute, source);
      const covering = coveringValues(call.of, source);
      if (name === null || covering.length === 0) return never;
      return holds(
        name,
        covering.map((text) => [{ text }]),
        false,
      );
    }
    case 'hasTagAsGroup': {
      const covering = coveringValues(call.of, source);
      return covering.length === 0 ? never : { kind: 'groups', anyOf: covering };
    }
  }
}

function inGroup(group: Template | null): Remainder {
  if (group === null) return never;
  const text = literalText(group);
  return text === null ? { kind: 'personalGroup', group } : { kind: 'groups', anyOf: [text] };
}

function holds(name: Template, values: readonly Template[], below: boolean): Remainder {
  const plainName = literalText(name);
  const plainValues = values.map(literalText).filter((text) => text !== null);
  if (plainName === null || plainValues.length < values.length) return { kind: 'personal', name, anyOf: values, below };
  const [value] = plainValues;
  if (below && value !== undefined) return { kind: 'below', name: plainName, value };
  return { kind: 'attribute', name: plainName, anyOf: sortedSet(plainValues) };
}

/** A value matches a tag when it is the tag or above it: so these are the tags with everything above them. */
function coveringValues(of: TagsOf, source: SourceFacts): string[] {
  const tags = of === 'dataSource' ? [...source.tags] : source.columns.flatMap((column) => [...column.tags]);
  return sortedSet(tags.flatMap(pathAndAbove));
}

/** Whether one person fulfils a remainder. */
export function isFulfilledBy(remainder: Remainder, person: PersonFacts): boolean {
  switch (remainder.kind) {
    case 'always':
      return true;
    case 'never':
      return false;
    case 'and':
      return remainder.operands.every((operand) => isFulfilledBy(operand, person));
    case 'or':
      return remainder.operands.some((operand) => isFulfilledBy(operand, person));
    case 'not':
      return !isFulfilledBy(remainder.operand, person);
    case 'people':
      return remainder.anyOf.includes(person.globalUserId);
    case 'groups':
      return remainder.anyOf.some((group) => person.groups.has(group));
    case 'attribute': {
      const held = person.attributes.get(remainder.name);
      return held !== undefined && remainder.anyOf.some((value) => held.has(value));
    }
    case 'below':
      return [...(person.attributes.get(remainder.name) ?? [])].some((held) => isAtOrBelow(held, remainder.value));
    case 'personalGroup': {
      const group = fillTemplate(remainder.group, readerOf(person));
      return group !== null && person.groups.has(group);
    }
    case 'personal':
      return isPersonallyFulfilled(remainder, person);
  }
}

const readerOf =
  (person: PersonFacts) =>
  (variable: Variable): string | null => {
    const value = variable === 'iam' ? person.iam : variable === 'username' ? person.username : null;
    return value === null ? null : asSegmentText(value);
  };

function isPersonallyFulfilled(
  { name, anyOf: values, below }: Extract<Remainder, { readonly kind: 'personal' }>,
  person: PersonFacts,
): boolean {
  const read = readerOf(person);
  const filledName = fillTemplate(name, read);
  const held = filledName === null ? undefined : person.attributes.get(filledName);
  if (held === undefined) return false;
  return values.some((template) => {
    const value = fillTemplate(template, read);
    if (value === null) return false;
    return held.has(value) || (below && [...held].some((deeper) => isAtOrBelow(deeper, value)));
  });
}

/** Which facts of a person a remainder asks about, as `group:Name`, `attribute:Name`, and `group:`/`attribute:` for any. */
export function factsAsked(remainder: Remainder): readonly string[] {
  switch (remainder.kind) {
    case 'always':
    case 'never':
    case 'people':
      return [];
    case 'not':
      return factsAsked(remainder.operand);
    case 'and':
    case 'or':
      return sortedSet(remainder.operands.flatMap(factsAsked));
    case 'groups':
      return remainder.anyOf.map((group) => `group:${group}`);
    case 'attribute':
    case 'below':
      return [`attribute:${remainder.name}`];
    case 'personalGroup':
      return ['group:'];
    case 'personal':
      return ['attribute:'];
  }
}
