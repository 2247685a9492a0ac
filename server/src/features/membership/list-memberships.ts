import type { Membership, listMemberships as operation } from '@stoa/contract/membership';
import type { ObjectProvisioningState, RequestStatus, Technology } from '@stoa/contract/enums';
import type { QueryOf } from '@stoa/contract/operation';
import { offsetMetaOf } from '@stoa/contract/page';
import { type RawBuilder, sql } from 'kysely';
import { likePattern } from '../../db/like-pattern.ts';
import type { Reader } from '../../db/pool.ts';
import { type List, readPage } from '../../db/read-page.ts';
import type { Deps } from '../../deps.ts';
import { isPrevented, isProven, objectStateOf, readProvisioningSummaries } from '../../provisioning/read-status.ts';
import { sourcesOf } from '../../provisioning/sources-of-target.ts';
import { readSwitches } from '../../settings-store.ts';
import { assetName, type LoadedRequest, loadRequests, type Party } from '../access-request/load-requests.ts';
import { presentRequest } from '../access-request/present-request.ts';
import { isReadable, standingTables } from '../access-request/standing-in-sql.ts';
import type { LoadedPerson } from '../user/load-people.ts';

type Query = QueryOf<typeof operation>;
type State = NonNullable<Query['state']>[number];
/** Sources shown with each membership; the product page lists them all, and `provisioning.counts` counts them. */
const sourcesAtMost = 50;

/** What a person has, had or waits for; of other people only what the caller may read. By name of the target, newest first. */
export async function listMemberships(deps: Pick<Deps, 'db' | 'landmarks'>, actor: LoadedPerson, query: Query) {
  const user = query.user?.toLowerCase() ?? actor.globalUserId;
  const isOwn = user === actor.globalUserId;
  const tables = isOwn ? sql`` : sql`with ${standingTables(actor)}`;
  const list: List = {
    tables,
    from: sql`access_request r left join data_product p on p.id = r.data_product_id`,
    where: sql`${conditions(user, query)} ${isOwn ? sql`` : sql`and ${isReadable(actor, [])}`}`,
    order: [
      { value: sql`lower(coalesce(p.name, ${assetName}))`, type: 'text' },
      { value: sql`r.target_id`, type: 'uuid' },
      // Newest first.
      { value: sql`(- extract(epoch from r.created_at))`, type: 'numeric' },
      { value: sql`r.id`, type: 'text' },
    ],
  };
  const { total, keys } = await readPage(deps, list, query);
  const ids = keys.map((key) => key.at(-1) ?? '');
  return { data: await present(deps.db, actor, ids), meta: offsetMetaOf(query, total, ids.length) };
}

const stateConditions: Record<State, RawBuilder<boolean>> = {
  active: sql<boolean>`(r.status = 'APPROVED' and (r.expiration is null or r.expiration > now()))`,
  pending: sql<boolean>`(r.status = 'PENDING')`,
  ended: sql<boolean>`(r.status in ('REVOKED', 'EXPIRED', 'DENIED', 'CANCELED') or (r.status = 'APPROVED' and r.expiration <= now()))`,
};

function conditions(user: string, query: Query): RawBuilder<boolean> {
  const parts: RawBuilder<unknown>[] = [sql`r.beneficiary = ${user}`, sql`r.type = 'DATA_ACCESS'`];
  if (query.state?.length)
    parts.push(
      sql`(${sql.join(
        query.state.map((state) => stateConditions[state]),
        sql` or `,
      )})`,
    );
  const text = query.searchText?.trim() ?? '';
  if (text !== '') parts.push(sql`coalesce(p.name, ${assetName}) ilike ${likePattern(text)}`);
  return sql<boolean>`${sql.join(parts, sql` and `)}`;
}

