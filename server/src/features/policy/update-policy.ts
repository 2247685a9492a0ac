import type { UpdatePolicyBody } from '@stoa/contract/policy-resource';
import { foldName } from '@stoa/core/folded-name';
import { sql } from 'kysely';
import { appendAudit } from '../../audit/append.ts';
import { transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { Refusal } from '../../http/refusal.ts';
import { requireMay } from '../../http/require.ts';
import { requireMaySomewhere } from '../data-object/held-roles.ts';
import { asksToSignAgain } from './asks-to-sign.ts';
import { acceptDraft } from './accept-draft.ts';
import { enqueueScopes } from './enqueue-policy.ts';
import { lockPolicy, type PolicyChange, policyEntry, requireVersion } from './lock-policy.ts';
import { keepVersion } from './store-version.ts';
import { scopeColumns } from './stored-policy.ts';

/** Saves a new version of a policy. One in force acts as it says from the commit on. */
export async function updatePolicy(
  deps: Deps,
  { actor, id, body, call, reCertify }: PolicyChange<UpdatePolicyBody> & { reCertify: boolean },
): Promise<void> {
  await requireMaySomewhere(deps.db, actor, 'policy.author');
  await transact(deps, async (tx, after) => {
    const { policy, object } = await lockPolicy(tx, id, actor);
    requireMay(actor, 'policy.author', object);
    requireVersion(policy, body.version);
    if (policy.type !== body.policy.type) throw new Refusal('policy.type_fixed');
    // Where it is moved to is asked as well as where it is taken from.
    const { checked, object: moved } = await acceptDraft(tx, actor, body.policy);
    const name = body.policy.name.trim();
    const version = policy.version + 1;
    const scope = scopeColumns(body.policy.scope);
    const asksAgain = asksToSignAgain(policy, { reCertify, body: checked.body });
    await sql`update policy set name = ${name}, name_key = ${foldName(name)}, kind = ${checked.kind}, scope = ${scope.kind},
      domain_id = ${scope.domainId}, data_source_id = ${scope.dataSourceId}, body = ${JSON.stringify(checked.body)}::jsonb,
      version = ${version}, certification_round = certification_round + ${asksAgain ? 1 : 0}, updated_by = ${actor.globalUserId}, updated_at = now() where id = ${id}`.execute(
      tx,
    );
    await keepVersion(tx, { id, change: 'edited', by: actor.globalUserId });
    await appendAudit(tx, {
      ...policyEntry({ actor, call }, { policy: { ...policy, name, version }, object: moved, happened: 'Updated' }),
      payload: {
        policyKey: policy.policyKey,
        state: policy.state,
        before: {
          policyVersion: policy.version,
          name: policy.name,
          scope: policy.scope,
          kind: policy.kind,
          body: policy.body,
        },
        ...(asksAgain ? { signaturesAskedAgain: true } : {}),
        after: { policyVersion: version, name, scope: body.policy.scope, kind: checked.kind, body: checked.body },
      },
    });
    after.changed('policy', id);
    if (policy.state === 'active') await enqueueScopes(tx, after, [policy.scope, body.policy.scope]);
  });
}
