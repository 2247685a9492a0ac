import type { AccessGap, AccessRow } from '@stoa/contract/report';
import type { ObjectProvisioningState } from '@stoa/contract/enums';
import { stateAt } from '@stoa/core/provisioning/state-at';
import { type RawBuilder, sql } from 'kysely';
import type { Reader } from '../../db/pool.ts';
import { Refusal } from '../../http/refusal.ts';
import { assetsOver } from '../../provisioning/sources-of-target.ts';

type Moment = { readonly sourceId: number; readonly at: string };

/** What was on record of one row's approval at the moment asked about. */
export type PastFacts = {
  is_held: boolean | null;
  is_enabled: boolean;
  login_then: string | null;
  recorded: ObjectProvisioningState | null;
  recorded_at: Date | null;
};

const heldAt = (at: string): RawBuilder<boolean> => sql<boolean>`(r.ended_at is null or r.ended_at > ${at}::timestamptz)
  and (r.expiration is null or r.expiration > ${at}::timestamptz)`;

/**
 * Pairs of the data source and an approval that gave it at the moment: it held, or had ended while the platform was known to have it
 * still. What ended is judged no more once its removal is recorded, so the last removal on record is the one after the end.
 */
export const gaveAt = ({ sourceId, at }: Moment): RawBuilder<unknown> => sql`
  select r.id as request_id, own.id as data_source_id
  from data_source own join access_request r on r.type = 'DATA_ACCESS' and r.status in ('APPROVED', 'REVOKED', 'EXPIRED')
      -- As an array, so that few targets are looked up however many requests there are.
      and r.decided_at <= ${at}::timestamptz and r.target_id = any(array(
        select p.data_product_id from data_product_source p where p.data_source_id = ${sourceId} and p.added_at <= ${at}::timestamptz
        union all (${productsThatListed({ sourceId, at })})
        union all (${assetsOver(sql`(select data_object_id from data_source where id = ${sourceId})`)})))
    left join lateral (select * from membership_status its where its.access_request_id = r.id and its.connection_id = own.connection_id offset 0) m on true
  where own.id = ${sourceId} and own.created_at <= ${at}::timestamptz
    and (${heldAt(at)} or (m.active_at <= ${at}::timestamptz and (m.removed_at is null or m.removed_at > ${at}::timestamptz)))`;

/** Products that listed the source at the moment and took it out later: of all later changes that name it, the first took it out. */
const productsThatListed = ({ sourceId, at }: Moment): RawBuilder<unknown> => sql`
  select first.id from (
    select distinct on (e.targets -> 0 ->> 'id') (e.targets -> 0 ->> 'id')::uuid as id, e.payload -> 'removed' @> to_jsonb(${sourceId}::int) as took_out
    from audit_event e
    where e.action = 'DataSourcesUpdated' and e.event_timestamp > ${at}::timestamptz
      and (e.payload -> 'removed' @> to_jsonb(${sourceId}::int) or e.payload -> 'added' @> to_jsonb(${sourceId}::int))
    order by e.targets -> 0 ->> 'id', e.sequence) first
  where first.took_out`;

/** Events of one target. The offset keeps the planner from walking the whole audit backwards for the last of them. */
export const eventsAbout = (target: RawBuilder<unknown>, at: string): RawBuilder<unknown> => sql`(
  select * from (select * from audit_event about where about.targets @> jsonb_build_array(jsonb_build_object('id', ${target})) offset 0) of_target
  where of_target.event_timestamp <= ${at}::timestamptz)`;

/**
 * What was on record of the approvals among `shown`: the audit tells every change of state that a platform's answer made, the login
 * with it. What it does not tell is told by the first proof and the last removal, which the membership keeps.
 */
