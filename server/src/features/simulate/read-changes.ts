import type { OwnerDecisions, StoredPolicy } from '@stoa/contract/policy';
import type { CheckedBody } from '@stoa/core/policy/check-draft';
import type { SimulatedChange } from '@stoa/contract/simulation';
import { parseCondition } from '@stoa/core/condition/parse';
import { conditionNames } from '@stoa/core/condition/names';
import { nothing } from '@stoa/core/permissions/objects';
import type { FactChange } from '@stoa/core/simulate/world';
import type { Reader } from '../../db/pool.ts';
import { newUuid } from '../../db/new-id.ts';
import { requireMay } from '../../http/require.ts';
import { requireMaySomewhere } from '../data-object/held-roles.ts';
import { judgeDraft, requireKnownNames } from '../policy/accept-draft.ts';
import { draftOf } from '../policy/draft-of.ts';
import { asksToSignAgain } from '../policy/asks-to-sign.ts';
import { loadOwned } from '../policy/decisions.ts';
import { type LockedPolicy, loadPolicy } from '../policy/lock-policy.ts';
import type { LoadedPerson } from '../user/load-people.ts';

/** A policy that is not stored yet is younger than all that are. */
const newestNumber = 2_147_483_647;

/** A change of facts, as against a call that is tried out. */
export type FactualChange = Exclude<SimulatedChange, { change: 'call' }>;

type PolicyChange = Extract<SimulatedChange, { change: 'policy' }>;

async function readPolicyChange(reader: Reader, actor: LoadedPerson, change: PolicyChange): Promise<FactChange> {
  const stored = change.id === undefined ? undefined : await loadPolicy(reader, change.id, actor);
  if (stored !== undefined) requireMay(actor, 'policy.author', stored.object);
  const { checked } = await judgeDraft(reader, actor, change.policy);
  const id = change.id ?? newUuid();
  if (change.state !== 'active') return { change: 'policy', id, policy: null };
  const { name, scope } = change.policy;
  const number = stored?.policy.number ?? newestNumber;
  const decisions = await decisionsOf(reader, { actor, change, stored, body: checked.body });
  const policyKey = stored?.policy.policyKey ?? 'draft';
  const shared = { id, number, policyKey, name, scope, version: 0, decisions } as const;
  const policy: StoredPolicy =
    checked.type === 'data'
      ? { ...shared, state: 'active', type: 'data', kind: checked.kind, body: checked.body }
      : { ...shared, state: 'active', type: 'subscription', kind: checked.kind, body: checked.body };
  return { change: 'policy', id, policy };
}

type Drafted = {
  actor: LoadedPerson;
  change: PolicyChange;
  stored: LockedPolicy | undefined;
  body: CheckedBody['body'];
};

/** What owners have decided of the policy that a draft stands in for, and which sources are its author's. */
async function decisionsOf(reader: Reader, { actor, change, stored, body }: Drafted): Promise<OwnerDecisions> {
  const own = change.policy.scope.kind === 'restricted';
  const { owned } = own ? await loadOwned(reader, stored?.createdBy ?? actor.globalUserId) : { owned: [] };
  const known = stored?.policy.decisions ?? { selected: [], certified: [], off: [] };
  const isAskedAgain =
    stored !== undefined && asksToSignAgain(stored.policy, { reCertify: change.reCertify === true, body });
  return { ...known, owned, certified: isAskedAgain ? [] : known.certified };
}

/** Reads changes into facts. Whoever may not make a change may not try it either. */
export async function readChanges(
  reader: Reader,
  actor: LoadedPerson,
  changes: readonly FactualChange[],
): Promise<FactChange[]> {
  const read: FactChange[] = [];
  for (const change of changes) read.push(await readOne(reader, actor, change));
  return read;
}

async function readOne(reader: Reader, actor: LoadedPerson, change: FactualChange): Promise<FactChange> {
  switch (change.change) {
    case 'policy':
      await requireMaySomewhere(reader, actor, 'policy.author');
      return readPolicyChange(reader, actor, change);
    case 'policyState': {
      await requireMaySomewhere(reader, actor, 'policy.author');
      const { policy, object } = await loadPolicy(reader, change.id, actor);
      requireMay(actor, 'policy.author', object);
      if (change.state !== 'active') return { change: 'policy', id: policy.id, policy: null };
      await requireKnownNames(reader, draftOf(policy));
      return { change: 'policy', id: policy.id, policy: { ...policy, state: 'active' } };
    }
    case 'tag':
      requireMay(actor, 'tag.manage', nothing);
      return change;
    case 'group':
      requireMay(actor, 'group.manage', nothing);
      return change;
    case 'attribute':
      requireMay(actor, 'user.manage', nothing);
      return change;
    case 'domain':
    case 'product':
      requireMay(actor, 'domain.manage', nothing);
      return change;
  }
}

/** A grant whose condition denies something is for everybody who lacks it, whether anybody thought of them or not. */
export function givesByAbsence(policy: StoredPolicy): boolean {
  if (policy.type !== 'subscription' || policy.kind !== 'grant') return false;
  const parsed = parseCondition(policy.body.condition ?? '');
  return parsed.ok && conditionNames(parsed.condition).isNegated;
}
