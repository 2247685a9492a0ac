import { sql } from 'kysely';
import type { Tx } from '../db/pool.ts';
import type { Checked, Finding } from './finding.ts';
import { askRows, type Question } from './rows.ts';
import type { StoredAsk } from './stored-checks.ts';

const asSupport = 'Tell whoever runs the database, and compare it with a backup: no way of the product makes this.';
/** What is told is kept for 400 days, and since this version of the schema. */
const toldSince = `(select greatest(now() - interval '399 days', (select min(applied_at) from stoa_migration where name like '0030%')))`;

const lost: readonly Question[] = [
  {
    direction: 'wrong',
    expected: 'a determination has one audit event',
    where: 'audit_event',
    next: asSupport,
    query: `select 'determination ' || d.id as subject, coalesce(a.n, 0) || ' audit events' as found, d.created_at as since, d.access_request_id as request
      from determination d left join (select payload ->> 'determinationId' as id, count(*) as n from audit_event
        where action = 'ApprovalRecordDecided' and payload ? 'determinationId' group by 1) a on a.id = d.id
      where d.action_by is not null and coalesce(a.n, 0) <> 1`,
  },
  {
    direction: 'wrong',
    expected: 'the audit event of a determination says whether it was made in bulk, and with which others',
    where: 'determination',
    next: asSupport,
    query: `select 'determination ' || d.id as subject, 'in bulk: ' || coalesce(d.bulk_id::text, 'no') || ', the audit event says '
        || coalesce(a.payload -> 'bulk' ->> 'id', 'no') as found, d.created_at as since, d.access_request_id as request
      from determination d join audit_event a on a.payload ->> 'determinationId' = d.id and a.action = 'ApprovalRecordDecided'
      where a.payload -> 'bulk' ->> 'id' is distinct from d.bulk_id::text`,
  },
  {
    direction: 'missing',
    expected: 'a determination that the audit trail tells of is there',
    where: 'determination',
    next: asSupport,
    query: `select 'determination ' || (a.payload ->> 'determinationId') as subject, 'no such determination' as found, a.event_timestamp as since,
        a.targets -> 0 ->> 'id' as request
      from audit_event a where a.action = 'ApprovalRecordDecided' and a.payload ? 'determinationId'
        and not exists (select from determination d where d.id = a.payload ->> 'determinationId')`,
  },
  {
    direction: 'wrong',
    expected: 'a determination is told of once, and once more when it ends the waiting',
    where: 'event',
    next: asSupport,
    query: `select 'determination ' || d.id as subject, coalesce(e.each, 0) || ' events of it, ' || coalesce(e.final, 0) || ' of its request' as found,
        d.created_at as since, d.access_request_id as request
      from determination d left join (select data ->> 'determinationId' as id,
          count(*) filter (where type like '%.data_steward.updated') as each, count(*) filter (where type like '%.consumer.updated') as final
        from event where data ? 'determinationId' group by 1) e on e.id = d.id
      where d.action_by is not null and d.created_at > ${toldSince}
        and (coalesce(e.each, 0) <> 1 or coalesce(e.final, 0) <> d.is_final::int)`,
  },
  {
    direction: 'missing',
    expected: 'a request that was decided has its final determination',
    where: 'determination',
    next: asSupport,
    query: `select 'request ' || r.id as subject, 'it is ' || r.status || ' and nobody decided it' as found, r.decided_at as since, r.id as request
      from access_request r where r.status in ('APPROVED', 'DENIED', 'EXPIRED', 'REVOKED')
        and not exists (select from determination d where d.access_request_id = r.id and d.is_final)`,
  },
  {
    direction: 'missing',
    expected: 'what was approved has been brought to its platforms, or waits to be',
    where: 'provisioning_key',
    next: 'Open the connection and press Reconcile now: a run over all of it brings it there.',
    query: `select 'request ' || r.id as subject, 'no run has recorded it on ' || k.connection_key || ', and none is asked to' as found,
        r.decided_at as since, r.id as request
      from access_request r join container c on c.target_id = r.target_id join connection k on k.id = c.connection_id
        join app_user u on u.global_user_id = r.beneficiary left join data_product p on p.id = r.data_product_id
      where r.status = 'APPROVED' and r.type = 'DATA_ACCESS' and not r.awaits_acceptance and u.status = 'active'
        and coalesce(not p.suspended and p.deleted_at is null, true) and k.state in ('active', 'error')
        and not exists (select from membership_status m where m.access_request_id = r.id and m.connection_id = c.connection_id)
        and not exists (select from provisioning_key w where w.connection_id = c.connection_id and coalesce(w.target_id = r.target_id, true)
          and coalesce(w.global_user_id = r.beneficiary, true))`,
  },
];

