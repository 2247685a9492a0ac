import type { RequestAgreement } from '@stoa/contract/agreement-acceptance';
import type { PersonName } from '@stoa/contract/person';
import { sql } from 'kysely';
import type { Reader } from '../../db/pool.ts';

type Row = Omit<RequestAgreement, 'acceptances'> & { acceptances: { acceptedBy: PersonName; at: number }[] };

/** The very texts that a request was made under, with who accepted each; `pinned` as they stand in the request. */
export async function listRequestAgreements(
  reader: Reader,
  requestId: string,
  pinned: readonly { readonly id: string; readonly version: number }[],
): Promise<RequestAgreement[]> {
  if (pinned.length === 0) return [];
  const { rows } = await sql<Row>`
    select v.data_use_agreement_id as id, v.name, v.body, v.version, v.sha256,
      case when a.deleted_at is null then a.current_version end as "currentVersion",
      (select coalesce(json_agg(json_build_object('at', floor(extract(epoch from x.accepted_at) * 1000)::float8,
          'acceptedBy', json_build_object('globalUserId', u.global_user_id, 'username', u.username, 'name', u.name))
          order by x.accepted_at, x.id), '[]')
        from agreement_acceptance x join app_user u on u.global_user_id = x.accepted_by
        where x.access_request_id = ${requestId} and x.data_use_agreement_id = v.data_use_agreement_id) as acceptances
    from unnest(${pinned.map((a) => a.id)}::uuid[], ${pinned.map((a) => a.version)}::int[]) with ordinality as w (id, version, place)
      join data_use_agreement a on a.id = w.id
      join data_use_agreement_version v on v.data_use_agreement_id = w.id and v.version = w.version
    order by w.place`.execute(reader);
  return rows.map(({ acceptances, ...row }) => ({
    ...row,
    acceptances: acceptances.map(({ acceptedBy, at }) => ({ acceptedBy, acceptedAt: new Date(at).toISOString() })),
  }));
}
