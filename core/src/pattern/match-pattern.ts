import type { PatternNode } from './pattern.ts';
import { ignoreCase } from './pattern.ts';

/** Whether the whole of a value is as the pattern says. */
export type Matcher = (value: string) => boolean;

type Step =
  | { readonly op: 'set'; readonly node: Extract<PatternNode, { kind: 'set' }>; next: number }
  | { readonly op: 'start' | 'end'; next: number }
  | { readonly op: 'split'; targets: number[] }
  | { readonly op: 'match' };

/**
 * A matcher whose work grows with length times steps and no faster, whatever the pattern: all places that a value could be
 * in are followed at once (Thompson 1968; https://swtch.com/~rsc/regexp/regexp1.html), and nothing is ever tried again.
 */
export function compilePattern(node: PatternNode, options: { readonly caseSensitive: boolean }): Matcher {
  const steps: Step[] = [{ op: 'match' }];
  const start = write(steps, options.caseSensitive ? node : ignoreCase(node), 0);
  return (value) => run(steps, start, value);
}

/** Writes a node in front of the step `next`, and answers where it begins. */
function write(steps: Step[], node: PatternNode, next: number): number {
  switch (node.kind) {
    case 'set':
      return steps.push({ op: 'set', node, next }) - 1;
    case 'start':
    case 'end':
      return steps.push({ op: node.kind, next }) - 1;
    case 'sequence':
      return node.parts.reduceRight((after, part) => write(steps, part, after), next);
    case 'choice':
      return steps.push({ op: 'split', targets: node.branches.map((branch) => write(steps, branch, next)) }) - 1;
    case 'repeat':
      return writeRepeat(steps, node, next);
  }
}

function writeRepeat(steps: Step[], node: Extract<PatternNode, { kind: 'repeat' }>, next: number): number {
  let after = next;
  if (node.max === null) {
    const targets = [next];
    after = steps.push({ op: 'split', targets }) - 1;
    targets.push(write(steps, node.part, after));
  } else {
    for (let optional = node.min; optional < node.max; optional += 1) {
      const part = write(steps, node.part, after);
      after = steps.push({ op: 'split', targets: [part, next] }) - 1;
    }
  }
  for (let count = 0; count < node.min; count += 1) after = write(steps, node.part, after);
  return after;
}

function run(steps: readonly Step[], start: number, value: string): boolean {
  const codes = [...value];
  let places = reach(steps, [start], { at: 0, length: codes.length });
  for (const [index, character] of codes.entries()) {
    if (places.size === 0) return false;
    const code = character.codePointAt(0) ?? 0;
    const next: number[] = [];
    for (const place of places) {
      const step = steps[place];
      if (step?.op === 'set' && holds(step.node, code)) next.push(step.next);
    }
    places = reach(steps, next, { at: index + 1, length: codes.length });
  }
  return places.has(0);
}

/** Every place that can be come to without reading a character. */
function reach(steps: readonly Step[], from: number[], { at, length }: { at: number; length: number }): Set<number> {
  const seen = new Set<number>();
  const open = from;
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    if (seen.has(place)) continue;
    seen.add(place);
    const step = steps[place];
    if (step?.op === 'split') open.push(...step.targets);
    else if ((step?.op === 'start' && at === 0) || (step?.op === 'end' && at === length)) open.push(step.next);
  }
  return seen;
}

const holds = ({ ranges, isNegated }: Extract<PatternNode, { kind: 'set' }>, code: number): boolean =>
  ranges.some(([from, to]) => code >= from && code <= to) !== isNegated;