/** I4. With a journal also what callers were told: each acknowledged id has to be there. */
export async function checkNothingLost(tx: Tx, { journal }: StoredAsk): Promise<Checked> {
  const checked = await askRows(tx, 'I4', { rows: 'select count(*)::int as n from determination', questions: lost });
  if (journal === undefined)
    return {
      ...checked,
      notes: [...checked.notes, 'what callers were told is compared where --journal names a file of it'],
    };
  const ids = [...new Set(journal.split('\n').flatMap(idOfLine))];
  const { rows } = await sql<{ id: string }>`
    select j.id from unnest(${ids}::text[]) j (id) where not exists (
      select from determination d where d.id = j.id or d.access_request_id = j.id or j.id = any(d.record_ids))`.execute(
    tx,
  );
  const findings = rows.map(
    ({ id }): Finding => ({
      invariant: 'I4',
      direction: 'missing',
      subject: `acknowledged ${id}`,
      expected: 'what a caller was told was decided is a determination',
      found: 'there is no determination of it',
      where: 'determination',
      since: null,
      next: asSupport,
    }),
  );
  return { ...checked, rows: checked.rows + ids.length, findings: [...checked.findings, ...findings] };
}

/** A line is an id, or an object that names one: of a determination, a request, or an approval record. */
function idOfLine(line: string): string[] {
  const text = line.trim();
  if (text === '') return [];
  if (!text.startsWith('{')) return [text];
  const { determinationId, requestId, recordId, id } = JSON.parse(text) as Record<string, unknown>;
  const found = determinationId ?? requestId ?? recordId ?? id;
  return typeof found === 'string' ? [found] : [];
}

/** I6. Indexes forbid most of it; what counts is that it is so. */
export const checkOnce = (tx: Tx): Promise<Checked> =>
  askRows(tx, 'I6', {
    rows: 'select count(*)::int as n from access_request',
    questions: [
      {
        direction: 'extra',
        expected: 'a request has at most one final determination',
        where: 'determination',
        next: asSupport,
        query: `select 'request ' || access_request_id as subject, count(*) || ' final determinations' as found, min(created_at) as since,
            access_request_id as request from determination where is_final group by access_request_id having count(*) > 1`,
      },
      {
        direction: 'extra',
        expected: 'a request has at most one membership on a connection',
        where: 'membership_status',
        next: asSupport,
        query: `select 'request ' || access_request_id as subject, count(*) || ' memberships' as found, min(active_at) as since,
            access_request_id as request from membership_status group by access_request_id, connection_id having count(*) > 1`,
      },
      {
        direction: 'extra',
        expected: 'somebody waits at most once for the same thing',
        where: 'access_request',
        next: asSupport,
        query: `select 'user ' || beneficiary as subject, count(*) || ' requests for ' || target_id || ' wait' as found, min(created_at) as since,
            min(id) as request from access_request where status = 'PENDING' group by beneficiary, target_id, type having count(*) > 1`,
      },
      {
        direction: 'wrong',
        expected: 'a membership is of the person and the target of its request',
        where: 'membership_status',
        next: asSupport,
        query: `select 'request ' || r.id as subject, 'a membership of somebody or something else' as found, m.active_at as since, r.id as request
          from membership_status m join access_request r on r.id = m.access_request_id
          where m.target_id <> r.target_id or m.global_user_id <> r.beneficiary`,
      },
    ],
  });

