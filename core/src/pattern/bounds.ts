import type { CodeRange, PatternNode } from './pattern.ts';

/** What holds of every value that a pattern matches: cheap to ask before the pattern itself. */
export type PatternBounds = {
  /** In code points; `most` null: any number. */
  readonly least: number;
  readonly most: number | null;
  /** The first code point lies between these; null when the value may be empty or nothing is known. */
  readonly first: CodeRange | null;
  /** One of these code points stands somewhere in it; none are named when too many could be the one. */
  readonly required: readonly number[];
};

const highestCode = 0x10_ff_ff;

/** Bounds of a pattern; they follow from it alone and never leave out a value that it matches. */
export function boundsOf(node: PatternNode): PatternBounds {
  const { least, most } = lengthOf(node);
  return { least, most, first: least === 0 ? null : firstOf(node).range, required: requiredOf(node) };
}

function lengthOf(node: PatternNode): { least: number; most: number | null } {
  switch (node.kind) {
    case 'set':
      return { least: 1, most: 1 };
    case 'start':
    case 'end':
      return { least: 0, most: 0 };
    case 'sequence':
      return node.parts.map(lengthOf).reduce(
        (sum, { least, most }) => ({
          least: sum.least + least,
          most: sum.most === null || most === null ? null : sum.most + most,
        }),
        { least: 0, most: 0 as number | null },
      );
    case 'choice': {
      const branches = node.branches.map(lengthOf);
      const most = branches.map((branch) => branch.most);
      return {
        least: Math.min(...branches.map((branch) => branch.least)),
        most: most.includes(null) ? null : Math.max(...most.map((one) => one ?? 0)),
      };
    }
    case 'repeat': {
      const { least, most } = lengthOf(node.part);
      return { least: least * node.min, most: node.max === null || most === null ? null : most * node.max };
    }
  }
}

type First = { readonly range: CodeRange | null; readonly mayBeEmpty: boolean };

/** Which code point comes first, and whether the part may be empty so that a later one does. `range` null: nothing comes. */
function firstOf(node: PatternNode): First {
  switch (node.kind) {
    case 'set':
      return { range: rangeOf(node), mayBeEmpty: false };
    case 'start':
    case 'end':
      return { range: null, mayBeEmpty: true };
    case 'sequence': {
      let range: CodeRange | null = null;
      for (const part of node.parts) {
        const first = firstOf(part);
        range = union(range, first.range);
        if (!first.mayBeEmpty) return { range, mayBeEmpty: false };
      }
      return { range, mayBeEmpty: true };
    }
    case 'choice': {
      const branches = node.branches.map(firstOf);
      return {
        range: branches.reduce<CodeRange | null>((all, branch) => union(all, branch.range), null),
        mayBeEmpty: branches.some((branch) => branch.mayBeEmpty),
      };
    }
    case 'repeat': {
      const first = firstOf(node.part);
      return { range: node.max === 0 ? null : first.range, mayBeEmpty: node.min === 0 || first.mayBeEmpty };
    }
  }
}

const rangeOf = ({ ranges, isNegated }: Extract<PatternNode, { kind: 'set' }>): CodeRange =>
  isNegated ? [0, highestCode] : [Math.min(...ranges.map(([from]) => from)), Math.max(...ranges.map(([, to]) => to))];

const union = (a: CodeRange | null, b: CodeRange | null): CodeRange | null =>
  a === null || b === null ? (a ?? b) : [Math.min(a[0], b[0]), Math.max(a[1], b[1])];

/** More of them would take as long to look for as the pattern itself. */
const mostRequired = 4;

function requiredOf(node: PatternNode): readonly number[] {
  switch (node.kind) {
    case 'sequence':
      return node.parts.map(requiredOf).find((codes) => codes.length > 0) ?? [];
    case 'choice': {
      const branches = node.branches.map(requiredOf);
      const codes = [...new Set(branches.flat())];
      return branches.some((branch) => branch.length === 0) || codes.length > mostRequired ? [] : codes;
    }
    case 'repeat':
      return node.min > 0 ? requiredOf(node.part) : [];
    case 'set': {
      const [only, ...others] = node.ranges;
      return node.isNegated || only === undefined || others.length > 0 || only[0] !== only[1] ? [] : [only[0]];
    }
    case 'start':
    case 'end':
      return [];
  }
}
