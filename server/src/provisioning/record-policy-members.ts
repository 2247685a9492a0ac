import type { DesiredContainer } from '@stoa/core/access/model';
import { sql } from 'kysely';
import type { Deps } from '../deps.ts';
import type { Run } from './reconcile-connection.ts';

/** What was read back is written again so seldom: who looks wants the hour, not the second. */
const verifiedAgain = '10 minutes';

/**
 * Records whom the platform holds as members of policy containers, as it said itself. Before the run itself is recorded, and
 * like that only while the fence holds: should it get lost in between, the run is repeated.
 */
export async function recordPolicyMembers(deps: Deps, run: Run): Promise<void> {
  const policies = new Set(run.facts.targets.filter(({ kind }) => kind === 'po').map(({ targetId }) => targetId));
  const looked = run.desired.containers.filter(({ targetId }) => policies.has(targetId));
  if (looked.length === 0) return;
  const effective = new Set(
    run.proofs.flatMap((proof) =>
      proof.kind === 'member' && proof.effective ? [`${proof.principalId}/${proof.containerId}`] : [],
    ),
  );
  const persons = new Map(run.facts.users.map((user) => [user.identity?.principalId ?? '', user.globalUserId]));
  const toRow = (container: DesiredContainer) => {
    const containerId = run.containerIds.get(container.name) ?? '';
    const members = container.members.filter(({ principalId }) => effective.has(`${principalId}/${containerId}`));
    return {
      target_id: container.targetId,
      part: container.part,
      among: container.onlyPrincipals?.flatMap((id) => persons.get(id) ?? []) ?? null,
      members: members.map(({ globalUserId }) => globalUserId),
    };
  };
  await sql`
    with fence as materialized (
      select from connection_lease where connection_id = ${run.connectionId} and holder = ${deps.replicaId} and fence = ${run.fence}
    ), looked as materialized (
      select target_id, part, among, members from json_to_recordset(${JSON.stringify(looked.map(toRow))}::json)
        as x (target_id uuid, part int, among uuid[], members uuid[])
    ), member as materialized (
      select l.target_id, l.part, unnest(l.members) as global_user_id from looked l
    ), ended as (
      delete from policy_member m using looked l
      where m.connection_id = ${run.connectionId} and m.target_id = l.target_id and m.part = l.part
        and (l.among is null or m.global_user_id = any(l.among)) and exists (select from fence)
        and not exists (select from member n where n.target_id = m.target_id and n.part = m.part and n.global_user_id = m.global_user_id)
    )
    insert into policy_member as m (connection_id, target_id, part, global_user_id)
    select ${run.connectionId}, n.target_id, n.part, n.global_user_id from member n
    where exists (select from fence)
      and exists (select from container c where c.connection_id = ${run.connectionId} and c.target_id = n.target_id)
    on conflict (connection_id, target_id, part, global_user_id) do update set verified_at = now()
      where m.verified_at < now() - ${verifiedAgain}::interval`.execute(deps.db);
}
