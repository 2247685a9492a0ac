import type { AskedValue } from '../condition/names.ts';
import { parsePredicate } from '../masking/parse-predicate.ts';
import { type Predicate, readOf } from '../masking/predicate.ts';
import { placeOf, type PolicyProblem, type UsedPolicyName } from './problem.ts';

type Member = { readonly text: string; readonly path: string; readonly ifTagMissing: string | undefined };

/**
 * Reads a predicate about rows: what is wrong with it, and which names it uses. One that names columns by tag says what holds
 * on a source that lacks the tag (governance.md 10).
 */
export function checkPredicate({ text, path, ifTagMissing }: Member): {
  readonly problems: readonly PolicyProblem[];
  readonly names: readonly UsedPolicyName[];
} {
  const parsed = parsePredicate(text);
  if (!parsed.ok) {
    const message = `${parsed.message.charAt(0).toUpperCase()}${parsed.message.slice(1)}.`;
    return { problems: [{ path, message, place: placeOf(text, parsed.at) }], names: [] };
  }
  const { tags } = readOf([parsed.predicate]);
  const used = (kind: UsedPolicyName['kind'], name: string): UsedPolicyName => {
    const at = text.indexOf(`'${name.replaceAll("'", "''")}'`);
    return { kind, name, path, ...(at < 0 ? {} : { place: placeOf(text, at) }) };
  };
  const isSilent = tags.size > 0 && ifTagMissing === undefined;
  return {
    problems: isSilent
      ? [{ path: path.replace(/[^.]+$/, 'ifTagMissing'), message: 'Say what holds on a source that lacks the tag.' }]
      : [],
    names: [
      ...[...tags].map((name) => used('tag', name)),
      ...[...attributesOf(parsed.predicate)].map(([name, values]) => ({
        ...used('attribute', name),
        ...(values === null ? {} : { values }),
      })),
      ...groupsOf(parsed.predicate).map((name) => used('group', name)),
    ],
  };
}

/** The attributes that are looked at, each with the values that are asked for; null: any. */
function attributesOf(
  predicate: Predicate,
  found = new Map<string, AskedValue[] | null>(),
): ReadonlyMap<string, readonly AskedValue[] | null> {
  if (predicate.kind === 'and' || predicate.kind === 'or')
    for (const part of predicate.parts) attributesOf(part, found);
  if (predicate.kind === 'not') attributesOf(predicate.part, found);
  if (predicate.kind === 'attributeContains') found.set(predicate.name, null);
  if (predicate.kind === 'hasAttribute') {
    const { name, value } = predicate;
    const asked = value.endsWith('.*') ? { text: value.slice(0, -2), below: true } : { text: value, below: false };
    const known = found.get(name);
    if (known !== null) found.set(name, [...(known ?? []), asked]);
  }
  return found;
}

function groupsOf(predicate: Predicate): readonly string[] {
  if (predicate.kind === 'and' || predicate.kind === 'or') return predicate.parts.flatMap(groupsOf);
  if (predicate.kind === 'not') return groupsOf(predicate.part);
  return predicate.kind === 'isInGroups' ? predicate.groups : [];
}
