import { checkDraft } from '@stoa/core/policy/check-draft';
import type { Reader } from '../../db/pool.ts';
import { Refusal } from '../../http/refusal.ts';
import { draftOf } from './draft-of.ts';
import { loadActivePolicies } from './load-active.ts';

/**
 * Goes on when no policy in force names the group. Policies know groups by name: one that is gone, or is called otherwise, would
 * let everybody pass who was to be kept out as its member.
 */
export async function requireNoPolicyNames(reader: Reader, group: string): Promise<void> {
  const naming = (await loadActivePolicies(reader)).filter((policy) =>
    checkDraft(draftOf(policy)).names.some(({ kind, name }) => kind === 'group' && name === group.normalize('NFC')),
  );
  if (naming.length === 0) return;
  const names = naming.slice(0, 10).map((policy) => `"${policy.name}"`);
  throw new Refusal('group.in_use', {
    detail: `The policies ${names.join(', ')}${naming.length > 10 ? ' and others' : ''} name "${group}". Nothing was changed; take it out of them first.`,
    extra: { usedBy: naming.map(({ id, name }) => ({ type: 'policy', id, name })) },
  });
}