/** Who decides for themself does so in person, by a token, or by another login of the same person. */
const ownDecision = `from determination d join access_request r on r.id = d.access_request_id join app_user a on a.global_user_id = d.action_by
  join app_user q on q.global_user_id = r.requesting_user join app_user b on b.global_user_id = r.beneficiary`;
/** The rule as it stands now says nothing of what was decided before it was last changed. */
const sinceRules = `d.created_at > coalesce((select updated_at from setting where name = 'application'), '-infinity')`;
/** Which person each login is of, and was of before. */
const persons = `(select global_user_id, person_id, person_since as since, null::timestamptz as until from app_user
  union all select global_user_id, person_id, since, until from former_person)`;
/** A minute is left to decisions that were on their way while logins were joined or parted. */
const heldAt = (at: string, since: string, until: string): string =>
  `${at} > coalesce(${since} + interval '1 minute', '-infinity') and ${at} < coalesce(${until} - interval '1 minute', 'infinity')`;
/**
 * Whether two logins were one person when it was decided: who was joined to another since then decided as somebody else, and who was
 * parted since then as the same.
 */
const wereOne = (a: string, b: string, at: string): string =>
  `(${a}.global_user_id = ${b}.global_user_id or exists (select from ${persons} one join ${persons} other on other.person_id = one.person_id
    where one.global_user_id = ${a}.global_user_id and other.global_user_id = ${b}.global_user_id
      and ${heldAt(at, 'greatest(one.since, other.since)', 'least(one.until, other.until)')}))`;
/** Given by the same person, by whichever login, after the request `q` was made and before the decision `d`. */
const ownGift = (by: string, at: string): string =>
  `${at} >= q.created_at and coalesce((select ${wereOne('g', 'a', 'd.created_at')} from app_user g where g.global_user_id = ${by}), false)`;
/** Whether all ways by which the deciding login holds a criterion, one row each, are gifts of their own. No way: nobody knows. */
const allOwn = (ways: string): string => `coalesce((select bool_and(is_own) from (${ways}) way), false)`;
/** The groups of the deciding login, for what comes with one: whoever joined by their own hand gave themself that as well. */
const joined = (group: string, more = ''): string => `select from group_member m
  where m.group_id::text = ${group} and m.global_user_id = d.action_by and m.added_at <= d.created_at ${more}`;
const ownWay = (by: string, at: string, group: string): string =>
  `${ownGift(by, at)} or exists (${joined(group, `and ${ownGift('m.added_by', 'm.added_at')}`)})`;
const heldInDomain = (
  domain: string,
): string => `select ${ownWay('x.granted_by', 'x.granted_at', 'x.group_id::text')} as is_own from domain_permission x
  where x.permission = c ->> 'permission' and x.domain_id::text = ${domain} and x.granted_at <= d.created_at
    and (x.user_id = d.action_by or exists (${joined('x.group_id::text')}))`;
