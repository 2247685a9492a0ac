import type { NamingPolicy } from '@stoa/contract/attribute';
import type { AskedValue } from '@stoa/core/condition/names';
import { checkDraft } from '@stoa/core/policy/check-draft';
import type { Reader } from '../../db/pool.ts';
import { Refusal } from '../../http/refusal.ts';
import { draftOf } from './draft-of.ts';
import { loadActivePolicies } from './load-active.ts';

/** A name that a policy in force asks about; of an attribute with the values that it asks for, null is any. */
export type AskedName = {
  readonly name: string;
  readonly values: readonly AskedValue[] | null;
  readonly policy: NamingPolicy;
};

/** Which groups, or which attributes, the policies in force ask about; names are in NFC, as conditions compare them. */
export async function askedNames(reader: Reader, kind: 'group' | 'attribute'): Promise<AskedName[]> {
  return (await loadActivePolicies(reader)).flatMap((policy) => {
    const { id, name, type, kind: policyKind } = policy;
    const names = checkDraft(draftOf(policy)).names.filter((used) => used.kind === kind);
    return names.map((used) => ({
      name: used.name,
      values: used.values ?? null,
      policy: { id, name, type, kind: policyKind },
    }));
  });
}

/** The policies in force that name a group or an attribute. */
export const policiesNaming = async (
  reader: Reader,
  kind: 'group' | 'attribute',
  name: string,
): Promise<NamingPolicy[]> =>
  distinct((await askedNames(reader, kind)).filter((one) => one.name === name.normalize('NFC')));

/** Each policy once. */
export const distinct = (asked: readonly AskedName[]): NamingPolicy[] => [
  ...new Map(asked.map(({ policy }) => [policy.id, policy])).values(),
];

/**
 * Goes on when no policy in force names the group. Policies know groups by name: one that is gone, or is called otherwise, would
 * let everybody pass who was to be kept out as its member.
 */
export async function requireNoPolicyNames(reader: Reader, group: string): Promise<void> {
  const naming = await policiesNaming(reader, 'group', group);
  if (naming.length === 0) return;
  const names = naming.slice(0, 10).map((policy) => `"${policy.name}"`);
  throw new Refusal('group.in_use', {
    detail: `"${group}" is named by ${names.join(', ')}${naming.length > 10 ? ' and others' : ''}. Nothing was changed; take it out there first.`,
    extra: { usedBy: naming.map(({ id, name }) => ({ type: 'policy', id, name })) },
  });
}
