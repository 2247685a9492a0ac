import type { Comparison, FunctionName, Operand, Predicate, UserField } from './predicate.ts';
import { PredicateError, type Token, tokensOf } from './predicate-tokens.ts';

/** Limits of governance.md 9. */
const longestText = 10_000;
const deepest = 32;
const mostCalls = 200;

const functionNames = new Set<string>(['lower', 'upper', 'trim', 'length', 'coalesce'] satisfies FunctionName[]);
const comparisons = new Set<string>(['=', '<>', '<', '<=', '>', '>='] satisfies Comparison[]);
const isFunction = (name: string): name is FunctionName => functionNames.has(name);
const isComparison = (sign: string): sign is Comparison => comparisons.has(sign);

/** A predicate, or where and why the text is none. Only what the grammar has can come out: no statement, no other table. */
export type ParsedPredicate =
  | { readonly ok: true; readonly predicate: Predicate }
  | { readonly ok: false; readonly message: string; readonly at: number };

/**
 * Reads a row predicate or the `where` of a cell mask: comparisons of tagged columns with values, joined by AND, OR and NOT, and
 * the functions about the reader (governance.md 10). Keywords and plain functions may be written in any case.
 */
export function parsePredicate(text: string): ParsedPredicate {
  if (text.length > longestText)
    return { ok: false, message: `A predicate has ${longestText} characters at most.`, at: longestText };
  try {
    const reader: Reader = { tokens: tokensOf(text), next: 0, calls: 0 };
    const predicate = readOr(reader, 0);
    const rest = peek(reader);
    if (rest.kind !== 'end') throw new PredicateError(`"${rest.text}" was not expected here`, rest.at);
    return { ok: true, predicate };
  } catch (error) {
    if (error instanceof PredicateError) return { ok: false, message: error.message, at: error.at };
    throw error;
  }
}

type Reader = { readonly tokens: readonly Token[]; next: number; calls: number };

const peek = (reader: Reader): Token => reader.tokens[reader.next] ?? { kind: 'end', text: '', at: 0 };

function take(reader: Reader): Token {
  const token = peek(reader);
  reader.next += 1;
  return token;
}

const isWord = (token: Token, word: string): boolean => token.kind === 'word' && token.text.toUpperCase() === word;
const isSign = (token: Token, sign: string): boolean => token.kind === 'sign' && token.text === sign;

function skipWord(reader: Reader, word: string): boolean {
  if (!isWord(peek(reader), word)) return false;
  reader.next += 1;
  return true;
}

function expectSign(reader: Reader, sign: string): void {
  const token = take(reader);
  if (!isSign(token, sign)) throw new PredicateError(`"${sign}" was expected`, token.at);
}

function expectText(reader: Reader): string {
  const token = take(reader);
  if (token.kind !== 'text') throw new PredicateError("a text in '' was expected", token.at);
  return token.text;
}

const joined = (kind: 'and' | 'or', parts: readonly Predicate[]): Predicate => {
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? only : { kind, parts };
};

function readOr(reader: Reader, depth: number): Predicate {
  if (depth > deepest) throw new PredicateError(`parentheses are nested deeper than ${deepest}`, peek(reader).at);
  const parts = [readAnd(reader, depth)];
  while (skipWord(reader, 'OR')) parts.push(readAnd(reader, depth));
  return joined('or', parts);
}

function readAnd(reader: Reader, depth: number): Predicate {
  const parts = [readNot(reader, depth)];
  while (skipWord(reader, 'AND')) parts.push(readNot(reader, depth));
  return joined('and', parts);
}

function readNot(reader: Reader, depth: number): Predicate {
  if (depth > deepest) throw new PredicateError(`NOT is nested deeper than ${deepest}`, peek(reader).at);
  if (skipWord(reader, 'NOT')) return { kind: 'not', part: readNot(reader, depth + 1) };
  if (isSign(peek(reader), '(')) {
    reader.next += 1;
    const inner = readOr(reader, depth + 1);
    expectSign(reader, ')');
    return inner;
  }
  return readTest(reader, depth);
}

