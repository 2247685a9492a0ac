export type Change<T> = { readonly kind: 'same' | 'added' | 'removed'; readonly items: readonly T[] };

/** So many edits are looked for; texts further apart are shown as one taken out and one put in. */
const mostEdits = 800;

type Trace = Int32Array[];

/** Myers' greedy search: for each number of edits, how far each diagonal reaches. Undefined when there are too many. */
function search(before: readonly string[], after: readonly string[]): Trace | undefined {
  const limit = Math.min(before.length + after.length, mostEdits);
  const middle = limit + 1;
  const reach = new Int32Array(2 * limit + 3);
  const trace: Trace = [];
  for (let edits = 0; edits <= limit; edits++) {
    trace.push(reach.slice());
    for (let k = -edits; k <= edits; k += 2) {
      const down = reach[middle + k + 1] ?? 0;
      const right = (reach[middle + k - 1] ?? 0) + 1;
      let x = k === -edits || (k !== edits && right <= down) ? down : right;
      while (x < before.length && x - k < after.length && before[x] === after[x - k]) x++;
      reach[middle + k] = x;
      if (x >= before.length && x - k >= after.length) return trace;
    }
  }
  return undefined;
}

/** Walks the search back: which items were kept, put in or taken out, in order. */
function walkBack(before: readonly string[], after: readonly string[], trace: Trace): Change<string>[] {
  const steps: Change<string>[] = [];
  const limit = Math.min(before.length + after.length, mostEdits);
  const middle = limit + 1;
  let x = before.length;
  let y = after.length;
  for (let edits = trace.length - 1; edits >= 0; edits--) {
    const reach = trace[edits] ?? new Int32Array();
    const k = x - y;
    const isDown = k === -edits || (k !== edits && (reach[middle + k - 1] ?? 0) + 1 <= (reach[middle + k + 1] ?? 0));
    const from = isDown ? k + 1 : k - 1;
    const startX = edits === 0 ? 0 : (reach[middle + from] ?? 0);
    const startY = edits === 0 ? 0 : startX - from;
    const keptFrom = edits === 0 ? 0 : isDown ? startX : startX + 1;
    if (x > keptFrom) steps.push({ kind: 'same', items: before.slice(keptFrom, x) });
    if (edits > 0) {
      if (isDown) steps.push({ kind: 'added', items: after.slice(startY, startY + 1) });
      else steps.push({ kind: 'removed', items: before.slice(startX, startX + 1) });
    }
    x = startX;
    y = startY;
  }
  return steps.reverse();
}

/** Joins neighbours of one kind; within a changed stretch, what was taken out stands before what was put in. */
function gather(steps: readonly Change<string>[]): Change<string>[] {
  const gathered: Change<string>[] = [];
  let removed: string[] = [];
  let added: string[] = [];
  const flush = () => {
    if (removed.length > 0) gathered.push({ kind: 'removed', items: removed });
    if (added.length > 0) gathered.push({ kind: 'added', items: added });
    removed = [];
    added = [];
  };
  for (const step of steps) {
    if (step.kind === 'removed') removed.push(...step.items);
    else if (step.kind === 'added') added.push(...step.items);
    else {
      flush();
      gathered.push(step);
    }
  }
  flush();
  return gathered;
}

/** What has to be taken out of `before` and put in to come to `after`, with as few edits as there are. */
export function difference(before: readonly string[], after: readonly string[]): Change<string>[] {
  const trace = search(before, after);
  if (trace === undefined)
    return gather([
      { kind: 'removed', items: before },
      { kind: 'added', items: after },
    ]);
  return gather(walkBack(before, after, trace));
}

/** Words and numbers, the gaps between them, and line breaks, each by itself: joined they are the text again. */
const wordsOf = (text: string): string[] =>
  text.match(/\n|[^\S\n]+|[\p{L}\p{M}\p{N}]+(?:[.,:'’-][\p{L}\p{M}\p{N}]+)*|[^\s\p{L}\p{M}\p{N}]/gu) ?? [];

const linesOf = (text: string): string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];

export type TextPart = { readonly kind: 'same' | 'added' | 'removed'; readonly text: string };

const partsOf = (changes: readonly Change<string>[]): TextPart[] =>
  changes.map(({ kind, items }) => ({ kind, text: items.join('') }));

/** Two texts compared: by lines first, then word by word where lines were changed. */
export function compareTexts(before: string, after: string): TextPart[] {
  const changes = difference(linesOf(before), linesOf(after));
  const parts: TextPart[] = [];
  for (let at = 0; at < changes.length; at++) {
    const change = changes[at];
    const next = changes[at + 1];
    if (change === undefined) continue;
    if (change.kind === 'removed' && next?.kind === 'added') {
      parts.push(...partsOf(difference(wordsOf(change.items.join('')), wordsOf(next.items.join('')))));
      at++;
    } else parts.push(...partsOf([change]));
  }
  return parts;
}
