import type { CertifySourcePolicyBody, SourcePolicy } from '@stoa/contract/source-policy';
import { sql } from 'kysely';
import { transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { Refusal } from '../../http/refusal.ts';
import { requireMay } from '../../http/require.ts';
import { loadOwnedSource } from './load-on-source.ts';
import { type Decision, lockStanding, settled, shown } from './settle.ts';

/** Signs a policy for a source, with the words that were read. From then on it acts there. */
export async function certifyPolicy(deps: Deps, decision: Decision<CertifySourcePolicyBody>): Promise<SourcePolicy> {
  const { actor, sourceId, policyId, body } = decision;
  const { object } = await loadOwnedSource(deps.db, actor, sourceId);
  requireMay(actor, 'source-policy.certify', object);
  return transact(deps, async (tx, after) => {
    // Its author changes nothing of it meanwhile, so that what is signed is what was read.
    await sql`select from policy where id = ${policyId} for share`.execute(tx);
    const { source, one } = await lockStanding(tx, decision);
    requireMay(actor, 'source-policy.certify', source.object);
    const { version, name, body: said } = one.policy;
    if (version !== body.version)
      throw new Refusal('policy.version_outdated', {
        detail: `"${name}" is at version ${version} now; you read version ${body.version}.`,
        extra: { version },
      });
    if (one.standing !== 'waiting' || said.certification === undefined)
      throw new Refusal('source_policy.refused', { detail: 'It does not wait for a signature.' });
    const { label, text } = said.certification;
    await sql`insert into policy_certification (policy_id, data_source_id, round, policy_version, label, text, signed_by)
      select id, ${sourceId}, certification_round, version, ${label}, ${text}, ${actor.globalUserId} from policy where id = ${policyId}`.execute(
      tx,
    );
    const payload = { dataSourceId: sourceId, label, text };
    await settled({ tx, after }, decision, { source, one, action: 'GlobalPolicyCertified', payload });
    return shown(tx, decision, source);
  });
}
