import type { Call, Condition, TagsOf, Template } from './model.ts';
import { ConditionError, type ConditionProblem, problemAt, scan, type Token } from './scan.ts';
import { literalText, parseTemplate, withoutBelow } from './template.ts';

/** governance.md 9. */
export const conditionLimits = { characters: 10_000, depth: 32, calls: 200 } as const;

export type ParsedCondition =
  | { readonly ok: true; readonly condition: Condition }
  | { readonly ok: false; readonly problem: ConditionProblem };

type Options = {
  /** `user`: only what asks about the person, as the `who` of a data policy does. */
  readonly functions?: 'all' | 'user';
};

/** Reads a condition of governance.md 9; says where and why it is none. */
export function parseCondition(text: string, { functions = 'all' }: Options = {}): ParsedCondition {
  try {
    if (text.length > conditionLimits.characters) {
      const message = `A condition has at most ${conditionLimits.characters.toLocaleString('en-US')} characters.`;
      throw new ConditionError(conditionLimits.characters, message);
    }
    const parser = new Parser(scan(text), functions);
    return { ok: true, condition: parser.whole() };
  } catch (error) {
    if (!(error instanceof ConditionError)) throw error;
    return { ok: false, problem: problemAt(text, error.at, error.message) };
  }
}

const functionNames = ['hasAttribute', 'isInGroups', 'hasTagAsAttribute', 'hasTagAsGroup'] as const;
const usage: Readonly<Record<(typeof functionNames)[number], string>> = {
  hasAttribute: "@hasAttribute('Name', 'value')",
  isInGroups: "@isInGroups('Group', ..)",
  hasTagAsAttribute: "@hasTagAsAttribute('Name', 'dataSource' or 'column')",
  hasTagAsGroup: "@hasTagAsGroup('dataSource' or 'column')",
};

type Argument = { readonly at: number; readonly text: string };

class Parser {
  readonly #tokens: readonly Token[];
  readonly #functions: 'all' | 'user';
  #next = 0;
  #calls = 0;

  constructor(tokens: readonly Token[], functions: 'all' | 'user') {
    this.#tokens = tokens;
    this.#functions = functions;
  }

  whole(): Condition {
    if (this.#peek().kind === 'end') throw new ConditionError(0, 'The condition is empty.');
    const condition = this.#any('or', 0);
    const rest = this.#peek();
    if (rest.kind === ')') throw new ConditionError(rest.at, 'This bracket was never opened.');
    if (rest.kind !== 'end') throw new ConditionError(rest.at, 'AND or OR must stand between two conditions.');
    return condition;
  }

  #peek(): Token {
    return this.#tokens[Math.min(this.#next, this.#tokens.length - 1)] ?? { kind: 'end', at: 0 };
  }

  /** OR binds loosest, then AND. */
  #any(kind: 'or' | 'and', depth: number): Condition {
    const operands: Condition[] = [];
    do {
      const operand = kind === 'or' ? this.#any('and', depth) : this.#not(depth);
      // A bracket around the same word says nothing: one list of operands is one condition, however it was written.
      if (operand.kind === kind) operands.push(...operand.operands);
      else operands.push(operand);
    } while (this.#takeWord(kind));
    const [first] = operands;
    return operands.length === 1 && first !== undefined ? first : { kind, operands };
  }

  #not(depth: number): Condition {
    const token = this.#peek();
    if (depth > conditionLimits.depth)
      throw new ConditionError(token.at, `Conditions nest at most ${conditionLimits.depth} deep.`);
    if (this.#takeWord('not')) return { kind: 'not', operand: this.#not(depth + 1) };
    if (token.kind === '(') {
      this.#next += 1;
      const inside = this.#any('or', depth + 1);
      this.#close(token.at);
      return inside;
    }
    if (token.kind === 'function') return { kind: 'call', call: this.#call(token.at, token.text) };
    throw new ConditionError(token.at, misplaced(token));
  }

  #takeWord(word: 'and' | 'or' | 'not'): boolean {
    const token = this.#peek();
    if (token.kind !== 'word' || token.text.toLowerCase() !== word) return false;
    this.#next += 1;
    return true;
  }

