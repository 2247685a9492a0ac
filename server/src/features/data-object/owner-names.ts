import { type RawBuilder, sql } from 'kysely';
import { assetsOver } from '../../provisioning/sources-of-target.ts';

/** Names of the people and groups that answer for the data of an object, the nearest first, as an array. */
export const ownerNames = (objectId: RawBuilder<unknown>): RawBuilder<string[]> => sql`
  array(select coalesce(owner_user.name, owner_group.name) from data_object_role owner_row
      join data_object owner_from on owner_from.id = owner_row.data_object_id
      left join app_user owner_user on owner_user.global_user_id = owner_row.user_id
      left join user_group owner_group on owner_group.id = owner_row.group_id
    where owner_row.role = 'Data Owner' and owner_row.data_object_id in (${assetsOver(objectId)})
    order by cardinality(owner_from.object_path) desc, coalesce(owner_user.name, owner_group.name))`;
