import { createHash } from 'node:crypto';
import { ConnectorError } from '@stoa/connectors/connector';
import type { RequestType, Technology } from '@stoa/contract/enums';
import type { PlanConnection, PlanPreview } from '@stoa/contract/plan';
import { compileAccess } from '@stoa/core/access/compile';
import type { AccessFacts, DesiredAccess, Scope } from '@stoa/core/access/model';
import { diff } from '@stoa/core/provisioning/diff';
import { observeScope } from '@stoa/core/provisioning/observed';
import type { Blocked, Step } from '@stoa/core/provisioning/plan';
import { type RawBuilder, sql } from 'kysely';
import type { Reader } from '../db/pool.ts';
import type { Deps } from '../deps.ts';
import { exceptionFacts, type Planned, planException, sourcesOfException } from './exception-plan.ts';
import { failureWords } from './failure-words.ts';
import { loadPushableFacts } from './load-pushable-facts.ts';
import { sourcesOf } from './sources-of-target.ts';

type Asked = { target_id: string; beneficiary: string; status: string; type: RequestType };
type Place = { id: string; connection_key: string; technology: Technology };

/**
 * What the statements of an approval depend on, as one digest: the beneficiary's principal, and each container with its
 * objects as they were last recorded. It needs no network, so that a determination can hold it against the plan its steward
 * saw inside the transaction; other people's approvals of the same product do not move it. Of a masking exception, which enters
 * nobody into a container, they are the keys of its columns.
 */
export async function planHashOf(db: Reader, { id, type }: { id: string; type: RequestType }): Promise<string> {
  const facts = type === 'MASKING_EXCEPTION' ? await exceptionFacts(db, id) : await accessFacts(db, id);
  return createHash('sha256').update(JSON.stringify(facts)).digest('base64url');
}

async function accessFacts(db: Reader, requestId: string): Promise<unknown> {
  const { rows } = await sql<{ facts: unknown }>`
    select json_build_array(r.target_id, r.beneficiary, u.status, p.suspended, p.deleted_at is not null,
      (select json_agg(json_build_array(k.connection_id, k.number, k.native_id, i.external_name, i.platform_principal_id, i.state,
         (select json_agg(json_build_array(w.part, w.key) order by w.part) from container_part w
          where w.connection_id = k.connection_id and w.target_id = k.target_id),
         (select md5(string_agg(s.id || ':' || coalesce(o.platform_id, '') || ':' || o.object_path::text || ':' || s.enabled || ':'
            || (o.hold is null) || ':' || (o.missing_since is null) || ':' || coalesce(x.state, ''), ',' order by s.id))
          from (${sourcesOf(sql`r.target_id`)}) l
            join data_source s on s.id = l.id join data_object o on o.id = s.data_object_id
            left join container_object x on x.connection_id = s.connection_id and x.target_id = r.target_id and x.data_source_id = s.id
          where s.connection_id = k.connection_id)) order by k.connection_id)
       from container k left join platform_identity i on i.connection_id = k.connection_id and i.global_user_id = r.beneficiary
       where k.target_id = r.target_id)) as facts
    from access_request r join app_user u on u.global_user_id = r.beneficiary left join data_product p on p.id = r.data_product_id
    where r.id = ${requestId}`.execute(db);
  return rows[0]?.facts ?? null;
}

/** Steps 7 to 10 of the road and the pure statements of 11, for a request as if it were approved now; changes no access. */
export async function previewPlan(deps: Deps, requestId: string): Promise<PlanPreview> {
  const { rows: requests } =
    await sql<Asked>`select target_id, beneficiary, status, type from access_request where id = ${requestId}`.execute(
      deps.db,
    );
  const asked = requests[0];
  const request = { id: requestId, type: asked?.type ?? 'DATA_ACCESS' };
  if (!asked) return { planHash: await planHashOf(deps.db, request), empty: true, connections: [] };
  const about = { requestId, asked };
  const { rows: places } = await sql<Place>`
    select c.id, c.connection_key, c.technology from container k join connection c on c.id = k.connection_id
    where k.target_id = ${asked.target_id} and ${isConcerned(about)} order by c.connection_key`.execute(deps.db);
  const plan = () => Promise.all(places.map((place) => previewPlace(deps, place, about)));
  let before = await planHashOf(deps.db, request);
  let connections = await plan();
  const planHash = await planHashOf(deps.db, request);
  // Looking the person up, or a reconcile in between, moved the facts: the statements shown must be those of the hash.
  if (before !== planHash) {
    before = planHash;
    connections = await plan();
  }
  return {
    planHash: before,
    empty: connections.every((connection) => connection.statements.length === 0),
    connections,
  };
}

type About = { requestId: string; asked: Asked };

