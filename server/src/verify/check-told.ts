import type { Tx } from '../db/pool.ts';
import type { Checked } from './finding.ts';
import { askRows } from './rows.ts';

const isTold = `not exists (select from event_pending p where p.sequence = e.sequence)`;
/** As long as what was delivered is kept, and since the webhook was last changed: what it was told before, nobody knows any more. */
const recent = `e.created_at > now() - interval '29 days'`;
/** 24 hours; and as `now()` is when this look began, what was put off during it has a minute more. */
const longestDeliveryWait = `interval '24 hours 1 minute'`;
/** A day until a digest or the next attempt, quiet hours of nearly another, and the hour by which a clock is put back. */
const longestMessageWait = `interval '49 hours'`;
const nobodyYet = (what: string) => ({
  direction: 'missing' as const,
  expected: 'whoever is to be told of an event is told within the time to settle',
  where: 'event_pending',
  next: 'Look at the log: telling of it fails, or no replica tells.',
  query: `select 'event ' || e.sequence as subject, coalesce('telling fails: ' || p.failure, 'nobody was told of ${what} yet') as found,
      e.created_at as since, e.request_id as request
    from event_pending p join event e on e.sequence = p.sequence where e.created_at < now() - interval '5 seconds'`,
});

/** I7: every event has a delivery for each webhook that asked for it, and each delivery is where it says. */
export const checkDeliveries = (tx: Tx): Promise<Checked> =>
  askRows(tx, 'I7', {
    rows: `select count(*)::int as n from webhook_delivery`,
    questions: [
      nobodyYet('it'),
      {
        direction: 'missing',
        expected: 'a webhook that is on has a delivery of every event that it asked for',
        where: 'webhook_delivery',
        next: 'Send the state to the receiver by hand; no way of the product leaves one out.',
        query: `select 'event ' || e.sequence || ' to webhook ' || w.id as subject, 'no delivery of ' || e.type as found, e.created_at as since,
            e.request_id as request
          from webhook w join event e on e.created_at > greatest(w.created_at, w.updated_at) and ${recent}
            and (cardinality(w.event_types) = 0 or e.type = any(w.event_types))
          where w.enabled and w.suppressed_at is null and ${isTold}
            and not exists (select from webhook_delivery d where d.webhook_id = w.id and d.sequence = e.sequence)`,
      },
      {
        direction: 'wrong',
        expected: 'a delivery is done, dead with a reason, or tried again within 24 hours',
        where: 'webhook_delivery',
        next: 'Open the webhook and send it again.',
        query: `select 'delivery ' || d.id as subject, case d.state when 'DEAD' then 'it is dead without a reason' when 'DELIVERED' then
              'it counts as delivered without a time' else 'it is ' || d.state || ' and due ' || d.due_at end as found,
            d.created_at as since, null::text as request
          from webhook_delivery d join webhook w on w.id = d.webhook_id
          where (d.state = 'DEAD' and coalesce(d.dead_why, '') = '') or (d.state = 'DELIVERED' and d.delivered_at is null)
            or (d.state in ('PENDING', 'RETRYING') and (d.due_at > now() + ${longestDeliveryWait}
              or (w.enabled and w.suppressed_at is null and d.due_at < now() - interval '24 hours')))`,
      },
    ],
  });

/** Who is told of the last word on a request, of its end: the rows that nothing but being disabled excuses. */
const owed = (type: string, who: string) => `
  select e.sequence, e.id, e.created_at, e.request_id, u.global_user_id, u.name, r.requesting_user, '${type}' as type
  from event e join access_request r on r.id = e.request_id join app_user u on u.global_user_id = r.${who}
  where e.type like '%.access_requests.${type}' and ${recent} and ${isTold} and u.status = 'active' and u.updated_at < e.created_at
    and e.created_at > (select min(applied_at) from stoa_migration where name like '0032%')
    and (('${type}' = 'consumer.updated') or e.actor_id is null or not exists (select from app_user a
      where a.global_user_id::text = e.actor_id and (a.person_id = u.person_id or a.person_since > e.created_at)))`;

/** I8: who is to be told has one row in their inbox, and each message outside is where it says. */
export const checkMessages = (tx: Tx): Promise<Checked> =>
  askRows(tx, 'I8', {
    rows: `select ((select count(*) from inbox_message) + (select count(*) from message_delivery))::int as n`,
    questions: [
      {
        direction: 'missing',
        expected: 'whoever asked hears the decision, and who had the access hears of its end',
        where: 'inbox_message',
        next: 'Tell them; no way of the product leaves one out.',
        query: `select o.name || ' of event ' || o.sequence as subject, 'no message in the inbox of ' || o.type as found, o.created_at as since,
            o.request_id as request
          from (${owed('consumer.updated', 'requesting_user')} union all ${owed('revoked', 'beneficiary')} union all ${owed('expired', 'beneficiary')}) o
          where not exists (select from inbox_message m where m.event_id = o.id and m.global_user_id = o.global_user_id)`,
      },
      {
        direction: 'extra',
        expected: 'a person is told of an event once',
        where: 'inbox_message',
        next: 'Remove all but one; no way of the product makes this.',
        query: `select 'event ' || event_id as subject, count(*) || ' messages to one person' as found, min(created_at) as since, min(request_id) as request
          from inbox_message where event_id is not null group by event_id, global_user_id having count(*) > 1`,
      },
      {
        direction: 'wrong',
        expected:
          'a message outside is sent, dead with a reason, or tried again within a day and the quiet hours after it',
        where: 'message_delivery',
        next: 'Open Notification channels and send it again.',
        query: `select 'message ' || d.id as subject, case d.state when 'SENT' then 'it counts as sent without a time' when 'DEAD' then
              'it is dead without a reason' else 'it is ' || d.state || ' and due ' || coalesce(d.next_attempt_at::text, 'never') end as found,
            d.created_at as since, null::text as request
          from message_delivery d where (d.state = 'SENT' and d.sent_at is null) or (d.state = 'DEAD' and coalesce(d.last_error, '') = '')
            or (d.state in ('PENDING', 'RETRYING') and (d.next_attempt_at is null or d.next_attempt_at > now() + ${longestMessageWait}))`,
      },
    ],
  });
