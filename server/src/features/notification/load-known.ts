import type { GlobalPermission } from '@stoa/contract/enums';
import { uuid } from '@stoa/contract/text';
import type { Person, PersonRef } from '@stoa/core/person';
import { toldKey } from '@stoa/core/notification/who-is-told';
import type { ReviewerSource } from '@stoa/core/review/flow';
import { stewardsOf } from '@stoa/core/review/resolve-flow';
import type { NotificationType } from '@stoa/contract/notification-type';
import { sql } from 'kysely';
import type { Reader } from '../../db/pool.ts';
import type { Deps } from '../../deps.ts';
import { type ApplicationSwitches, readSwitches } from '../../settings-store.ts';
import type { OutboxEvent } from '../../work/fan-out.ts';
import { type LoadedRequest, loadRequests } from '../access-request/load-requests.ts';
import { resolveFormVersion } from '../request-form/resolve-form-version.ts';
import { findCandidates } from '../approval-record/find-candidates.ts';
import { type LoadedPerson, loadPeople } from '../user/load-people.ts';

/** Of each group or permission so many are told at most, the first by name: where more may decide, more mail would help nobody. */
const mostTold = 1_000;

/** What telling a batch of events needs to know: read once, as of now. */
export type Known = {
  readonly requests: ReadonlyMap<string, LoadedRequest>;
  readonly switches: ApplicationSwitches;
  readonly domainNames: ReadonlyMap<string, string>;
  /** Of the data sources that messages name. */
  readonly sourceNames: ReadonlyMap<number, string>;
  /** Which of the targets are data products; the others are assets. */
  readonly products: ReadonlySet<string>;
  readonly actorOf: (event: OutboxEvent) => PersonRef | null;
  /** Who asked for one of the requests, or whom it is for: all of them are read at once, not event by event. */
  readonly partyOf: (party: { readonly globalUserId: string }) => LoadedPerson | null;
  /** By request: who was asked about it, as `toldKey` writes it. */
  readonly toldBefore: Map<string, ReadonlySet<string>>;
  /** By target: who heard in the last hour that access does not come there. */
  readonly toldLately: Map<string, ReadonlySet<string>>;
  /** Active people behind sources; asked for once per batch. */
  readonly behind: (sources: readonly ReviewerSource[], domainIds: readonly string[]) => Promise<readonly Person[]>;
  /** Whom the review flows of a data product name, for access as for exceptions. */
  readonly reviewersOf: (productId: string) => Promise<readonly ReviewerSource[]>;
  readonly holdersOf: (permission: GlobalPermission) => Promise<readonly Person[]>;
};

const isUuid = (id: string | null): id is string => id !== null && uuid.safeParse(id).success;

export async function loadKnown(
  { log }: Pick<Deps, 'log'>,
  db: Reader,
  events: readonly OutboxEvent[],
): Promise<Known> {
  const requestIds = [...new Set(events.flatMap((event) => event.requestId ?? []))];
  const requests = new Map((await loadRequests(db, requestIds)).map((request) => [request.id, request]));
  const people = await loadPeople(db, [
    ...events.map((event) => event.actorId).filter(isUuid),
    ...[...requests.values()].flatMap((one) => [one.requesting_user.globalUserId, one.beneficiary.globalUserId]),
  ]);
  const once = new Map<string, Promise<readonly Person[]>>();
  return {
    requests,
    switches: await readSwitches(db),
    domainNames: await readDomainNames(db, events),
    sourceNames: await readSourceNames(db, events),
    products: await readProducts(db, events),
    actorOf: ({ actorId }) => (actorId === null ? null : (people.get(actorId) ?? null)),
    partyOf: ({ globalUserId }) => people.get(globalUserId) ?? null,
    toldBefore: await readTold(
      db,
      sql`request_id = any(${requestIds}::text[])
      and notification_type in ('ACCESS_REQUESTED', 'UNREGISTERED_ASSET_REQUESTED', 'REQUEST_UNREVIEWABLE')`,
      'request_id',
    ),
    toldLately: await readTold(
      db,
      sql`target_id = any(${failedTargets(events)}::uuid[])
      and notification_type = 'PROVISIONING_FAILED' and created_at > now() - interval '1 hour'`,
      'target_id',
    ),
    behind: (sources, domainIds) => {
      const key = JSON.stringify([sources, domainIds]);
      const found = once.get(key) ?? findSome(log, db, { sources, domainIds });
      once.set(key, found);
      return found;
    },
    reviewersOf: async (id) => {
      const target = { type: 'DATA_PRODUCT', id } as const;
      const forms = [
        await resolveFormVersion(db, target, 'DATA_ACCESS'),
        await resolveFormVersion(db, target, 'MASKING_EXCEPTION'),
      ];
      return forms.flatMap((form) => (form === undefined ? [] : stewardsOf(form.flows)));
    },
    holdersOf: async (permission) => {
      const { rows } = await sql<{ id: string }>`
        select global_user_id as id from global_permission where permission = ${permission} limit ${mostTold}`.execute(
        db,
      );
      return [
        ...(
          await loadPeople(
            db,
            rows.map((row) => row.id),
          )
        ).values(),
      ];
    },
  };
}