async function present(reader: Reader, actor: LoadedPerson, ids: readonly string[]): Promise<Membership[]> {
  const requests = await loadRequests(reader, ids);
  const switches = await readSwitches(reader);
  const provisioning = await readProvisioningSummaries(reader, ids);
  const sources = await readSources(reader, ids);
  return requests.map((request) => {
    const shown = presentRequest(request, { actor, switches });
    const hasPassed = request.status === 'APPROVED' && request.expiration !== null && request.expiration <= request.now;
    const wasApproved = request.status === 'APPROVED' || request.status === 'REVOKED' || request.status === 'EXPIRED';
    return {
      requestId: request.id,
      user: nameOf(request.beneficiary),
      target: targetOf(request),
      status: hasPassed ? 'EXPIRED' : request.status,
      validFrom: wasApproved ? (request.decided_at?.toISOString() ?? null) : null,
      validTo: wasApproved ? endOf(request) : null,
      decidedBy: deciderOf(request),
      reason: shown.decisionReason ?? null,
      provisioning: provisioning.get(request.id) ?? { state: 'NONE' },
      sources: sources.get(request.id) ?? [],
      ...(shown.abilities ? { abilities: shown.abilities } : {}),
    };
  });
}

const nameOf = ({ globalUserId, username, name }: Party) => ({ globalUserId, username, name });

const targetOf = (request: LoadedRequest): Membership['target'] => ({
  id: request.target_id,
  type: request.data_product_id === null ? 'DATA_OBJECT' : 'DATA_PRODUCT',
  name: request.target_name,
  ...(request.slug === null || request.deleted ? {} : { slug: request.slug }),
  suspended: request.suspended,
  registered: request.asset?.registered !== false,
});

/** Access that was taken away ended then, however long it had been given for. */
const endOf = (request: LoadedRequest): string | null =>
  (request.status === 'REVOKED' ? request.ended_at : request.expiration)?.toISOString() ?? null;

function deciderOf(request: LoadedRequest): Membership['decidedBy'] {
  const decided = request.records.filter((r) => r.status === 'APPROVED' || r.status === 'DENIED');
  const last = decided.toSorted((a, b) => b.updatedAt - a.updatedAt)[0];
  return last?.actionBy ? nameOf(last.actionBy) : null;
}

type SourceRow = {
  request_id: string;
  status: RequestStatus;
  awaits_acceptance: boolean;
  data_source_id: number;
  name: string;
  connection_key: string;
  technology: Technology;
  object_path: string[];
  member_state: ObjectProvisioningState | null;
  member_verified: Date | null;
  object_state: ObjectProvisioningState | null;
  object_reason: string | null;
  is_prevented: boolean;
  object_verified: Date | null;
};

async function readSources(reader: Reader, ids: readonly string[]): Promise<Map<string, Membership['sources']>> {
  if (ids.length === 0) return new Map();
  const { rows } = await sql<SourceRow>`
    select r.id as request_id, r.status, r.awaits_acceptance, l.id as data_source_id, l.name, c.connection_key, c.technology, l.object_path,
      m.state as member_state, m.verified_at as member_verified, x.state as object_state, x.reason as object_reason, x.verified_at as object_verified,
      ${isPrevented('x')} as is_prevented
    from access_request r cross join lateral (
      select s.id, s.name, s.connection_id, o.object_path from data_source s join data_object o on o.id = s.data_object_id
      where s.id in (${sourcesOf(sql`r.target_id`)})
      order by s.name, s.id limit ${sourcesAtMost}) l
    join connection c on c.id = l.connection_id
    left join membership_status m on m.access_request_id = r.id and m.connection_id = l.connection_id
    left join container_object x on x.connection_id = l.connection_id and x.target_id = r.target_id and x.data_source_id = l.id
    where r.id = any(${[...ids]}::text[]) order by r.id, l.name, l.id`.execute(reader);
  const found = new Map<string, Membership['sources']>();
  for (const row of rows) found.set(row.request_id, [...(found.get(row.request_id) ?? []), presentSource(row)]);
  return found;
}

function presentSource(row: SourceRow): Membership['sources'][number] {
  const state = stateOf(row);
  return {
    dataSourceId: row.data_source_id,
    name: row.name,
    connectionKey: row.connection_key,
    technology: row.technology,
    objectPath: row.object_path,
    state,
    lastVerifiedAt: isProven(state) ? ((row.member_verified ?? row.object_verified)?.toISOString() ?? null) : null,
  };
}

/** As the provisioning page judges it. */
function stateOf(row: SourceRow): ObjectProvisioningState {
  if (row.status === 'PENDING' || row.status === 'DENIED' || row.status === 'CANCELED') return 'NONE';
  return objectStateOf({ ...row, membership_state: row.member_state });
}
