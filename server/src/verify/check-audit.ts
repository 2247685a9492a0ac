import type { Tx } from '../db/pool.ts';
import type { Checked, Finding } from './finding.ts';
import { askRows, type Question } from './rows.ts';
import type { StoredAsk } from './stored-checks.ts';

const next = 'Compare the audit trail with a backup or an export; see docs/audit.md.';
type Pair = { readonly what: string; readonly rows: string; readonly action: string; readonly eventOf: string };
/** Row and event are found by what they name: the day of the one can end before the other is written. */
const oneEach = ({ what, rows, action, eventOf }: Pair): Question => ({
  direction: 'wrong',
  expected: `a ${what} and the audit event of it are there once each`,
  where: 'audit_event',
  next,
  query: `select '${what} ' || coalesce(b.key, a.key) as subject, coalesce(b.n, 0) || ' rows, ' || coalesce(a.n, 0) || ' audit events' as found,
      coalesce(b.since, a.since) as since, coalesce(b.request, a.request) as request
    from (select key, count(*) as n, min(at) as since, min(request) as request from (${rows}) r group by key) b
      full join (select ${eventOf} as key, count(*) as n, min(event_timestamp) as since, min(targets -> 0 ->> 'id') as request from audit_event
        where action = '${action}' and action_status = 'SUCCESS' group by 1) a on a.key = b.key
    where coalesce(b.n, 0) <> coalesce(a.n, 0)`,
});

const questions: readonly Question[] = [
  oneEach({
    what: 'request',
    rows: 'select id as key, created_at as at, id as request from access_request',
    action: 'AccessRequested',
    eventOf: `targets -> 0 ->> 'id'`,
  }),
  // One that nobody made, since a flow asks nobody, is told of by its request.
  oneEach({
    what: 'determination',
    rows: `select case when action_by is null then 'of request ' || access_request_id else id end as key, created_at as at,
      access_request_id as request from determination`,
    action: 'ApprovalRecordDecided',
    eventOf: `coalesce(payload ->> 'determinationId', 'of request ' || (targets -> 0 ->> 'id'))`,
  }),
  {
    direction: 'missing',
    expected: 'the end of a request has its audit event',
    where: 'audit_event',
    next,
    query: `select 'request ' || r.id as subject, 'it is ' || r.status || ' and no audit event says so' as found, r.ended_at as since, r.id as request
      from access_request r where r.status in ('CANCELED', 'REVOKED', 'EXPIRED') and not exists (select from audit_event a
        where a.targets @> jsonb_build_array(jsonb_build_object('id', r.id)) and a.action = any(case r.status
          when 'CANCELED' then array['AccessRequestCanceled'] when 'EXPIRED' then array['AccessExpired', 'SubscriptionDeleted', 'MaskingExceptionRevoked']
          else array['SubscriptionDeleted', 'MaskingExceptionRevoked'] end))`,
  },
  {
    direction: 'missing',
    expected: 'a policy as it stands is told of by the audit trail',
    where: 'audit_event',
    next,
    query: `select 'policy ' || p.policy_key as subject, 'no audit event names it' as found, p.created_at as since, null::text as request
      from policy p where p.created_by is not null
        and not exists (select from audit_event a where a.targets @> jsonb_build_array(jsonb_build_object('id', p.id)))`,
  },
  {
    direction: 'wrong',
    expected: 'an audit event names who acted',
    where: 'audit_event',
    next,
    query: `select 'audit event ' || sequence as subject, action || ' of nobody' as found, event_timestamp as since, request_id as request
      from audit_event where coalesce(actor ->> 'type', '') = '' or coalesce(actor ->> 'id', '') = ''`,
  },
];

/** I9: the trail is whole, and every change has its event. The chain is recomputed by the verifier of the trail itself. */
export async function checkAudit(tx: Tx, { auditChain }: StoredAsk): Promise<Checked> {
  const checked = await askRows(tx, 'I9', { rows: 'select count(*)::int as n from audit_event', questions });
  if (auditChain === undefined)
    return { ...checked, notes: [...checked.notes, 'the chain was not recomputed here: stoa audit verify does'] };
  const chain = await auditChain(tx);
  const findings = chain.findings.map(
    ({ place, detail }): Finding => ({
      invariant: 'I9',
      direction: 'wrong',
      subject: place,
      expected: 'the audit chain is intact, and as its checkpoints say',
      found: detail,
      where: 'audit_seal',
      since: null,
      next: 'Run stoa audit verify for all of it; see docs/audit.md.',
    }),
  );
  return {
    ...checked,
    findings: [...checked.findings, ...findings],
    unchecked: chain.unchecked.map((why) => ({ what: 'the audit chain', why })),
    notes: [...checked.notes, ...chain.notes],
  };
}
