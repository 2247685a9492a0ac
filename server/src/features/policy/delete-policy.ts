import { sql } from 'kysely';
import { appendAudit } from '../../audit/append.ts';
import { transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { Refusal } from '../../http/refusal.ts';
import { requireMay } from '../../http/require.ts';
import { requireMaySomewhere } from '../data-object/held-roles.ts';
import { lockPolicy, type PolicyChange, policyEntry } from './lock-policy.ts';

/** Deletes a policy that is not in force, so that nobody's access changes by it. Its versions stay. */
export async function deletePolicy(deps: Deps, { actor, id, call }: Omit<PolicyChange, 'body'>): Promise<void> {
  await requireMaySomewhere(deps.db, actor, 'policy.author');
  await transact(deps, async (tx, after) => {
    const { policy, object } = await lockPolicy(tx, id, actor);
    requireMay(actor, 'policy.author', object);
    if (policy.state === 'active')
      throw new Refusal('policy.in_force', { detail: `"${policy.name}" is in force. It was not deleted.` });
    await sql`update policy set deleted_at = now(), updated_by = ${actor.globalUserId}, updated_at = now() where id = ${id}`.execute(
      tx,
    );
    await appendAudit(tx, {
      ...policyEntry({ actor, call }, { policy, object, happened: 'Deleted' }),
      payload: { policyKey: policy.policyKey, policyVersion: policy.version, state: policy.state },
    });
    after.changed('policy', id);
  });
}