  #close(openedAt: number): void {
    const token = this.#peek();
    if (token.kind === 'end') throw new ConditionError(openedAt, 'This bracket is never closed.');
    if (token.kind !== ')') throw new ConditionError(token.at, 'AND or OR must stand between two conditions.');
    this.#next += 1;
  }

  #call(at: number, text: string): Call {
    const name = functionNames.find((known) => known === text);
    if (name === undefined) throw new ConditionError(at, unknownFunction(text));
    if (this.#functions === 'user' && (name === 'hasTagAsAttribute' || name === 'hasTagAsGroup'))
      throw new ConditionError(at, `@${name} asks about tags; here only the person can be asked about.`);
    this.#calls += 1;
    if (this.#calls > conditionLimits.calls)
      throw new ConditionError(at, `A condition has at most ${conditionLimits.calls} calls.`);
    this.#next += 1;
    const args = this.#args(at, name);
    return callOf(name, args, at);
  }

  #args(at: number, name: keyof typeof usage): readonly Argument[] {
    const wrong = (where: number) => new ConditionError(where, `Write ${usage[name]}.`);
    const open = this.#peek();
    if (open.kind !== '(') throw wrong(open.at);
    const args: Argument[] = [];
    do {
      this.#next += 1;
      const token = this.#peek();
      if (token.kind !== 'text') throw wrong(token.kind === 'end' ? at : token.at);
      args.push({ at: token.at, text: token.text });
      this.#next += 1;
    } while (this.#peek().kind === ',');
    const close = this.#peek();
    if (close.kind !== ')') throw wrong(close.kind === 'end' ? at : close.at);
    this.#next += 1;
    return args;
  }
}

function callOf(name: (typeof functionNames)[number], args: readonly Argument[], at: number): Call {
  const [first, second, ...rest] = args;
  const wrong = () => new ConditionError(at, `Write ${usage[name]}.`);
  if (first === undefined) throw wrong();
  switch (name) {
    case 'isInGroups':
      return { name, groups: args.map(templateOf), at };
    case 'hasTagAsGroup':
      if (second !== undefined) throw wrong();
      return { name, of: tagsOf(first), at };
    case 'hasTagAsAttribute':
      if (second === undefined || rest.length > 0) throw wrong();
      return { name, attribute: templateOf(first), of: tagsOf(second), at };
    case 'hasAttribute':
      if (second === undefined || rest.length > 0) throw wrong();
      return { name, attribute: templateOf(first), ...withoutBelow(templateOf(second)), at };
  }
}

function templateOf({ at, text }: Argument): Template {
  const template = parseTemplate(text, at);
  if (literalText(template) === '') throw new ConditionError(at, 'This string must not be empty.');
  return template;
}

function tagsOf({ at, text }: Argument): TagsOf {
  if (text === 'dataSource' || text === 'column') return text;
  throw new ConditionError(
    at,
    "Write 'dataSource' for the tags of the data source, or 'column' for those of its columns.",
  );
}

function unknownFunction(text: string): string {
  const meant = functionNames.find((name) => name.toLowerCase() === text.toLowerCase());
  if (meant !== undefined) return `Functions are case-sensitive: write @${meant}.`;
  return `There is no function @${text}. Known: ${functionNames.map((name) => `@${name}`).join(', ')}.`;
}

function misplaced(token: Token): string {
  switch (token.kind) {
    case 'end':
      return 'A condition must follow here.';
    case 'word':
      return functionNames.some((name) => name.toLowerCase() === token.text.toLowerCase())
        ? `A function begins with @: write @${token.text}.`
        : `${token.text} is neither AND, OR, NOT nor a function such as ${usage.isInGroups}.`;
    case 'text':
      return 'A string can only stand inside the brackets of a function.';
    default:
      return 'A condition must stand here.';
  }
}
