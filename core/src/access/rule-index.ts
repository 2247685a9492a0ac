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
  const marks = marksIn(byAnchor.keys());
  return (source) => {
    const found: number[] = [...everywhere];
    for (const mark of marks(source)) {
      const places = byAnchor.get(mark);
      if (places !== undefined) found.push(...places);
    }
    return found.length === 1 ? found : [...new Set(found)].sort((x, y) => x - y);
  };
}

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

type Marks = (source: PolicySource) => readonly string[];

/** The marks of a source, of the kinds that some rule is found by. */
function marksIn(anchors: Iterable<string>): Marks {
  const kinds = new Set<string>();
  for (const anchor of anchors) kinds.add(anchor.slice(0, 2));
  const above = { 't/': memo((tag) => marksOfTag('t/', tag)), 'c/': memo((tag) => marksOfTag('c/', tag)) };
  return (source) => {
    const marks: string[] = [];
    if (kinds.has('s/')) marks.push(`s/${source.dataSourceId}`);
    if (kinds.has('d/')) for (const id of source.domainIds) marks.push(`d/${id}`);
    if (kinds.has('t/')) for (const tag of source.tags) marks.push(...above['t/'](tag));
    if (kinds.has('c/'))
      for (const column of source.columns) for (const tag of column.tags) marks.push(...above['c/'](tag));
    if (kinds.has('o/')) marks.push(...marksOfPlace(source));
    return marks;
  };
}

const marksOfTag = (kind: string, tag: string): readonly string[] => pathAndAbove(tag).map((path) => `${kind}${path}`);

const marksOfPlace = ({ connectionKey, objectPath }: PolicySource): readonly string[] =>
  Array.from(
    { length: objectPath.length + 1 },
    (_, depth) => `o/${JSON.stringify([connectionKey, ...objectPath.slice(0, depth)])}`,
  );

/** Tags repeat from source to source. */
function memo(read: (text: string) => readonly string[]): (text: string) => readonly string[] {
  const known = new Map<string, readonly string[]>();
  return (text) => {
    let answer = known.get(text);
    if (answer === undefined) known.set(text, (answer = read(text)));
    return answer;
  };
}
