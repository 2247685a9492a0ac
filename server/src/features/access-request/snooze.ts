import { longestSnoozeDays } from '@stoa/contract/snooze';
import { type RawBuilder, sql } from 'kysely';
import type { Db, Reader } from '../../db/pool.ts';
import { Refusal } from '../../http/refusal.ts';
import type { LoadedPerson } from '../user/load-people.ts';
import { loadRequestFor } from './load-viewer.ts';

type SnoozeOf = { readonly actor: LoadedPerson; readonly id: string };

/** Puts a request aside in the actor's own queue. Nothing of the request changes by it, so it is neither audited nor told to anybody. */
export async function snoozeRequest(db: Db, { actor, id, until }: SnoozeOf & { until: Date }): Promise<Date> {
  const { request } = await loadRequestFor(db, id, { actor, action: 'access-request.inspect' });
  if (request.status !== 'PENDING') throw new Refusal('access_request.not_pending');
  const left = until.getTime() - Date.now();
  if (left <= 0 || left > longestSnoozeDays * 86_400_000) throw new Refusal('access_request.snooze_invalid');
  await sql`insert into request_snooze (global_user_id, access_request_id, until)
    values (${actor.globalUserId}, ${id}, ${until})
    on conflict (global_user_id, access_request_id) do update set until = excluded.until`.execute(db);
  return until;
}

/** Puts it back into the actor's queue; nothing where it was not put aside. */
export async function wakeRequest(db: Db, { actor, id }: SnoozeOf): Promise<void> {
  await loadRequestFor(db, id, { actor, action: 'access-request.inspect' });
  await sql`delete from request_snooze where global_user_id = ${actor.globalUserId} and access_request_id = ${id}`.execute(
    db,
  );
}

/** Until when the reader put these aside, of those that they did. */
export async function loadSnoozes(
  db: Reader,
  reader: { readonly globalUserId: string },
  ids: readonly string[],
): Promise<ReadonlyMap<string, Date>> {
  const { rows } = await sql<{ id: string; until: Date }>`
    select access_request_id as id, until from request_snooze
    where global_user_id = ${reader.globalUserId} and access_request_id = any(${[...ids]}::text[]) and until > now()`.execute(
    db,
  );
  return new Map(rows.map(({ id, until }) => [id, until]));
}

/** Who has put which of these aside, as `person request`. */
export async function readPutAside(db: Reader, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ who: string; id: string }>`
    select global_user_id as who, access_request_id as id from request_snooze
    where access_request_id = any(${[...ids]}::text[]) and until > now()`.execute(db);
  return new Set(rows.map(({ who, id }) => `${who} ${id}`));
}

/** As the wire shows it. */
export const snoozedUntil = (until: Date | undefined): { snoozedUntil?: string } =>
  until === undefined ? {} : { snoozedUntil: until.toISOString() };

/** Whether request `r` is put aside by the reader. */
export const isSnoozedBy = (reader: { readonly globalUserId: string }): RawBuilder<boolean> => sql`exists (
  select from request_snooze z where z.access_request_id = r.id and z.global_user_id = ${reader.globalUserId} and z.until > now())`;

/** What is over, or about what waits no more. */
export async function forgetSnoozes(db: Db): Promise<void> {
  await sql`delete from request_snooze z using access_request r
    where r.id = z.access_request_id and (z.until <= now() or r.status <> 'PENDING')`.execute(db);
}
