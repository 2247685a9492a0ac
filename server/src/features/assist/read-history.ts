import type { RequestType } from '@stoa/contract/enums';
import { mostHistory, type PastDetermination } from '@stoa/core/assist/past-determination';
import type { RequestTraits } from '@stoa/core/assist/request-traits';
import { type RawBuilder, sql } from 'kysely';
import type { Reader } from '../../db/pool.ts';
import { traitsOfRequest } from './traits.ts';

/** A target and type, and the instant as of which its history is read: what was decided then or later is not in it. */
export type HistoryOf = { targetId: string; type: RequestType; before: Date };

type PastRow = {
  /** Which of the histories that were asked for together; from 1. */
  place: number;
  request_id: string;
  outcome: PastDetermination['outcome'];
  at: number;
  days: number | null;
  reason: string | null;
  traits: RequestTraits;
};

/** Traits kept with a determination; today's for those made before any were kept. */
const past = (determinations: RawBuilder<unknown>): RawBuilder<PastRow> => sql`
  select h.place::int as place, h.access_request_id as request_id, h.status as outcome, floor(extract(epoch from h.created_at) * 1000)::float8 as at,
    case when h.status = 'APPROVED' then round(extract(epoch from r.expiration - h.created_at) / 86400, 2)::float8 end as days,
    h.reason, coalesce(h.traits, ${traitsOfRequest}) as traits
  from (${determinations}) h join access_request r on r.id = h.access_request_id`;

const columns = sql`d.access_request_id, d.status, d.created_at, d.reason, d.traits`;
const byPeople = sql`d.is_final and d.action_by is not null`;
const newest = sql`order by d.created_at desc limit ${sql.lit(mostHistory)}`;

const toPast = ({ request_id, outcome, at, days, reason, traits }: PastRow): PastDetermination => ({
  ...traits,
  requestId: request_id,
  outcome,
  at,
  days,
  reason,
});

type Stretch = { targetId: string; type: RequestType; from: number; to: number };

/** A target is read once, however many instants of its history are asked for. */
function stretchesOf(asked: readonly HistoryOf[]): { stretches: Stretch[]; placeOf: (one: HistoryOf) => number } {
  const keyOf = ({ targetId, type }: HistoryOf) => `${type} ${targetId}`;
  const found = new Map<string, Stretch>();
  for (const one of asked) {
    const at = one.before.getTime();
    const known = found.get(keyOf(one)) ?? { targetId: one.targetId, type: one.type, from: at, to: at };
    found.set(keyOf(one), { ...known, from: Math.min(known.from, at), to: Math.max(known.to, at) });
  }
  const keys = [...found.keys()];
  return { stretches: [...found.values()], placeOf: (one) => keys.indexOf(keyOf(one)) + 1 };
}

const instants = (milliseconds: readonly number[]) =>
  sql`${milliseconds.map((ms) => new Date(ms).toISOString())}::timestamptz[]`;

/** The newest determinations that people made on each of the targets, newest first, in the order asked for. */
export async function readTargetHistories(db: Reader, asked: readonly HistoryOf[]): Promise<PastDetermination[][]> {
  if (asked.length === 0) return [];
  const { stretches, placeOf } = stretchesOf(asked);
  const ofTarget = sql`d.target_id = w.target_id and d.type = w.type and ${byPeople}`;
  const determinations = sql`select w.place, d.* from unnest(${stretches.map((s) => s.targetId)}::uuid[], ${stretches.map((s) => s.type)}::text[],
      ${instants(stretches.map((s) => s.from))}, ${instants(stretches.map((s) => s.to))}) with ordinality as w (target_id, type, since, until, place)
    cross join lateral (
      select ${columns} from determination d where ${ofTarget} and d.created_at >= w.since and d.created_at < w.until
      union all (select ${columns} from determination d where ${ofTarget} and d.created_at < w.since ${newest})) d`;
  const { rows } = await past(determinations).execute(db);
  const histories = stretches.map((_, place) =>
    rows
      .filter((row) => row.place === place + 1)
      .map(toPast)
      .toSorted((a, b) => b.at - a.at),
  );
  return asked.map((one) => {
    const history = histories[placeOf(one) - 1] ?? [];
    const start = history.findIndex(({ at }) => at < one.before.getTime());
    return start === -1 ? [] : history.slice(start, start + mostHistory);
  });
}

type Farther = { type: RequestType; before: Date };

/** The newest on every target that lies in one of the domains. */
export async function readDomainHistory(
  db: Reader,
  { domainIds, type, before }: Farther & { domainIds: readonly string[] },
): Promise<PastDetermination[]> {
  if (domainIds.length === 0) return [];
  const { rows } = await past(sql`
    select 1 as place, ${columns} from determination d
    where d.type = ${type} and ${byPeople} and d.created_at < ${before} and d.target_id in (
      select x.data_product_id from data_product_domain x where x.domain_id = any(${[...domainIds]}::uuid[])
      union select s.data_object_id from domain_data_source y join data_source s on s.id = y.data_source_id
        where y.domain_id = any(${[...domainIds]}::uuid[])) ${newest}`).execute(db);
  return rows.map(toPast);
}

/** The newest that were asked for by the form, in whatever version. */
export async function readFormHistory(
  db: Reader,
  { formId, type, before }: Farther & { formId: string | null },
): Promise<PastDetermination[]> {
  if (formId === null) return [];
  const { rows } = await past(sql`
    select 1 as place, ${columns} from determination d
    where d.request_form_id = ${formId} and d.type = ${type} and ${byPeople} and d.created_at < ${before} ${newest}`).execute(
    db,
  );
  return rows.map(toPast);
}
