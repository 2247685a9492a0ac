import { reminderDay } from '@stoa/core/notification/local-time';
import { mostListed, wordsOf } from '@stoa/core/notification/words';
import type { Person } from '@stoa/core/person';
import { fourEyesProblem } from '@stoa/core/review/eligible';
import { isReviewable } from '@stoa/core/review/open-slots';
import { whoIsWaitedFor } from '@stoa/core/review/remind';
import { sql } from 'kysely';
import { installationZone } from '../../channels/hours.ts';
import type { Reader, Tx } from '../../db/pool.ts';
import { transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { type LoadedRequest, loadRequests } from '../access-request/load-requests.ts';
import { toReviewedRequest } from '../access-request/request-object.ts';
import { readPutAside } from '../access-request/snooze.ts';
import { type Known, loadKnown } from './load-known.ts';
import { requestFacts, targetOfRequest } from './message-facts.ts';
import { type ToWrite, writeMessages } from './write-messages.ts';

const loadedAtOnce = 200;

/** Reminds stewards in every zone whose morning has come; each zone and each person once a day, however often it is called. */
export async function remindStewards(deps: Deps): Promise<void> {
  const { rows } = await sql<{ zone: string; now: number }>`
    select distinct coalesce(h.time_zone, ${await installationZone(deps.db)}) as zone, floor(extract(epoch from now()) * 1000)::float8 as now
    from app_user u left join notification_hours h on h.global_user_id = u.global_user_id where u.status = 'active'`.execute(
    deps.db,
  );
  for (const { zone, now } of rows) {
    const day = reminderDay(now, zone);
    if (day !== null && !(await isDone(deps.db, zone, day))) await remindZone(deps, { zone, day });
  }
}

async function isDone(db: Reader, zone: string, day: string): Promise<boolean> {
  const { rows } = await sql`select from reminder_day where time_zone = ${zone} and day = ${day}`.execute(db);
  return rows.length > 0;
}

/**
 * The day is taken before anything is searched for: whoever comes second, or while the first is at it, does nothing. It is
 * given back when the transaction fails.
 */
export async function remindZone(deps: Deps, { zone, day }: { zone: string; day: string }): Promise<void> {
  await transact(deps, async (tx, after) => {
    if (!(await takeDay(tx, zone, day))) return;
    const inZone = await readZone(tx, zone);
    const waiting = await findWaiting(deps, tx, inZone);
    const receivers = await claimReceivers(tx, [...waiting.byPerson.keys()], day);
    const digests = receivers.flatMap((id) => {
      const own = waiting.byPerson.get(id);
      return own === undefined ? [] : [digest(id, own)];
    });
    const told = await writeMessages(deps, tx, [...digests, ...waiting.unreviewable]);
    for (const id of told) after.changed('notification', id);
  });
}

async function takeDay(tx: Tx, zone: string, day: string): Promise<boolean> {
  const { rows } = await sql`
    with free as materialized (select pg_try_advisory_xact_lock(hashtextextended(${`reminder ${zone} ${day}`}, 0)) as is_free)
    insert into reminder_day (time_zone, day) select ${zone}, ${day} from free where is_free on conflict do nothing returning day`.execute(
    tx,
  );
  return rows.length > 0;
}

/** Active people whose zone it is. */
async function readZone(tx: Tx, zone: string): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ id: string }>`
    select u.global_user_id as id from app_user u left join notification_hours h on h.global_user_id = u.global_user_id
    where u.status = 'active' and coalesce(h.time_zone, ${await installationZone(tx)}) = ${zone}`.execute(tx);
  return new Set(rows.map((row) => row.id));
}

async function claimReceivers(tx: Tx, ids: readonly string[], day: string): Promise<readonly string[]> {
  const { rows } = await sql<{ id: string }>`
    insert into reminder (global_user_id, day) select id, ${day} from unnest(${[...ids]}::uuid[]) as id
    on conflict do nothing returning global_user_id as id`.execute(tx);
  return rows.map((row) => row.id);
}

/** What waits for one person: how many, and the oldest of them. */
type Own = { count: number; readonly oldest: LoadedRequest[] };
type Waiting = {
  byPerson: ReadonlyMap<string, Own>;
  /** Nobody is left to decide these, which governors hear of once. */
  unreviewable: readonly ToWrite[];
};