const isOwnCriterion = `case c ->> 'type'
  when 'GROUP' then ${allOwn(`select ${ownGift('m.added_by', 'm.added_at')} as is_own from group_member m join user_group g on g.id = m.group_id
    where m.global_user_id = d.action_by and m.added_at <= d.created_at
      and case when c ? 'id' then g.id::text = c ->> 'id' else g.name = c ->> 'name' end`)}
  when 'ATTRIBUTE' then ${allOwn(`select ${ownWay('v.added_by', 'v.added_at', `case v.principal_type when 'group' then v.principal_id end`)} as is_own
    from attribute v where v.name = c ->> 'key' and v.value = c ->> 'value' and v.added_at <= d.created_at
      and case v.principal_type when 'user' then v.principal_id = d.action_by::text else exists (${joined('v.principal_id')}) end`)}
  when 'PERMISSION' then ${allOwn(`select ${ownGift('p.granted_by', 'p.granted_at')} as is_own from global_permission p
    where p.global_user_id = d.action_by and p.granted_at <= d.created_at and p.permission = c ->> 'permission'`)}
  when 'DOMAIN PERMISSION' then case when c ? 'domainId' then ${allOwn(heldInDomain(`c ->> 'domainId'`))}
    else exists (select from (
        select t.domain_id::text as id from data_product_domain t where t.data_product_id = q.data_product_id
        union select y.domain_id::text from domain_data_source y join data_source s on s.id = y.data_source_id
          where s.data_object_id = q.asset_id) t
      where ${allOwn(heldInDomain('t.id'))}) end
  else false end`;

const separation: readonly Question[] = [
  {
    direction: 'wrong',
    expected: 'neither who asks nor who gets the access decides',
    where: 'determination',
    next: 'Have somebody else look at the decision; revoke it if it does not stand.',
    query: `select 'determination ' || d.id as subject, a.name || ' decided a request of their own' as found, d.created_at as since,
        d.access_request_id as request
      ${ownDecision} where ${sinceRules} and (${wereOne('a', 'q', 'd.created_at')} or ${wereOne('a', 'b', 'd.created_at')})`,
  },
  {
    direction: 'wrong',
    expected: 'nobody decides by nothing but what they gave to themself after the request was made',
    where: 'determination',
    next: 'Have somebody else look at the decision; revoke it if it does not stand.',
    query: `select 'determination ' || d.id as subject, a.name || ' decided by a ' || by.kinds || ' of their own giving' as found,
        d.created_at as since, d.access_request_id as request
      from determination d join access_request q on q.id = d.access_request_id join app_user a on a.global_user_id = d.action_by
        join approval_record r on r.id = any(d.record_ids) and r.action_by = d.action_by
        cross join lateral (select string_agg(distinct lower(c ->> 'type'), ' and a ') as kinds, bool_and(${isOwnCriterion}) as is_own
          from jsonb_array_elements(coalesce(r.criteria_met, '[]')) c) by
      where ${sinceRules} and by.is_own`,
  },
];
const distinct: Question = {
  direction: 'wrong',
  expected: 'one person fills at most one condition of a request',
  where: 'approval_record',
  next: 'Have somebody else look at the decision; revoke it if it does not stand.',
  query: `select 'request ' || r.access_request_id as subject, count(*) || ' conditions were filled by ' || min(a.name) as found,
      min(r.updated_at) as since, r.access_request_id as request
    from approval_record r join app_user a on a.global_user_id = r.action_by join ${persons} p on p.global_user_id = a.global_user_id
    where r.status = 'APPROVED' and r.left_behind_at is null
      and r.updated_at > coalesce((select updated_at from setting where name = 'application'), '-infinity')
      and ${heldAt('r.updated_at', 'p.since', 'p.until')}
    group by r.access_request_id, p.person_id having count(*) > 1`,
};

/** I10, as far as the rules are in force. */
export async function checkSeparation(tx: Tx): Promise<Checked> {
  const { rows } = await sql<{ four: boolean; distinct: boolean }>`
    select coalesce((value ->> 'fourEyes')::boolean, true) as four, coalesce((value ->> 'distinctReviewers')::boolean, false) as "distinct"
    from (select 1) one left join setting on name = 'application'`.execute(tx);
  const rules = rows[0] ?? { four: true, distinct: false };
  const checked = await askRows(tx, 'I10', {
    rows: 'select count(*)::int as n from determination where action_by is not null',
    questions: [...(rules.four ? separation : []), ...(rules.distinct ? [distinct] : [])],
  });
  return rules.four ? checked : { ...checked, notes: [...checked.notes, 'four eyes are switched off'] };
}
