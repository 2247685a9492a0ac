import type { PersonRow } from '@stoa/core/condition/facts';
import { type RawBuilder, sql } from 'kysely';

/** What conditions ask about a person, as JSON; the surrounding query names `app_user` as `u`. */
export const personFactsJson: RawBuilder<PersonRow> = sql`json_build_object('globalUserId', u.global_user_id,
  'username', u.username, 'iam', u.iam_id,
  'groups', (select coalesce(json_agg(g.name), '[]') from group_member m join user_group g on g.id = m.group_id
     where m.global_user_id = u.global_user_id),
  'attributes', (select coalesce(json_object_agg(v.name, v.vals), '{}') from (
     select a.name, json_agg(distinct a.value) as vals from attribute a
     where (a.principal_type = 'user' and a.principal_id = u.global_user_id::text)
       or (a.principal_type = 'group' and a.principal_id = any(array(
         select m.group_id::text from group_member m where m.global_user_id = u.global_user_id)))
     group by a.name) v))`;

/** Who a person is on the platform, as JSON or null; the surrounding query names `platform_identity` as `i`. */
export const identityJson = sql`case when i.global_user_id is not null then json_build_object(
  'externalName', i.external_name, 'principalId', i.platform_principal_id, 'state', i.state) end`;
