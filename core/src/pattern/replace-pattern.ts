import { groupsOf, ignoreCase, type PatternNode } from './pattern.ts';

export type Replacing = {
  /** `$1` to `$9` are groups of the pattern, empty where they matched nothing; all else is itself. */
  readonly replacement: string;
  /** Every match, not the first alone. */
  readonly isGlobal: boolean;
  readonly caseSensitive: boolean;
};

/** A group that a replacement names. */
export const groupReference = /\$([1-9])/g;

/** From where to where a group matched last. */
type Groups = Map<number, readonly [number, number]>;

/**
 * What a platform makes of a value, by the rules of POSIX: the longest match from the earliest place, whatever the order of the
 * alternatives; within it each part with a group takes as much as it can, from the left
 * (https://www.postgresql.org/docs/current/functions-matching.html#POSIX-MATCHING-RULES). Null where nothing matches. For short
 * values: it looks at every way to match.
 */
export function replacePattern(node: PatternNode, value: string, options: Replacing): string | null {
  const characters = [...value];
  const matching = new Matching(
    options.caseSensitive ? node : ignoreCase(node),
    characters.map((one) => one.codePointAt(0) ?? 0),
  );
  const textOf = ([from, to]: readonly [number, number] = [0, 0]): string => characters.slice(from, to).join('');
  let text = '';
  let copied = 0;
  let hasMatched = false;
  for (let from = 0; from <= characters.length; ) {
    const match = matching.find(from);
    if (match === undefined) break;
    hasMatched = true;
    const { start, end, groups } = match;
    text += textOf([copied, start]);
    text += options.replacement.replace(groupReference, (_, group: string) => textOf(groups.get(Number(group))));
    copied = end;
    if (!options.isGlobal) break;
    from = start === end ? end + 1 : end;
  }
  return hasMatched ? text + textOf([copied, characters.length]) : null;
}

class Matching {
  readonly #whole: PatternNode;
  readonly #codes: readonly number[];
  readonly #known = new Map<PatternNode, Map<number, ReadonlySet<number>>>();

  constructor(whole: PatternNode, codes: readonly number[]) {
    this.#whole = whole;
    this.#codes = codes;
  }

  find(from: number): { start: number; end: number; groups: Groups } | undefined {
    for (let start = from; start <= this.#codes.length; start += 1) {
      const ends = this.#ends(this.#whole, start);
      if (ends.size === 0) continue;
      const end = Math.max(...ends);
      const groups: Groups = new Map();
      this.#divide(this.#whole, [start, end], groups);
      return { start, end, groups };
    }
    return undefined;
  }

  /** Where a match that begins at a place can end. */
  #ends(node: PatternNode, from: number): ReadonlySet<number> {
    const ofNode = this.#known.get(node) ?? new Map<number, ReadonlySet<number>>();
    this.#known.set(node, ofNode);
    const known = ofNode.get(from) ?? this.#findEnds(node, from);
    ofNode.set(from, known);
    return known;
  }

  #findEnds(node: PatternNode, from: number): ReadonlySet<number> {
    switch (node.kind) {
      case 'set': {
        const code = this.#codes[from];
        const isIn = code !== undefined && node.ranges.some(([low, high]) => code >= low && code <= high);
        return new Set(code !== undefined && isIn !== node.isNegated ? [from + 1] : []);
      }
      case 'start':
        return new Set(from === 0 ? [from] : []);
      case 'end':
        return new Set(from === this.#codes.length ? [from] : []);
      case 'sequence':
        return node.parts.reduce<ReadonlySet<number>>((ends, part) => this.#after(ends, part), new Set([from]));
      case 'choice':
        return new Set(node.branches.flatMap((branch) => [...this.#ends(branch, from)]));
      case 'repeat': {
        let last: ReadonlySet<number> = new Set([from]);
        for (let count = 0; count < node.min; count += 1) last = this.#after(last, node.part);
        const all = new Set(last);
        for (let count = node.min; last.size > 0 && (node.max === null || count < node.max); count += 1) {
          last = new Set([...this.#after(last, node.part)].filter((end) => !all.has(end)));
          for (const end of last) all.add(end);
        }
        return all;
      }
    }
  }

  #after(ends: ReadonlySet<number>, part: PatternNode): ReadonlySet<number> {
    return new Set([...ends].flatMap((end) => [...this.#ends(part, end)]));
  }

  /** Sets the groups of a node that matches from `from` to `to`. */
  #divide(node: PatternNode, [from, to]: readonly [number, number], groups: Groups): void {
    if (groupsOf(node) === 0) return;
    if (node.kind === 'sequence') {
      if (node.group !== undefined) groups.set(node.group, [from, to]);
      this.#divideParts(node.parts, [from, to], groups);
    } else if (node.kind === 'choice') {
      const taken = node.branches.find((branch) => this.#ends(branch, from).has(to));
      if (taken !== undefined) this.#divide(taken, [from, to], groups);
    } else if (node.kind === 'repeat') this.#divideRepeat(node, [from, to], groups);
  }

  /** What has no group is one part with all of its kind beside it. */
  #divideParts(parts: readonly PatternNode[], [from, to]: readonly [number, number], groups: Groups): void {
    if (parts.length === 0) return;
    const plain = parts.findIndex((part) => groupsOf(part) > 0);
    if (plain === -1) return;
    const head = plain === 0 ? parts[0] : sequenceOf(parts.slice(0, plain));
    const rest = sequenceOf(parts.slice(Math.max(plain, 1)));
    if (head === undefined) return;
    const middle = longestFirst(this.#ends(head, from)).find((end) => this.#ends(rest, end).has(to));
    if (middle === undefined) return;
    this.#divide(head, [from, middle], groups);
    this.#divideParts(rest.parts, [middle, to], groups);
  }

  /** The groups are those of the last round. What must be there once takes as much as it can in the rounds before that. */
  #divideRepeat(
    { part, min, max }: Extract<PatternNode, { kind: 'repeat' }>,
    [from, to]: readonly [number, number],
    groups: Groups,
  ): void {
    if (min > 0) {
      const before = repeatOf(part, min - 1, max === null ? null : max - 1);
      const last = longestFirst(this.#ends(before, from)).find((end) => this.#ends(part, end).has(to));
      if (last !== undefined) this.#divide(part, [last, to], groups);
      return;
    }
    let place = from;
    for (let round = 1; place < to; round += 1) {
      const rest = repeatOf(part, 0, max === null ? null : max - round);
      const end = longestFirst(this.#ends(part, place)).find((one) => this.#ends(rest, one).has(to));
      if (end === undefined || end === place) return;
      if (end === to) this.#divide(part, [place, end], groups);
      place = end;
    }
  }
}

const repeatOf = (part: PatternNode, min: number, max: number | null): PatternNode => ({
  kind: 'repeat',
  part,
  min,
  max,
});
const sequenceOf = (parts: readonly PatternNode[]): Extract<PatternNode, { kind: 'sequence' }> => ({
  kind: 'sequence',
  parts,
});
const longestFirst = (ends: ReadonlySet<number>): number[] => [...ends].sort((a, b) => b - a);