/** An exception is about the connections of its columns alone, and one that is decided about none any more. */
const isConcerned = ({ requestId, asked }: About): RawBuilder<boolean> =>
  asked.type === 'DATA_ACCESS'
    ? sql<boolean>`true`
    : sql<boolean>`${asked.status === 'PENDING'} and c.id in (
        select s.connection_id from data_source s where s.id in (${sourcesOfException(requestId)}))`;

async function previewPlace(deps: Deps, place: Place, about: About): Promise<PlanConnection> {
  const base = { connectionKey: place.connection_key, technology: place.technology };
  const objects = await objectPathsOf(deps.db, place.id, about);
  try {
    const planned = await planPlace(deps, place, about);
    return {
      ...base,
      statements: planned.statements,
      objects: objects.length,
      principals: planned.names.length,
      objectPaths: objects.slice(0, 200),
      principalNames: planned.names,
      ...(planned.blocked.length > 0 ? { blocked: planned.blocked } : {}),
      observedAt: new Date(planned.now).toISOString(),
    };
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    const blocked = [
      {
        object: place.connection_key,
        reason: `The platform cannot be asked now: ${failureWords(error.failure)}`,
      },
    ];
    return {
      ...base,
      statements: [],
      objects: objects.length,
      principals: 0,
      objectPaths: objects.slice(0, 200),
      blocked,
    };
  }
}

/** By the code that will run: an exception is what a platform knows of a reader, access is a membership. */
async function planPlace(deps: Deps, place: Place, about: About): Promise<Planned> {
  const { requestId, asked } = about;
  const { beneficiary, target_id: targetId } = asked;
  if (asked.type === 'MASKING_EXCEPTION') return planException(deps, place, { requestId, beneficiary });
  return planScope(deps, { place, about, scope: { kind: 'keys', keys: [{ targetId, globalUserId: beneficiary }] } });
}

const principalsOf = (step: Step): string[] =>
  step.kind === 'add-members' || step.kind === 'end-members' ? step.members.map((m) => m.name) : [];

async function planScope(
  deps: Deps,
  { place, about, scope }: { place: Place; about: About; scope: Scope },
): Promise<Planned> {
  const session = await deps.platforms.session(place.id);
  const { facts } = await loadPushableFacts(
    deps,
    { connectionId: place.id, installationId: deps.installationId, scope },
    [about.asked.beneficiary],
  );
  const desired = compileAccess(asIfApproved(facts, about));
  const observed = await session.observe(observeScope(desired));
  const plan = diff(desired, observed);
  if (plan.widen.length > 0 && scope.kind === 'keys') {
    // The pair stays in it: nobody has approved this person yet, and so the whole target would not look them up.
    return planScope(deps, {
      place,
      about,
      scope: { kind: 'keys', keys: [{ targetId: about.asked.target_id }, ...scope.keys] },
    });
  }
  return {
    statements: session.statements(plan, observed).map((statement) => statement.sql),
    names: [...new Set(plan.steps.flatMap(principalsOf))],
    blocked: [
      ...plan.blocked.map((b) => ({ object: b.objectId ?? b.principalId ?? roleOf(desired, b), reason: b.reason })),
      ...desired.awaiting
        .filter((a) => a.requestId === about.requestId)
        .map((a) => ({ object: a.externalName ?? '', reason: a.reason })),
      ...(desired.prevented.get(about.requestId)?.guardrails ?? []).map(({ name }) => ({
        object: name,
        reason: `guardrail.unmet: ${name}`,
      })),
    ],
    now: facts.now,
  };
}

/** What is in the way of a container is told by the role that it would be. */
const roleOf = ({ containers }: DesiredAccess, { targetId }: Blocked): string =>
  containers.find((container) => container.targetId === targetId)?.name ?? targetId;

/** The facts with this one request approved, for ever: when it ends bears on no statement of today. */
function asIfApproved(facts: AccessFacts, { requestId, asked }: About): AccessFacts {
  const { target_id: targetId, beneficiary: globalUserId } = asked;
  const approval = { requestId, targetId, globalUserId, notAfter: null, ended: false, awaitingAcceptance: false };
  return { ...facts, approvals: [...facts.approvals.filter((known) => known.requestId !== requestId), approval] };
}

async function objectPathsOf(db: Reader, connectionId: string, about: About): Promise<string[][]> {
  const { requestId, asked } = about;
  const sources = asked.type === 'MASKING_EXCEPTION' ? sourcesOfException(requestId) : sourcesOf(asked.target_id);
  const { rows } = await sql<{ object_path: string[] }>`
    select o.object_path from data_source s join data_object o on o.id = s.data_object_id
    where s.connection_id = ${connectionId} and s.enabled and o.missing_since is null
      and s.id in (${sources})
    order by o.object_path`.execute(db);
  return rows.map((row) => row.object_path);
}