function add(byPerson: Map<string, Own>, id: string, request: LoadedRequest): void {
  const own = byPerson.get(id) ?? { count: 0, oldest: [] };
  own.count += 1;
  if (own.oldest.length < mostListed) own.oldest.push(request);
  byPerson.set(id, own);
}

/** Requests with a slot that has been open for more than a day, by who of these people could decide it. */
async function findWaiting(deps: Pick<Deps, 'log'>, db: Reader, inZone: ReadonlySet<string>): Promise<Waiting> {
  const { rows } = await sql<{ id: string }>`
    select r.id from access_request r where r.status = 'PENDING' and exists (
      select from approval_record a where a.access_request_id = r.id and a.status = 'PENDING' and a.left_behind_at is null
        and a.updated_at <= now() - interval '24 hours')
    order by r.created_at, r.id`.execute(db);
  const ids = rows.map((row) => row.id);
  const known = await loadKnown(deps, db, []);
  const byPerson = new Map<string, Own>();
  const unreviewable: ToWrite[] = [];
  for (let from = 0; from < ids.length; from += loadedAtOnce) {
    const some = ids.slice(from, from + loadedAtOnce);
    const aside = await readPutAside(db, some);
    for (const request of await loadRequests(db, some)) {
      const people = await known.behind(
        request.records.filter(isOpen).flatMap((record) => record.approvers),
        request.domains.map((domain) => domain.id),
      );
      const asked = people.filter((person) => inZone.has(person.globalUserId));
      const waitedFor = whoIsWaitedFor(asked, {
        request: toReviewedRequest(request),
        records: request.records,
        settings: known.switches,
        now: request.now.getTime(),
      });
      for (const { globalUserId } of waitedFor)
        if (!aside.has(`${globalUserId} ${request.id}`)) add(byPerson, globalUserId, request);
      unreviewable.push(...(await tellUnreviewable(db, known, { request, people, inZone })));
    }
  }
  return { byPerson, unreviewable };
}

const isOpen = ({ status }: { status: string }): boolean => status === 'PENDING' || status === 'BLOCKED';

async function tellUnreviewable(
  db: Reader,
  known: Known,
  { request, people, inZone }: { request: LoadedRequest; people: readonly Person[]; inZone: ReadonlySet<string> },
): Promise<ToWrite[]> {
  const reviewed = toReviewedRequest(request);
  if (isReviewable({ request: reviewed, records: request.records, people, settings: known.switches })) return [];
  const { rows } = await sql<{ id: string }>`
    select global_user_id as id from inbox_message where request_id = ${request.id} and notification_type = 'REQUEST_UNREVIEWABLE'`.execute(
    db,
  );
  const told = new Set(rows.map((row) => row.id));
  const governors = await known.behind([{ type: 'PERMISSION', permission: 'GOVERNANCE' }], []);
  const receivers = governors.filter(
    (person) =>
      inZone.has(person.globalUserId) &&
      !told.has(person.globalUserId) &&
      fourEyesProblem(person, reviewed, known.switches) === null,
  );
  const factsFor: ToWrite['factsFor'] = ({ timeZone }) => ({
    ...factsOf(request, timeZone),
    type: 'REQUEST_UNREVIEWABLE',
  });
  return [
    {
      type: 'REQUEST_UNREVIEWABLE',
      eventId: null,
      requestId: request.id,
      targetId: request.target_id,
      receivers: receivers.map((person) => person.globalUserId),
      factsFor,
    },
  ];
}

const factsOf = (request: LoadedRequest, timeZone: string) => ({
  actor: null,
  request: requestFacts(request, { timeZone, reason: null }),
  target: targetOfRequest(request),
  reader: { isBeneficiary: false, isRequester: false },
});

const digest = (receiver: string, { count, oldest }: Own): ToWrite => ({
  type: 'PENDING_REMINDER',
  eventId: null,
  requestId: null,
  targetId: null,
  receivers: [receiver],
  factsFor: ({ timeZone }) => ({
    type: 'PENDING_REMINDER',
    actor: null,
    reader: { isBeneficiary: false, isRequester: false },
    waiting: {
      count,
      oldest: oldest.map((request) => ({
        id: request.id,
        line: wordsOf({ ...factsOf(request, timeZone), type: 'ACCESS_REQUESTED' }).message,
      })),
    },
  }),
});
