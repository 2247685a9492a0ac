import type { OwnerDecisions } from '@stoa/contract/policy';
import { type RawBuilder, sql } from 'kysely';
import type { Reader } from '../../db/pool.ts';

/** Ids of the data sources that a person owns: at or below a node on which they, or a group of theirs, are Data Owner. */
export const ownedSources = (globalUserId: RawBuilder<unknown>): RawBuilder<unknown> => sql`
  with recursive owned_node (id) as (
    select owner_role.data_object_id from data_object_role owner_role where owner_role.role = 'Data Owner'
      and (owner_role.user_id = ${globalUserId} or owner_role.group_id in
        (select owner_member.group_id from group_member owner_member where owner_member.global_user_id = ${globalUserId}))
    union
    select owned_kid.id from owned_node join data_object owned_kid on owned_kid.parent_id = owned_node.id
  ) select owned_source.id from owned_node join data_source owned_source on owned_source.data_object_id = owned_node.id`;

/** What owners decided of the policy `p`, as JSON; null where nothing is decided, as it is of almost every policy. */
export const decisionsJson: RawBuilder<OwnerDecisions | null> = sql`
  case when p.scope = 'restricted' or p.body ? 'certification'
      or exists (select from policy_source any_decision where any_decision.policy_id = p.id)
    then json_build_object(
      'owned', case when p.scope = 'restricted' then array(${ownedSources(sql`p.created_by`)}) else array[]::int[] end,
      'selected', array(select picked.data_source_id from policy_source picked
        where picked.policy_id = p.id and picked.selected_at is not null),
      'certified', array(select signed.data_source_id from policy_certification signed
        where signed.policy_id = p.id and signed.round = p.certification_round),
      'off', array(select switched.data_source_id from policy_source switched
        where switched.policy_id = p.id and switched.off_at is not null))
  end`;

/** What a policy of somebody's own would have to do with, before it is stored: their sources. */
export async function loadOwned(reader: Reader, globalUserId: string): Promise<OwnerDecisions> {
  const { rows } = await sql<{ id: number }>`${ownedSources(sql`${globalUserId}::uuid`)}`.execute(reader);
  return { owned: rows.map((row) => row.id), selected: [], certified: [], off: [] };
}
