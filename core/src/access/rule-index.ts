import type { Circumstance } from '../condition/circumstance.ts';
import { pathAndAbove } from '../condition/tag-path.ts';
import type { PolicyRule, PolicySource } from './policy-rules.ts';

/** The places of the rules that may act on a source, in order. Whether they do is asked of each of them. */
export type FindRules = (source: PolicySource) => readonly number[];

/**
 * Finds rules from what a source is: its domains, its tags, where it lies. A thousand policies about a thousand tags are then
 * not asked about each of a hundred thousand sources.
 */
export function indexRules(rules: readonly PolicyRule[]): FindRules {
  const byAnchor = new Map<string, number[]>();
  const everywhere: number[] = [];
  for (const [place, rule] of rules.entries()) {
    const anchors = anchorsOf(rule);
    if (anchors === null) everywhere.push(place);
    for (const anchor of new Set(anchors)) {
      const known = byAnchor.get(anchor);
      if (known) known.push(place);
      else byAnchor.set(anchor, [place]);
    }
  }
  if (byAnchor.size === 0) return () => everywhere;
  const kinds = new Set([...byAnchor.keys()].map((anchor) => anchor.slice(0, 2)));
  const none: readonly number[] = [];
  const at = (mark: string): readonly number[] => byAnchor.get(mark) ?? none;
  const placesOf = {
    't/': memo((tag) => inOrder(pathAndAbove(tag).flatMap((path) => at(`t/${path}`)))),
    'c/': memo((tag) => inOrder(pathAndAbove(tag).flatMap((path) => at(`c/${path}`)))),
  };
  const isByTagAlone = everywhere.length === 0 && kinds.size === 1 && kinds.has('t/');
  return (source) => {
    if (isByTagAlone && source.tags.size === 1) for (const tag of source.tags) return placesOf['t/'](tag);
    const found = new Found(everywhere);
    if (kinds.has('t/')) for (const tag of source.tags) found.add(placesOf['t/'](tag));
    if (kinds.has('c/')) for (const { tags } of source.columns) for (const tag of tags) found.add(placesOf['c/'](tag));
    if (kinds.has('d/')) for (const id of source.domainIds) found.add(at(`d/${id}`));
    if (kinds.has('s/')) found.add(at(`s/${source.dataSourceId}`));
    if (kinds.has('o/')) for (const mark of marksOfPlace(source)) found.add(at(mark));
    return found.places;
  };
}

/** Each once: a rule that names a tag and one above it is still one rule. */
const inOrder = (places: Iterable<number>): readonly number[] => [...new Set(places)].sort((a, b) => a - b);

/** Gathers places; what is found in one go, as most is, is passed on as it is. */
class Found {
  #first: readonly number[];
  #all: Set<number> | null = null;

  constructor(first: readonly number[]) {
    this.#first = first;
  }

  add(places: readonly number[]): void {
    if (places.length === 0) return;
    if (this.#first.length === 0) {
      this.#first = places;
      return;
    }
    this.#all ??= new Set(this.#first);
    for (const place of places) this.#all.add(place);
  }

  get places(): readonly number[] {
    return this.#all === null ? this.#first : inOrder(this.#all);
  }
}

/**
 * Whether a rule acts on every source that it is found for, and for the same people on each: its marks say all that its
 * circumstances ask. Such a rule need not be asked about each source.
 */
export const isToldByMarks = ({ scope, circumstances, circumstanceOperator, constant, owners }: PolicyRule): boolean =>
  owners === null &&
  constant !== null &&
  scope.kind === 'global' &&
  circumstanceOperator === 'any' &&
  circumstances.length > 0 &&
  circumstances.every((circumstance) => anchorOf(circumstance) !== null);

/** Marks of which a source has at least one wherever the rule acts on it; null when there are none to name. */
function anchorsOf({ scope, circumstances, circumstanceOperator }: PolicyRule): readonly string[] | null {
  if (scope.kind === 'domain') return [`d/${scope.domainId}`];
  if (scope.kind === 'local') return [`s/${scope.dataSourceId}`];
  const anchors = circumstances.map(anchorOf);
  const named = anchors.filter((anchor) => anchor !== null);
  if (circumstanceOperator === 'any') return named.length === anchors.length ? named : null;
  return named.length > 0 ? named.slice(0, 1) : null;
}

function anchorOf(circumstance: Circumstance): string | null {
  switch (circumstance.type) {
    case 'tags':
      return `t/${circumstance.tag.normalize('NFC')}`;
    case 'columnTags':
      return `c/${circumstance.tag.normalize('NFC')}`;
    case 'object': {
      const path = circumstance.objectPath.map((name) => name.normalize('NFC'));
      return `o/${JSON.stringify([circumstance.connectionKey, ...path])}`;
    }
    case 'all':
    case 'noTags':
    case 'columnRegex':
    case 'ownerSelected':
      return null;
  }
}

const marksOfPlace = ({ connectionKey, objectPath }: PolicySource): readonly string[] =>
  Array.from(
    { length: objectPath.length + 1 },
    (_, depth) => `o/${JSON.stringify([connectionKey, ...objectPath.slice(0, depth)])}`,
  );

/** Tags repeat from source to source. */
function memo(read: (text: string) => readonly number[]): (text: string) => readonly number[] {
  const known = new Map<string, readonly number[]>();
  return (text) => {
    let answer = known.get(text);
    if (answer === undefined) known.set(text, (answer = read(text)));
    return answer;
  };
}
