import type { SourcePolicy, SourcePolicyStanding } from '@stoa/contract/source-policy';
import { abilitiesOnSourcePolicy } from '@stoa/core/permissions/abilities-source-policy';
import type { Actor } from '@stoa/core/permissions/objects';
import type { OnSourceStanding } from '@stoa/core/policy/on-source';
import { sql } from 'kysely';
import type { Reader } from '../../db/pool.ts';
import { presentAbilities } from '../data-product/present-abilities.ts';
import type { JudgedPolicy } from './judge-on-source.ts';
import { loadOnSource, type OwnedSource } from './load-on-source.ts';

export const standingWords: Readonly<Record<OnSourceStanding, SourcePolicyStanding>> = {
  acting: 'ACTING',
  idle: 'IDLE',
  conflict: 'CONFLICT',
  waiting: 'WAITING',
  off: 'OFF',
  offered: 'OFFERED',
};

type Decision = {
  policy_id: string;
  selected_by: string | null;
  selected_by_name: string | null;
  selected_at: Date | null;
  off_by: string | null;
  off_by_name: string | null;
  off_at: Date | null;
  off_reason: string | null;
};
type Signature = { policy_id: string; policy_version: number; signed_by: string; name: string; signed_at: Date };

async function loadDecisions(reader: Reader, sourceId: number): Promise<ReadonlyMap<string, Decision>> {
  const { rows } = await sql<Decision>`
    select x.policy_id, x.selected_by, a.name as selected_by_name, x.selected_at, x.off_by, b.name as off_by_name, x.off_at, x.off_reason
    from policy_source x left join app_user a on a.global_user_id = x.selected_by left join app_user b on b.global_user_id = x.off_by
    where x.data_source_id = ${sourceId}`.execute(reader);
  return new Map(rows.map((row) => [row.policy_id, row]));
}

async function loadSignatures(reader: Reader, sourceId: number): Promise<ReadonlyMap<string, Signature>> {
  const { rows } = await sql<Signature>`
    select x.policy_id, x.policy_version, x.signed_by, u.name, x.signed_at
    from policy_certification x join policy p on p.id = x.policy_id and p.certification_round = x.round
      join app_user u on u.global_user_id = x.signed_by
    where x.data_source_id = ${sourceId}`.execute(reader);
  return new Map(rows.map((row) => [row.policy_id, row]));
}

const who = (globalUserId: string | null, name: string | null) =>
  globalUserId === null ? null : { globalUserId, name: name ?? '' };

/** The policies that are meant for a source: what waits for its owner first. */
export async function listSourcePolicies(reader: Reader, actor: Actor, source: OwnedSource): Promise<SourcePolicy[]> {
  const judged = await loadOnSource(reader, source);
  const decisions = await loadDecisions(reader, source.id);
  const signatures = await loadSignatures(reader, source.id);
  const order: readonly OnSourceStanding[] = ['conflict', 'waiting', 'offered', 'acting', 'idle', 'off'];
  return judged
    .toSorted((a, b) => order.indexOf(a.standing) - order.indexOf(b.standing) || a.policy.number - b.policy.number)
    .map((one) =>
      present(one, {
        actor,
        source,
        judged,
        decision: decisions.get(one.policyId),
        signature: signatures.get(one.policyId),
      }),
    );
}

type About = {
  actor: Actor;
  source: OwnedSource;
  judged: readonly JudgedPolicy[];
  decision: Decision | undefined;
  signature: Signature | undefined;
};

function present(one: JudgedPolicy, { actor, source, judged, decision, signature }: About): SourcePolicy {
  const { policy, standing } = one;
  const { id: policyId, policyKey, name, version, type, kind, scope, body } = policy;
  const isPicked = decision?.selected_at != null;
  return {
    policyId,
    policyKey,
    name,
    version,
    type,
    kind,
    scope,
    standing: standingWords[standing],
    matchedCircumstance: one.circumstance,
    wins: [...one.wins],
    loses: [...one.loses],
    off:
      decision?.off_at == null
        ? null
        : {
            by: who(decision.off_by, decision.off_by_name),
            at: decision.off_at.toISOString(),
            reason: decision.off_reason ?? '',
          },
    selected:
      decision?.selected_at == null
        ? null
        : { by: who(decision.selected_by, decision.selected_by_name), at: decision.selected_at.toISOString() },
    certification: body.certification ?? null,
    signed:
      signature === undefined
        ? null
        : {
            by: who(signature.signed_by, signature.name),
            at: signature.signed_at.toISOString(),
            policyVersion: signature.policy_version,
          },
    abilities: presentAbilities(abilitiesOnSourcePolicy(actor, source.object, { one, all: judged, isPicked })),
  };
}
