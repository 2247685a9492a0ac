import type { Conditions } from '@stoa/contract/review-flow';
import { membersOf } from '../../lib/members.ts';

/** One comparison. What the wire brings is kept as it is, also where this editor does not know it. */
export type Leaf = {
  readonly kind: 'leaf';
  readonly fact: string;
  readonly operator: string;
  readonly value: unknown;
  readonly path?: string;
};
/** Several conditions together; negated, the group holds when it otherwise would not. */
export type Group = {
  readonly kind: 'group';
  readonly mode: 'all' | 'any';
  readonly isNegated: boolean;
  readonly members: readonly ConditionNode[];
};
export type ConditionNode = Leaf | Group;

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

function nodeOf(value: unknown): ConditionNode {
  const members = membersOf(value);
  if ('not' in members) return negated(nodeOf(members.not));
  const mode = 'all' in members ? 'all' : 'any' in members ? 'any' : undefined;
  if (mode !== undefined) {
    const list: readonly unknown[] = Array.isArray(members[mode]) ? members[mode] : [];
    return { kind: 'group', mode, isNegated: false, members: list.map(nodeOf) };
  }
  const { fact, operator, path } = members;
  const leaf = { kind: 'leaf', fact: textOf(fact), operator: textOf(operator), value: members.value } as const;
  return typeof path === 'string' ? { ...leaf, path } : leaf;
}

const negated = (node: ConditionNode): Group =>
  node.kind === 'group' && !node.isNegated
    ? { ...node, isNegated: true }
    : { kind: 'group', mode: 'any', isNegated: true, members: [node] };

/** The conditions of a rule as a tree to edit; its root is always a group, as the wire wants it. */
export function treeOf(conditions: Conditions): Group {
  const root = nodeOf(conditions);
  return root.kind === 'group' ? root : { kind: 'group', mode: 'all', isNegated: false, members: [root] };
}

type WireGroup = { all: Record<string, unknown>[] } | { any: Record<string, unknown>[] };

function wireOfNode(node: ConditionNode): Record<string, unknown> {
  if (node.kind === 'group') return conditionsOf(node);
  const { fact, operator, value, path } = node;
  return { fact, operator, value, ...(path === undefined ? {} : { path }) };
}

/** The tree as the wire takes it. */
export function conditionsOf({ mode, isNegated, members }: Group): Conditions {
  const list = members.map(wireOfNode);
  const inner: WireGroup = mode === 'all' ? { all: list } : { any: list };
  return isNegated ? { not: inner } : inner;
}

/** Where the members of a group stand in the paths that problems carry: `rules[0].conditions.not.any`. */
export const pathOfMembers = (path: string, { mode, isNegated }: Group): string =>
  `${path}${isNegated ? '.not' : ''}.${mode}`;

/** Every comparison of the tree, with its path. */
export function leavesOf(group: Group, path: string): readonly { readonly leaf: Leaf; readonly path: string }[] {
  const inside = pathOfMembers(path, group);
  return group.members.flatMap((member, at) => {
    const own = `${inside}[${at}]`;
    return member.kind === 'leaf' ? [{ leaf: member, path: own }] : leavesOf(member, own);
  });
}
