import type { Evidence, EvidencePerson } from '@stoa/contract/evidence';
import { sql } from 'kysely';
import type { Reader } from '../../db/pool.ts';
import { notFound } from '../../http/refusal.ts';
import { type LoadedPerson, loadPeople } from '../user/load-people.ts';
import type { LoadedRequest } from './load-requests.ts';
import { attributesOf } from './flow-facts.ts';

export type Parties = {
  requester: EvidencePerson;
  beneficiary: EvidencePerson;
  people: { requester: LoadedPerson; beneficiary: LoadedPerson };
};

/** Who asks and for whom, as stewards judge them. */
export async function describeParties(db: Reader, request: LoadedRequest): Promise<Parties> {
  const ids = [request.requesting_user.globalUserId, request.beneficiary.globalUserId] as const;
  const people = await loadPeople(db, ids);
  const [requester, beneficiary] = [people.get(ids[0]), people.get(ids[1])];
  if (requester === undefined || beneficiary === undefined) throw notFound('user');
  const shown = await describePerson(db, beneficiary, request);
  return {
    requester: requester === beneficiary ? shown : await describePerson(db, requester, request),
    beneficiary: shown,
    people: { requester, beneficiary },
  };
}

async function describePerson(db: Reader, person: LoadedPerson, request: LoadedRequest): Promise<EvidencePerson> {
  const { rows } = await sql<{ id: string; name: string; since: Date; until: Date | null }>`
    select distinct on (p.name, p.id) p.id, p.name, r.decided_at as since, r.expiration as until
    from access_request r join data_product p on p.id = r.data_product_id
    where r.beneficiary = ${person.globalUserId} and r.status = 'APPROVED' and r.type = 'DATA_ACCESS' and p.deleted_at is null
      and (r.expiration is null or r.expiration > now()) and exists (select from data_product_domain x
        where x.data_product_id = p.id and x.domain_id = any(${request.domains.map((d) => d.id)}::uuid[]))
    order by p.name, p.id, r.expiration desc nulls first limit 50`.execute(db);
  const identities = await sql<EvidencePerson['identities'][number]>`
    select c.connection_key as "connectionKey", i.external_name as "externalName", i.state
    from platform_identity i join connection c on c.id = i.connection_id
    where i.global_user_id = ${person.globalUserId} and i.connection_id in (${connectionsOf(request.target_id)})
    order by c.connection_key`.execute(db);
  return {
    person: {
      id: person.userId,
      iamId: person.iamId,
      globalUserId: person.globalUserId,
      username: person.username,
      name: person.name,
      email: person.email,
    },
    status: person.status,
    groups: person.groups.map((g) => g.name),
    attributes: attributesOf(person),
    accessInDomain: rows.map(({ id, name, since, until }) => ({
      id,
      name,
      since: since.toISOString(),
      until: until?.toISOString() ?? null,
    })),
    identities: identities.rows,
  };
}

/** Ids of the connections that a target lies on. */
export const connectionsOf = (targetId: string) => sql`
  select s.connection_id from data_source s join data_product_source x on x.data_source_id = s.id where x.data_product_id = ${targetId}
  union select o.connection_id from data_object o where o.id = ${targetId}`;

/** In each of the beneficiary's groups, how many of its people have the target. */
export async function describePeers(db: Reader, request: LoadedRequest): Promise<Evidence['peers']> {
  const { rows } = await sql<Evidence['peers'][number]>`
    select g.name as "group", count(*)::int as total, count(*) filter (where exists (
      select from access_request r where r.beneficiary = m.global_user_id and r.target_id = ${request.target_id}
        and r.type = ${request.type} and r.status = 'APPROVED' and (r.expiration is null or r.expiration > now())))::int as having
    from group_member mine join user_group g on g.id = mine.group_id join group_member m on m.group_id = g.id
    where mine.global_user_id = ${request.beneficiary.globalUserId} and m.global_user_id <> mine.global_user_id
    group by g.id, g.name order by g.name limit 50`.execute(db);
  return rows;
}
