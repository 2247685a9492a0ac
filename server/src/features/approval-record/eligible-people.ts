import { criteriaMet } from '@stoa/core/review/eligible';
import type { ReviewerSource } from '@stoa/core/review/flow';
import { isReviewable } from '@stoa/core/review/open-slots';
import { sql } from 'kysely';
import type { Reader } from '../../db/pool.ts';
import type { ApplicationSwitches } from '../../settings-store.ts';
import type { LoadedRequest } from '../access-request/load-requests.ts';
import { toReviewedRequest } from '../access-request/request-object.ts';
import { type LoadedPerson, loadPeople } from '../user/load-people.ts';

/** More people than any page shows and any slot needs. */
const mostCandidates = 200;

const only = <T extends ReviewerSource['type']>(sources: readonly ReviewerSource[], type: T) =>
  sources.filter((s): s is Extract<ReviewerSource, { type: T }> => s.type === type);

/** Everyone who may be behind the sources, a little too many: `criteriaMet` judges each of them afterwards. */
export async function findCandidates(db: Reader, sources: readonly ReviewerSource[]): Promise<LoadedPerson[]> {
  const users = only(sources, 'USER').map((s) => s.id);
  const groups = only(sources, 'GROUP');
  const domainWide = only(sources, 'DOMAIN PERMISSION').map((s) => s.permission);
  const attributes = only(sources, 'ATTRIBUTE');
  const { rows } = await sql<{ global_user_id: string }>`
    with member as (
      select m.global_user_id, m.group_id from group_member m
    ), named as (
      select u.global_user_id from app_user u where u.global_user_id::text = any(${users}::text[]) or u.id::text = any(${users}::text[])
      union select m.global_user_id from group_member m join user_group g on g.id = m.group_id
        where g.id = any(${groups.flatMap((g) => g.id ?? [])}::int[])
           or g.name = any(${groups.flatMap((g) => (g.id === undefined ? g.name : []))}::text[])
      union select p.global_user_id from global_permission p where p.permission = any(${only(sources, 'PERMISSION').map((s) => s.permission)}::text[])
      union select coalesce(d.user_id, m.global_user_id) from domain_permission d left join member m on m.group_id = d.group_id
        where d.permission = any(${domainWide}::text[])
      union select coalesce(m.global_user_id::text, a.principal_id)::uuid
        from unnest(${attributes.map((a) => a.key)}::text[], ${attributes.map((a) => a.value)}::text[]) w (name, value)
        join attribute a on a.name = w.name and a.value = w.value
        left join member m on a.principal_type = 'group' and m.group_id::text = a.principal_id
        where a.principal_type = 'user' or m.global_user_id is not null)
    select u.global_user_id from named n join app_user u on u.global_user_id = n.global_user_id
    where u.status = 'active' order by u.name, u.global_user_id limit ${mostCandidates}`.execute(db);
  const people = await loadPeople(
    db,
    rows.map((r) => r.global_user_id),
  );
  return rows.flatMap((r) => people.get(r.global_user_id) ?? []);
}

export type Staffing = {
  /** By record, those who could decide it now. */
  eligible: ReadonlyMap<string, LoadedPerson[]>;
  /** False when some open slot has nobody left to decide it. */
  reviewable: boolean;
};

/** Who could fill the open slots of a request; everything is judged as of now, except what was pinned. */
export async function findEligible(
  db: Reader,
  request: LoadedRequest,
  switches: ApplicationSwitches,
): Promise<Staffing> {
  const open = request.records.filter((r) => r.status === 'PENDING' || r.status === 'BLOCKED');
  if (request.status !== 'PENDING' || open.length === 0) return { eligible: new Map(), reviewable: true };
  const people = await findCandidates(
    db,
    open.flatMap((r) => r.approvers),
  );
  const reviewed = toReviewedRequest(request);
  const eligible = new Map(
    open.map(({ id, approvers }) => [
      id,
      people.filter((p) => criteriaMet(p, reviewed, { approvers, settings: switches }).length > 0),
    ]),
  );
  return {
    eligible,
    reviewable: isReviewable({ request: reviewed, records: request.records, people, settings: switches }),
  };
}
