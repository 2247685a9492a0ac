import type { CreatePolicyBody } from '@stoa/contract/policy-resource';
import { foldName } from '@stoa/core/folded-name';
import { sql } from 'kysely';
import { appendAudit } from '../../audit/append.ts';
import { newUuid } from '../../db/new-id.ts';
import { transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { requireMaySomewhere } from '../data-object/held-roles.ts';
import { acceptDraft } from './accept-draft.ts';
import { enqueueScopes } from './enqueue-policy.ts';
import { freeKey } from './free-key.ts';
import { type PolicyChange, policyEntry } from './lock-policy.ts';
import { keepVersion } from './store-version.ts';
import { scopeColumns } from './stored-policy.ts';

/** Writes a policy with its first version, and answers its id. Names and keys that are taken are refused by the database. */
export async function createPolicy(
  deps: Deps,
  { actor, body, call }: Omit<PolicyChange<CreatePolicyBody>, 'id'>,
): Promise<string> {
  await requireMaySomewhere(deps.db, actor, 'policy.author');
  const id = newUuid();
  const name = body.policy.name.trim();
  const by = actor.globalUserId;
  await transact(deps, async (tx, after) => {
    const { checked, object } = await acceptDraft(tx, actor, body.policy);
    const key = body.policyKey ?? (await freeKey(tx, name));
    const scope = scopeColumns(body.policy.scope);
    await sql`insert into policy (id, policy_key, name, name_key, type, kind, scope, domain_id, data_source_id, state, body, created_by, updated_by)
      values (${id}, ${key}, ${name}, ${foldName(name)}, ${checked.type}, ${checked.kind}, ${scope.kind}, ${scope.domainId},
        ${scope.dataSourceId}, ${body.state}, ${JSON.stringify(checked.body)}::jsonb, ${by}, ${by})`.execute(tx);
    await keepVersion(tx, { id, change: 'created', by });
    const told = { id, name, policyKey: key, version: 1, state: body.state };
    await appendAudit(tx, {
      ...policyEntry({ actor, call }, { policy: told, object, happened: 'Created' }),
      payload: { policyKey: key, policyVersion: 1, state: body.state, scope: body.policy.scope, ...checked },
    });
    after.changed('policy', id);
    if (body.state === 'active') await enqueueScopes(tx, after, [body.policy.scope]);
  });
  return id;
}
