import type { PersonFact, SourceFact } from './facts.ts';

/**
 * Judges a condition for one person and one source by reading its text from left to right. It knows nothing of how the product
 * reads conditions: both follow the same page of the design, and `verify.properties.test.ts` compares them.
 */
export function judgeCondition(text: string, person: PersonFact, source: SourceFact | null): boolean {
  const judge = new Judge(text, person, source);
  return judge.whole();
}

/** Whether a text is a condition at all. One that is none gives nothing, and as a guardrail lets nobody through. */
export function isCondition(text: string): boolean {
  try {
    judgeCondition(text, nobody, null);
    return true;
  } catch (error) {
    if (error instanceof NoCondition) return false;
    throw error;
  }
}

class NoCondition extends Error {}

const nobody: PersonFact = {
  id: '',
  username: '',
  iam: null,
  isActive: false,
  groups: new Set(),
  attributes: new Map(),
};

/** By whole segments: a dot after an odd number of backslashes belongs to its segment. */
const isAbove = (value: string, tag: string): boolean =>
  tag.startsWith(`${value}.`) && (/\\*$/u.exec(value)?.[0].length ?? 0) % 2 === 0;

const token = /[\s\ufeff]*(?:([(),])|'((?:[^']|'')*)'|(@?[\p{L}\p{N}_]+))/uy;
const mostDepth = 32;

type Word = { readonly sign?: string; readonly text?: string; readonly word?: string };

/** The words of the last texts: a condition is judged for many people, one after another. */
const wordsOf = new Map<string, readonly Word[]>();

function readWords(text: string): readonly Word[] {
  const known = wordsOf.get(text);
  if (known !== undefined) return known;
  if (text.length > 10_000) throw new NoCondition('too long');
  const words: Word[] = [];
  const trimmed = text.replace(/[\s\ufeff]+$/u, '');
  for (let at = 0; at < trimmed.length; at = token.lastIndex) {
    token.lastIndex = at;
    const match = token.exec(trimmed);
    if (match === null) throw new NoCondition(`at ${at}`);
    const [, sign, quoted, word] = match;
    if (sign !== undefined) words.push({ sign });
    else if (quoted !== undefined) words.push({ text: quoted.replaceAll("''", "'") });
    else if (word !== undefined) words.push({ word });
  }
  if (wordsOf.size > 1_000) wordsOf.clear();
  wordsOf.set(text, words);
  return words;
}

class Judge {
  readonly #words: readonly Word[];
  #at = 0;
  readonly #person: PersonFact;
  readonly #source: SourceFact | null;

  constructor(text: string, person: PersonFact, source: SourceFact | null) {
    this.#words = readWords(text);
    this.#person = person;
    this.#source = source;
  }

  whole(): boolean {
    const value = this.#or(0);
    if (this.#at < this.#words.length) throw new NoCondition('something follows');
    return value;
  }

  #isWord(word: string): boolean {
    const isIt = this.#words[this.#at]?.word?.toLowerCase() === word;
    if (isIt) this.#at += 1;
    return isIt;
  }

  #sign(sign: string): void {
    if (this.#words[this.#at]?.sign !== sign) throw new NoCondition(`${sign} is missing`);
    this.#at += 1;
  }

  #or(depth: number): boolean {
    let value = this.#and(depth);
    while (this.#isWord('or')) value = this.#and(depth) || value;
    return value;
  }

  #and(depth: number): boolean {
    let value = this.#one(depth);
    while (this.#isWord('and')) value = this.#one(depth) && value;
    return value;
  }

  #one(depth: number): boolean {
    if (depth > mostDepth) throw new NoCondition('too deep');
    if (this.#isWord('not')) return !this.#one(depth + 1);
    const next = this.#words[this.#at];
    if (next?.sign === '(') {
      this.#at += 1;
      const value = this.#or(depth + 1);
      this.#sign(')');
      return value;
    }
    if (next?.word?.startsWith('@') !== true) throw new NoCondition('a function is missing');
    this.#at += 1;
    return this.#call(next.word, this.#arguments());
  }

  #arguments(): string[] {
    const texts: string[] = [];
    this.#sign('(');
    for (;;) {
      const text = this.#words[this.#at]?.text;
      if (text === undefined || text === '') throw new NoCondition('a text is missing');
      texts.push(text);
      this.#at += 1;
      if (this.#words[this.#at]?.sign !== ',') break;
      this.#at += 1;
    }
    this.#sign(')');
    return texts;
  }

  #call(name: string, [first = '', second, ...rest]: string[]): boolean {
    const { groups, attributes } = this.#person;
    if (name === '@isInGroups')
      return [first, ...(second === undefined ? [] : [second]), ...rest]
        .map((text) => this.#fill(text))
        .every((group) => group !== null && groups.has(group));
    if (rest.length > 0) throw new NoCondition('too many texts');
    if (name === '@hasTagAsGroup' && second === undefined) return this.#isTagged(first, groups);
    if (second === undefined) throw new NoCondition('too few texts');
    if (name === '@hasTagAsAttribute') {
      const attribute = this.#fill(first);
      return this.#isTagged(second, (attribute === null ? undefined : attributes.get(attribute)) ?? new Set());
    }
    if (name === '@hasAttribute') return this.#hasAttribute(first, second);
    throw new NoCondition(`${name} is unknown`);
  }

  #hasAttribute(nameText: string, valueText: string): boolean {
    const isBelow = valueText.endsWith('.*');
    const name = this.#fill(nameText);
    const value = this.#fill(isBelow ? valueText.slice(0, -2) : valueText);
    if (name === null || value === null) return false;
    const held = [...(this.#person.attributes.get(name) ?? [])];
    return held.some((one) => one === value || (isBelow && one.startsWith(`${value}.`)));
  }

  /** Whether one of the values is a tag of the source or its columns, or stands above one. */
  #isTagged(of: string, held: ReadonlySet<string>): boolean {
    if (of !== 'dataSource' && of !== 'column') throw new NoCondition(`${of} has no tags`);
    if (this.#source === null) return false;
    const tags =
      of === 'dataSource' ? [...this.#source.tags] : this.#source.columns.flatMap((column) => [...column.tags]);
    return tags.some((tag) => [...held].some((value) => tag === value || isAbove(value, tag)));
  }

  /** Null where a variable has no value. What a variable brings is a part of one segment. */
  #fill(text: string): string | null {
    let isEmpty = false;
    const filled = text.replaceAll(/@@|@([A-Za-z]+)/gu, (whole, name: string | undefined) => {
      if (whole === '@@') return '@';
      const value = this.#variable(name ?? '');
      if (value === null) isEmpty = true;
      return (value ?? '').replaceAll('.', '\\.');
    });
    return isEmpty ? null : filled.normalize('NFC');
  }

  #variable(name: string): string | null {
    const path = this.#source?.path ?? [];
    switch (name) {
      case 'iam':
        return this.#person.iam;
      case 'username':
        return this.#person.username;
      case 'hostname':
        return this.#source?.hostname ?? null;
      case 'database':
        return path.length > 1 ? (path[0] ?? null) : null;
      case 'schema':
        return path.length > 2 ? (path.at(-2) ?? null) : null;
      case 'table':
        return path.at(-1) ?? null;
      default:
        throw new NoCondition(`@${name} is unknown`);
    }
  }
}
