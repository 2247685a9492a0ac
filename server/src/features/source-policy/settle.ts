import type { SelectSourcePolicyBody, SourcePolicy, SwitchSourcePolicyBody } from '@stoa/contract/source-policy';
import { type PolicyOnSource, whyNotOff, whyNotOn } from '@stoa/core/policy/on-source';
import { sql } from 'kysely';
import { appendAudit, type AuditEntry } from '../../audit/append.ts';
import { userActor } from '../../audit/user-actor.ts';
import type { Tx } from '../../db/pool.ts';
import { type AfterCommit, transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { notFound, Refusal } from '../../http/refusal.ts';
import { requireMay } from '../../http/require.ts';
import type { Call } from '../../http/route.ts';
import { enqueueConnection } from '../../provisioning/enqueue-keys.ts';
import type { LoadedPerson } from '../user/load-people.ts';
import type { JudgedPolicy } from './judge-on-source.ts';
import { listSourcePolicies } from './list-source-policies.ts';
import { loadOnSource, loadOwnedSource, type OwnedSource } from './load-on-source.ts';

/** Who decides what about which policy on which source. */
export type Decision<Body> = { actor: LoadedPerson; sourceId: number; policyId: string; body: Body; call: Call };
type Acts = { tx: Tx; after: AfterCommit };
type Standing = { source: OwnedSource; one: JudgedPolicy; all: readonly JudgedPolicy[] };

/** Decisions about one source wait for each other: of two that switch off one of two rivals each, the second is refused. */
export async function lockStanding(tx: Tx, about: Omit<Decision<unknown>, 'body' | 'call'>): Promise<Standing> {
  await sql`select from data_source where id = ${about.sourceId} for no key update`.execute(tx);
  const source = await loadOwnedSource(tx, about.actor, about.sourceId);
  const all = await loadOnSource(tx, source);
  const one = all.find((policy) => policy.policyId === about.policyId);
  if (one === undefined) throw notFound('policy of this data source');
  return { source, one, all };
}

/** What follows from every decision of an owner: audit, the platform, and open pages. */
export async function settled(
  { tx, after }: Acts,
  { actor, call }: Pick<Decision<unknown>, 'actor' | 'call'>,
  done: { source: OwnedSource; one: JudgedPolicy; action: string; payload: AuditEntry['payload'] },
): Promise<void> {
  const { source, one } = done;
  await appendAudit(tx, {
    action: done.action,
    actor: userActor(actor),
    actorIp: call.ip,
    targetType: 'POLICY',
    targets: [
      { id: one.policyId, name: one.policy.name },
      { id: String(source.id), name: source.name, type: 'DATA_SOURCE' },
    ],
    domainIds: source.object.domains.map((domain) => domain.id),
    payload: { policyKey: one.policy.policyKey, policyVersion: one.policy.version, ...done.payload },
    requestId: call.id,
    sessionId: call.by === 'session' ? call.credentialId : undefined,
  });
  await enqueueConnection(tx, after, { connectionId: source.connectionId, cause: 'policy' });
  after.changed('policy', one.policyId);
  after.changed('data-source', source.connectionKey);
}

const refused = (detail: string): Refusal => new Refusal('source_policy.refused', { detail });

/** Switches a policy off on one source, or on again. What that takes from people is confirmed before. */
export async function switchPolicy(deps: Deps, decision: Decision<SwitchSourcePolicyBody>): Promise<SourcePolicy> {
  const { actor, sourceId, policyId, body } = decision;
  const reason = body.reason?.trim() ?? '';
  const { object } = await loadOwnedSource(deps.db, actor, sourceId);
  requireMay(actor, 'source-policy.settle', object);
  if (body.off && reason === '') throw new Refusal('source_policy.reason_missing');
  return transact(deps, async (tx, after) => {
    const { source, one, all } = await lockStanding(tx, decision);
    requireMay(actor, 'source-policy.settle', source.object);
    const unless = body.off ? whyNotOff(one, all) : whyNotOn(one);
    if (unless !== null) throw refused(unless);
    const by = body.off ? actor.globalUserId : null;
    await sql`insert into policy_source (policy_id, data_source_id, off_by, off_at, off_reason)
      values (${policyId}, ${sourceId}, ${by}::uuid, ${body.off ? sql`now()` : null}, ${body.off ? reason : null})
      on conflict (policy_id, data_source_id) do update
        set off_by = excluded.off_by, off_at = excluded.off_at, off_reason = excluded.off_reason`.execute(tx);
    const payload = { dataSourceId: sourceId, off: body.off, ...(body.off ? { reason } : {}) };
    await settled({ tx, after }, decision, { source, one, action: actionOf(one, all, body.off), payload });
    return shown(tx, decision, source);
  });
}

/** Two grants without a condition are a conflict; what ends or begins one is told as that. */
function actionOf(one: PolicyOnSource, all: readonly PolicyOnSource[], isOff: boolean): string {
  const rivals = all.filter(
    ({ policyId, isUnconditional, standing }) =>
      policyId !== one.policyId && isUnconditional && (standing === 'acting' || standing === 'conflict'),
  );
  if (!one.isUnconditional || rivals.length === 0) return 'GlobalPolicyUpdated';
  if (!isOff) return 'PolicyConflictFound';
  return rivals.length === 1 ? 'PolicyConflictResolved' : 'GlobalPolicyUpdated';
}

/** Picks a policy that asks to be picked, or takes the pick back. */
export async function selectPolicy(deps: Deps, decision: Decision<SelectSourcePolicyBody>): Promise<SourcePolicy> {
  const { actor, sourceId, policyId, body } = decision;
  const { object } = await loadOwnedSource(deps.db, actor, sourceId);
  requireMay(actor, 'source-policy.settle', object);
  return transact(deps, async (tx, after) => {
    const { source, one } = await lockStanding(tx, decision);
    requireMay(actor, 'source-policy.settle', source.object);
    const isPicked = one.policy.decisions?.selected.includes(sourceId) === true;
    if (body.selected && one.standing !== 'offered') throw refused('It is not offered here.');
    if (!body.selected && !isPicked) throw refused('It is not picked here.');
    const by = body.selected ? actor.globalUserId : null;
    await sql`insert into policy_source (policy_id, data_source_id, selected_by, selected_at)
      values (${policyId}, ${sourceId}, ${by}::uuid, ${body.selected ? sql`now()` : null})
      on conflict (policy_id, data_source_id) do update
        set selected_by = excluded.selected_by, selected_at = excluded.selected_at`.execute(tx);
    const payload = { dataSourceId: sourceId, selected: body.selected };
    await settled({ tx, after }, decision, { source, one, action: 'GlobalPolicyUpdated', payload });
    return shown(tx, decision, source);
  });
}

/** The policy as it stands now. */
export async function shown(
  tx: Tx,
  { actor, policyId }: Pick<Decision<unknown>, 'actor' | 'policyId'>,
  source: OwnedSource,
): Promise<SourcePolicy> {
  const one = (await listSourcePolicies(tx, actor, source)).find((policy) => policy.policyId === policyId);
  if (one === undefined) throw notFound('policy of this data source');
  return one;
}
