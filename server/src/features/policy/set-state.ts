import type { SetPolicyStateBody } from '@stoa/contract/policy-resource';
import { sql } from 'kysely';
import { appendAudit } from '../../audit/append.ts';
import { transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { Refusal } from '../../http/refusal.ts';
import { requireMay } from '../../http/require.ts';
import { requireMaySomewhere } from '../data-object/held-roles.ts';
import { requireKnownNames } from './accept-draft.ts';
import { draftOf } from './draft-of.ts';
import { enqueueScopes } from './enqueue-policy.ts';
import { lockPolicy, type PolicyChange, policyEntry, requireVersion } from './lock-policy.ts';
import { keepVersion } from './store-version.ts';

/** Puts a policy in force, or takes it out. A name it uses may have gone since it was written: that is told, not passed over. */
export async function setPolicyState(
  deps: Deps,
  { actor, id, body, call }: PolicyChange<SetPolicyStateBody>,
): Promise<void> {
  await requireMaySomewhere(deps.db, actor, 'policy.author');
  await transact(deps, async (tx, after) => {
    const { policy, object } = await lockPolicy(tx, id, actor);
    requireMay(actor, 'policy.author', object);
    requireVersion(policy, body.version);
    if (policy.state === body.state)
      throw new Refusal('policy.unchanged', { detail: `"${policy.name}" is ${body.state} already.` });
    if (body.state === 'active') await requireKnownNames(tx, draftOf(policy));
    await sql`update policy set state = ${body.state}, version = version + 1, updated_by = ${actor.globalUserId}, updated_at = now()
      where id = ${id}`.execute(tx);
    await keepVersion(tx, { id, change: 'state', by: actor.globalUserId });
    const became = { ...policy, version: policy.version + 1, state: body.state };
    await appendAudit(tx, {
      ...policyEntry({ actor, call }, { policy: became, object, happened: 'Updated' }),
      payload: {
        policyKey: policy.policyKey,
        before: { policyVersion: policy.version, state: policy.state },
        after: { policyVersion: policy.version + 1, state: body.state },
      },
    });
    after.changed('policy', id);
    if (policy.state === 'active' || body.state === 'active') await enqueueScopes(tx, after, [policy.scope]);
  });
}
