import { compilePattern } from '../pattern/match-pattern.ts';
import { parsePattern } from '../pattern/parse-pattern.ts';
import { tagRoots } from '../tags/system-tags.ts';
import type { SourceFacts } from './model.ts';
import { isAtOrBelow } from './tag-path.ts';

/** On which data sources a policy acts (governance.md 8). */
export type Circumstance =
  | { readonly type: 'all' }
  | { readonly type: 'tags' | 'columnTags'; readonly tag: string }
  | { readonly type: 'noTags' }
  | { readonly type: 'columnRegex'; readonly regex: string; readonly caseInsensitive: boolean }
  | { readonly type: 'object'; readonly connectionKey: string; readonly objectPath: readonly string[] }
  | { readonly type: 'ownerSelected' };

export type Circumstances = {
  readonly circumstances: readonly Circumstance[];
  readonly circumstanceOperator: 'any' | 'all';
};

/** A source, and whether its owner has chosen the policy in question for it. */
export type CircumstanceQuestion = { readonly source: SourceFacts; readonly isOwnerSelected: boolean };

/** The circumstance by which a policy acts on a source (of several, the first), or null when it does not. */
export type CircumstanceMatcher = (question: CircumstanceQuestion) => Circumstance | null;

/**
 * Prepares the circumstances of a policy for many sources. Tags count with everything below them; names of columns are
 * matched as a whole. Starts from no: without circumstances, or with a pattern outside the subset, nothing matches.
 */
export function circumstanceMatcher({ circumstances, circumstanceOperator }: Circumstances): CircumstanceMatcher {
  const tests = circumstances.map((circumstance) => ({ circumstance, test: testOf(circumstance) }));
  return (question) => {
    for (const { circumstance, test } of tests) {
      const isMet = test(question);
      if (isMet && circumstanceOperator === 'any') return circumstance;
      if (!isMet && circumstanceOperator === 'all') return null;
    }
    return circumstanceOperator === 'all' ? (tests[0]?.circumstance ?? null) : null;
  };
}

type Test = (question: CircumstanceQuestion) => boolean;

function testOf(circumstance: Circumstance): Test {
  switch (circumstance.type) {
    case 'all':
      return () => true;
    case 'ownerSelected':
      return ({ isOwnerSelected }) => isOwnerSelected;
    case 'noTags':
      return ({ source }) => isUntagged(source.tags) && source.columns.every((column) => isUntagged(column.tags));
    case 'tags': {
      const tag = circumstance.tag.normalize('NFC');
      return ({ source }) => hasTag(source.tags, tag);
    }
    case 'columnTags': {
      const tag = circumstance.tag.normalize('NFC');
      return ({ source }) => source.columns.some((column) => hasTag(column.tags, tag));
    }
    case 'columnRegex':
      return columnTest(circumstance.regex.normalize('NFC'), circumstance.caseInsensitive);
    case 'object': {
      const path = circumstance.objectPath.map((name) => name.normalize('NFC'));
      return ({ source }) =>
        source.connectionKey === circumstance.connectionKey &&
        path.every((name, depth) => source.objectPath[depth] === name);
    }
  }
}

/** Names of columns repeat from table to table: each is matched once. */
function columnTest(regex: string, caseInsensitive: boolean): Test {
  const parsed = parsePattern(regex);
  if (!parsed.ok) return () => false;
  const isMatch = compilePattern(parsed.node, { caseSensitive: !caseInsensitive });
  const known = new Map<string, boolean>();
  const matches = (name: string): boolean => {
    const answer = known.get(name) ?? isMatch(name);
    known.set(name, answer);
    return answer;
  };
  return ({ source }) => source.columns.some((column) => matches(column.name));
}

const hasTag = (tags: ReadonlySet<string>, tag: string): boolean =>
  tags.has(tag) || [...tags].some((held) => isAtOrBelow(held, tag));

const ownRoots: readonly string[] = Object.values(tagRoots);

/** No tag but those that every source carries, by where it lies and what was published. */
const isUntagged = (tags: ReadonlySet<string>): boolean =>
  [...tags].every((tag) => ownRoots.some((root) => isAtOrBelow(tag, root)));