async function findSome(
  log: Deps['log'],
  db: Reader,
  { sources, domainIds }: { sources: readonly ReviewerSource[]; domainIds: readonly string[] },
): Promise<readonly Person[]> {
  const { people, countFit } = await findCandidates(db, sources, domainIds, mostTold);
  const untold = countFit(sources, 0);
  if (untold > 0)
    log.warn(
      { sources, told: people.length, untold },
      'more people are meant than are told at once: the first by name are',
    );
  return people;
}

const failedTargets = (events: readonly OutboxEvent[]): string[] =>
  events.flatMap((event) =>
    event.type.endsWith('provisioning.updated') && event.targetId !== null ? [event.targetId] : [],
  );

async function readDomainNames(db: Reader, events: readonly OutboxEvent[]): Promise<ReadonlyMap<string, string>> {
  const ids = events.flatMap((event) => event.domainId ?? []);
  if (ids.length === 0) return new Map();
  const { rows } = await sql<{
    id: string;
    name: string;
  }>`select id, name from domain where id = any(${ids}::uuid[])`.execute(db);
  return new Map(rows.map(({ id, name }) => [id, name]));
}

/** The data sources that a message about the event names: the first of them. */
export const sourcesNamed = ({ type, data }: OutboxEvent): number[] =>
  type === 'stoa.data_product.sources_left_domain' && Array.isArray(data['dataSourceIds'])
    ? data['dataSourceIds'].slice(0, 3).map(Number)
    : [];

async function readSourceNames(db: Reader, events: readonly OutboxEvent[]): Promise<ReadonlyMap<number, string>> {
  const ids = events.flatMap(sourcesNamed);
  if (ids.length === 0) return new Map();
  const { rows } = await sql<{
    id: number;
    name: string;
  }>`select id, name from data_source where id = any(${ids}::int[])`.execute(db);
  return new Map(rows.map(({ id, name }) => [id, name]));
}

async function readProducts(db: Reader, events: readonly OutboxEvent[]): Promise<ReadonlySet<string>> {
  const ids = events.flatMap((event) => event.targetId ?? []);
  const { rows } = await sql<{ id: string }>`select id from data_product where id = any(${ids}::uuid[])`.execute(db);
  return new Set(rows.map((row) => row.id));
}

async function readTold(
  db: Reader,
  where: ReturnType<typeof sql>,
  by: 'request_id' | 'target_id',
): Promise<Map<string, ReadonlySet<string>>> {
  const { rows } = await sql<{ about: string; type: NotificationType; who: string }>`
    select ${sql.ref(by)}::text as about, notification_type as type, global_user_id as who from inbox_message where ${where}`.execute(
    db,
  );
  const told = new Map<string, Set<string>>();
  for (const { about, type, who } of rows) {
    const known = told.get(about) ?? new Set();
    told.set(about, known.add(toldKey(type, who)));
  }
  return told;
}