/** A function that is a predicate by itself, or an operand with what is said about it. */
function readTest(reader: Reader, depth: number): Predicate {
  const token = peek(reader);
  if (token.kind === 'function') {
    const about = readAboutReader(reader, depth, token);
    if (about !== null) return about;
  }
  const operand = readOperand(reader, depth);
  const sign = peek(reader);
  if (sign.kind === 'sign' && isComparison(sign.text)) {
    reader.next += 1;
    return { kind: 'compare', op: sign.text, left: operand, right: readOperand(reader, depth) };
  }
  if (skipWord(reader, 'IS')) {
    const negated = skipWord(reader, 'NOT');
    if (!skipWord(reader, 'NULL')) throw new PredicateError('NULL was expected after IS', peek(reader).at);
    return { kind: 'isNull', operand, negated };
  }
  const negated = skipWord(reader, 'NOT');
  if (skipWord(reader, 'IN')) return { kind: 'in', operand, among: readList(reader, depth), negated };
  if (skipWord(reader, 'LIKE')) return { kind: 'like', operand, pattern: expectText(reader), negated };
  throw new PredicateError('a comparison was expected', peek(reader).at);
}

function count(reader: Reader, at: number): void {
  reader.calls += 1;
  if (reader.calls > mostCalls) throw new PredicateError(`there are more than ${mostCalls} calls`, at);
}

function readAboutReader(reader: Reader, depth: number, token: Token): Predicate | null {
  const open = (): void => {
    reader.next += 1;
    count(reader, token.at);
    expectSign(reader, '(');
  };
  switch (token.text) {
    case '@attributeValuesContains': {
      open();
      const name = expectText(reader);
      expectSign(reader, ',');
      const operand = readOperand(reader, depth + 1);
      return { kind: 'attributeContains', name, operand, placeholder: readPlaceholder(reader) };
    }
    case '@groupsContains': {
      open();
      const operand = readOperand(reader, depth + 1);
      return { kind: 'groupsContain', operand, placeholder: readPlaceholder(reader) };
    }
    case '@hasAttribute': {
      open();
      const name = expectText(reader);
      expectSign(reader, ',');
      const value = expectText(reader);
      expectSign(reader, ')');
      return { kind: 'hasAttribute', name, value };
    }
    case '@isInGroups': {
      open();
      const groups = [expectText(reader)];
      while (isSign(peek(reader), ',')) {
        reader.next += 1;
        groups.push(expectText(reader));
      }
      expectSign(reader, ')');
      return { kind: 'isInGroups', groups };
    }
    default:
      return null;
  }
}

function readPlaceholder(reader: Reader): string | null {
  if (!isSign(peek(reader), ',')) {
    expectSign(reader, ')');
    return null;
  }
  reader.next += 1;
  const placeholder = expectText(reader);
  expectSign(reader, ')');
  return placeholder;
}

function readList(reader: Reader, depth: number): Operand[] {
  expectSign(reader, '(');
  const list = [readOperand(reader, depth + 1)];
  while (isSign(peek(reader), ',')) {
    reader.next += 1;
    list.push(readOperand(reader, depth + 1));
  }
  expectSign(reader, ')');
  return list;
}

const fields: Readonly<Record<string, UserField>> = { '@username': 'username', '@iam': 'iam' };

function readOperand(reader: Reader, depth: number): Operand {
  const token = take(reader);
  if (depth > deepest) throw new PredicateError(`calls are nested deeper than ${deepest}`, token.at);
  switch (token.kind) {
    case 'text':
      return { kind: 'text', value: token.text };
    case 'number':
      return { kind: 'number', digits: token.text };
    case 'function':
      return readReference(reader, token);
    case 'word':
      return readCall(reader, depth, token);
    case 'sign':
    case 'end':
      throw new PredicateError('a column, a value or a function was expected', token.at);
  }
}

function readReference(reader: Reader, token: Token): Operand {
  count(reader, token.at);
  const field = fields[token.text];
  if (field !== undefined) return { kind: 'user', field };
  if (token.text !== '@columnTagged') throw new PredicateError(`${token.text} cannot stand here`, token.at);
  expectSign(reader, '(');
  const tag = expectText(reader);
  expectSign(reader, ')');
  return { kind: 'column', tag };
}

function readCall(reader: Reader, depth: number, token: Token): Operand {
  if (isWord(token, 'TRUE')) return { kind: 'boolean', value: true };
  if (isWord(token, 'FALSE')) return { kind: 'boolean', value: false };
  const name = token.text.toLowerCase();
  if (!isFunction(name)) throw new PredicateError(`"${token.text}" is no function of predicates`, token.at);
  count(reader, token.at);
  const of = readList(reader, depth);
  const most = name === 'coalesce' ? 10 : 1;
  if (of.length > most) throw new PredicateError(`${name} takes ${most} at most`, token.at);
  return { kind: 'call', name, of };
}