export const pastFacts =
  ({ sourceId, at }: Moment) =>
  (shown: RawBuilder<unknown>): RawBuilder<unknown> =>
    sql`
    select way.*, ${heldAt(at)} as is_held, coalesce(said.login, m.principal, way.account) as login_then,
      coalesce((select switched.action = 'DataSourceEnabled' from ${eventsAbout(sql`${String(sourceId)}::text`, at)} switched
        where switched.target_type = 'DATA_SOURCE' and switched.action in ('DataSourceEnabled', 'DataSourceDisabled')
        order by switched.sequence desc limit 1), true) as is_enabled,
      case when m.removed_at <= ${at}::timestamptz then 'REMOVED' when said.state is not null then said.state
        when m.active_at <= ${at}::timestamptz then 'ACTIVE' end as recorded,
      case when m.removed_at <= ${at}::timestamptz and said.state is distinct from 'REMOVED' then m.removed_at
        when said.state is not null then said.at when m.active_at <= ${at}::timestamptz then m.active_at end as recorded_at
    from ${shown} way
      left join access_request r on r.id = way.request_id
      left join membership_status m on m.access_request_id = way.request_id and m.connection_id = way.connection_id
      left join lateral (
        select last.at, substring(last.told from ': ([A-Z_]+)$') as state, nullif(regexp_replace(last.told, ': [A-Z_]+$', ''), 'nobody') as login
        from (
          select e.event_timestamp as at,
            jsonb_path_query_first(e.targets, '$[*] ? (@.id == $id)', jsonb_build_object('id', way.request_id)) ->> 'name' as told
          from ${eventsAbout(sql`way.request_id`, at)} e
          where e.action in ('ProvisioningVerified', 'ProvisioningFailed', 'ProvisioningHeldBack')
            and e.related_resources @> jsonb_build_array(jsonb_build_object('id', way.connection_id))
          order by e.sequence desc limit 1) last) said on way.request_id is not null`;

/** What a row says otherwise when it speaks of an earlier moment. */
export function tellPast(
  row: PastFacts & { cause: AccessRow['cause']; awaits_acceptance: boolean; since: Date | null },
): Pick<AccessRow, 'evidence' | 'state' | 'verifiedAt'> & Partial<Pick<AccessRow, 'account'>> {
  if (row.cause !== 'REQUEST') {
    const isOpen = row.is_enabled || row.cause === 'PLATFORM';
    return {
      evidence: row.cause === 'POLICY' ? 'INFERRED' : 'FOUND',
      state: isOpen ? 'ACTIVE' : 'PREVENTED',
      verifiedAt: row.since?.toISOString() ?? null,
    };
  }
  const { state, evidence } = stateAt({
    isHeld: row.is_held === true,
    awaitsAcceptance: row.awaits_acceptance,
    recorded: row.recorded,
    isEnabled: row.is_enabled,
  });
  const verifiedAt = evidence === 'PROVED' ? (row.recorded_at?.toISOString() ?? null) : null;
  return { evidence, state, verifiedAt, account: row.login_then };
}

/** Goes on when the moment has come, by the database's clock. */
export async function requirePast(db: Reader, at: string): Promise<void> {
  const { rows } = await sql<{ is_ahead: boolean }>`select ${at}::timestamptz > now() as is_ahead`.execute(db);
  if (rows[0]?.is_ahead !== false) throw new Refusal('report.at_in_future');
}

/** What an answer about the moment cannot know. */
export async function gapsAt(db: Reader, { sourceId, at }: Moment): Promise<AccessGap[]> {
  const { rows } = await sql<{ is_before: boolean; grants: boolean; guardrails: boolean }>`
    select created_at > ${at}::timestamptz as is_before, exists (select from policy where kind = 'grant' and not protected) as grants,
      exists (select from policy where kind = 'guardrail' and not protected) as guardrails
    from data_source where id = ${sourceId}`.execute(db);
  const row = rows[0];
  if (row === undefined || row.is_before) return ['BEFORE_SOURCE'];
  return [
    'TABLE',
    ...(row.grants ? ['POLICIES' as const] : []),
    ...(row.guardrails ? ['GUARDRAILS' as const] : []),
    'PAST_STOA',
  ];
}
