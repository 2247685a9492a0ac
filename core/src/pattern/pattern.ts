/** Code points from the first to the last, both included. */
export type CodeRange = readonly [number, number];

/** A pattern as parsed. It describes whole values; nothing in it can refer back, look around or match lazily. */
export type PatternNode =
  | { readonly kind: 'set'; readonly isNegated: boolean; readonly ranges: readonly CodeRange[] }
  | { readonly kind: 'start' }
  | { readonly kind: 'end' }
  /** `group`: its number, counted from one, where what it matches can be named by a replacement. */
  | { readonly kind: 'sequence'; readonly parts: readonly PatternNode[]; readonly group?: number }
  | { readonly kind: 'choice'; readonly branches: readonly PatternNode[] }
  | { readonly kind: 'repeat'; readonly part: PatternNode; readonly min: number; readonly max: number | null };

/** What a pattern may come to. A matcher's work per character is bounded by `mostSteps`. */
export const patternLimits = { mostCharacters: 1_000, mostDepth: 20, mostRepeats: 200, mostSteps: 2_000 } as const;

/** How many places of a matcher the pattern takes when its repeats are written out. */
export function stepsOf(node: PatternNode): number {
  switch (node.kind) {
    case 'set':
    case 'start':
    case 'end':
      return 1;
    case 'sequence':
      return node.parts.reduce((sum, part) => sum + stepsOf(part), 0);
    case 'choice':
      return node.branches.reduce((sum, branch) => sum + stepsOf(branch) + 1, 0);
    case 'repeat':
      return (stepsOf(node.part) + 1) * Math.max(node.max ?? node.min + 1, 1);
  }
}

/** How many groups a pattern has that a replacement can name. */
export function groupsOf(node: PatternNode): number {
  switch (node.kind) {
    case 'set':
    case 'start':
    case 'end':
      return 0;
    case 'sequence':
      return Math.max(node.group ?? 0, ...node.parts.map(groupsOf));
    case 'choice':
      return Math.max(...node.branches.map(groupsOf));
    case 'repeat':
      return groupsOf(node.part);
  }
}

const lettersApart = 0x20;
const isUpper = (code: number): boolean => code >= 0x41 && code <= 0x5a;
const isLower = (code: number): boolean => code >= 0x61 && code <= 0x7a;

/** The pattern that takes either case of each letter: ASCII letters anywhere, others where they stand by themselves. */
export function ignoreCase(node: PatternNode): PatternNode {
  switch (node.kind) {
    case 'set':
      return { ...node, ranges: [...node.ranges, ...node.ranges.flatMap(otherCase)] };
    case 'sequence':
      return { ...node, parts: node.parts.map(ignoreCase) };
    case 'choice':
      return { ...node, branches: node.branches.map(ignoreCase) };
    case 'repeat':
      return { ...node, part: ignoreCase(node.part) };
    case 'start':
    case 'end':
      return node;
  }
}

function otherCase([from, to]: CodeRange): CodeRange[] {
  if (from === to && from > 0x7f) {
    const letter = String.fromCodePoint(from);
    return [letter.toLowerCase(), letter.toUpperCase()].flatMap((other): CodeRange[] => {
      const code = other.codePointAt(0) ?? from;
      return code !== from && String.fromCodePoint(code) === other ? [[code, code]] : [];
    });
  }
  const ranges: CodeRange[] = [];
  const upper: CodeRange = [Math.max(from, 0x41), Math.min(to, 0x5a)];
  const lower: CodeRange = [Math.max(from, 0x61), Math.min(to, 0x7a)];
  if (isUpper(upper[0]) && upper[0] <= upper[1]) ranges.push([upper[0] + lettersApart, upper[1] + lettersApart]);
  if (isLower(lower[0]) && lower[0] <= lower[1]) ranges.push([lower[0] - lettersApart, lower[1] - lettersApart]);
  return ranges;
}
