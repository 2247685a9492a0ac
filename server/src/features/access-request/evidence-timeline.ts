import type { TimelineEntry } from '@stoa/contract/evidence';
import type { PersonName } from '@stoa/contract/person';
import { sql } from 'kysely';
import { z } from 'zod';
import type { Reader } from '../../db/pool.ts';
import { loadLeftBehind } from './left-behind.ts';
import type { LoadedRequest } from './load-requests.ts';
import { toInstant } from './present-request.ts';
import { toPersonName } from './read-request.ts';
import { loadReminders } from './remind-reviewers.ts';

/** What happened to a request, oldest first. */
export async function describeTimeline(db: Reader, request: LoadedRequest): Promise<TimelineEntry[]> {
  const { requesting_user: requester, beneficiary } = request;
  const forWhom = requester.globalUserId === beneficiary.globalUserId ? '' : ` for ${beneficiary.name}`;
  const entries: TimelineEntry[] = [
    {
      at: request.created_at.toISOString(),
      kind: 'submitted',
      text: `Asked for ${request.target_name}${forWhom}.`,
      actor: toPersonName(requester),
    },
  ];
  for (const record of [...request.records, ...(await loadLeftBehind(db, request.id))]) {
    if (record.status !== 'APPROVED' && record.status !== 'DENIED') continue;
    entries.push({
      at: toInstant(record.updatedAt),
      kind: record.status === 'APPROVED' ? 'approved' : 'denied',
      text: record.reason ?? '',
      actor: record.actionBy === null ? null : toPersonName(record.actionBy),
    });
  }
  if (request.event.type !== 'review')
    entries.push({
      at: request.created_at.toISOString(),
      kind: request.event.type === 'approve' ? 'approved' : 'denied',
      text: request.event.params.comment ?? 'Decided by a rule of the form.',
      actor: null,
    });
  if (request.ended_at !== null)
    entries.push({
      at: request.ended_at.toISOString(),
      kind: request.status.toLowerCase(),
      text: request.end_reason ?? '',
      actor: await endedBy(db, request.id),
    });
  entries.push(...foundEntries(request), ...endedEntries(request));
  entries.push(...(await reroutes(db, request.id)), ...(await reminded(db, request.id)));
  entries.push(...(await onPlatforms(db, request.id)));
  return entries.toSorted((a, b) => a.at.localeCompare(b.at));
}

/** Nobody where access ended by its date. */
async function endedBy(db: Reader, requestId: string): Promise<PersonName | null> {
  const { rows } = await sql<{ actor: PersonName }>`
    select json_build_object('globalUserId', u.global_user_id, 'username', u.username, 'name', u.name) as actor
    from access_request r join app_user u on u.global_user_id = r.ended_by where r.id = ${requestId}`.execute(db);
  return rows[0]?.actor ?? null;
}

const foundAs = z.object({ at: z.string(), path: z.string() });

/** Since when the object is known that was asked for before, and by which name. */
function foundEntries({ metadata, asset, target_name: name }: LoadedRequest): TimelineEntry[] {
  const found = foundAs.safeParse(metadata['foundAs']);
  if (!found.success) return [];
  const { at, path } = found.data;
  const text = `Asked for as ${path}; found on its platform as ${asset?.objectPath.join('.') ?? name}.`;
  return [{ at: new Date(at).toISOString(), kind: 'found', text, actor: null }];
}

const endedColumns = z.array(z.object({ at: z.string(), column: z.string(), why: z.string() }));
const endedWords: Readonly<Record<string, string>> = {
  'column.unmasked': 'it has no mask any more',
  'column.type_changed': 'its type is of another kind than what was approved',
  'column.gone': 'it was renamed or dropped',
};

/** Columns that are not what was approved any more, so that the exception ended for them. */
function endedEntries({ metadata }: LoadedRequest): TimelineEntry[] {
  return (endedColumns.safeParse(metadata['endedColumns']).data ?? []).map(({ at, column, why }) => ({
    at: new Date(at).toISOString(),
    kind: 'column_ended',
    text: `The exception ended for ${column}: ${endedWords[why] ?? why}.`,
    actor: null,
  }));
}

async function reroutes(db: Reader, requestId: string): Promise<TimelineEntry[]> {
  const { rows } = await sql<{ at: Date; reason: string; actor: PersonName | null }>`
    select w.created_at as at, w.reason, case when u.global_user_id is not null then
      json_build_object('globalUserId', u.global_user_id, 'username', u.username, 'name', u.name) end as actor
    from reroute w left join app_user u on u.global_user_id = w.action_by where w.access_request_id = ${requestId}`.execute(
    db,
  );
  return rows.map(({ at, reason, actor }) => ({ at: at.toISOString(), kind: 'rerouted', text: reason, actor }));
}

const reminded = async (db: Reader, requestId: string): Promise<TimelineEntry[]> =>
  (await loadReminders(db, requestId)).map(({ at, by, told }) => ({
    at,
    kind: 'reminded',
    text: told === 1 ? 'Reminded one reviewer.' : `Reminded ${told} reviewers.`,
    actor: by,
  }));

async function onPlatforms(db: Reader, requestId: string): Promise<TimelineEntry[]> {
  const { rows } = await sql<{ connection_key: string; active_at: Date | null; removed_at: Date | null }>`
    select c.connection_key, m.active_at, m.removed_at from membership_status m join connection c on c.id = m.connection_id
    where m.access_request_id = ${requestId} order by c.connection_key`.execute(db);
  return rows.flatMap(({ connection_key, active_at, removed_at }) => [
    ...(active_at === null
      ? []
      : [{ at: active_at.toISOString(), kind: 'active', text: `Verified on ${connection_key}.`, actor: null }]),
    ...(removed_at === null
      ? []
      : [
          {
            at: removed_at.toISOString(),
            kind: 'removed',
            text: active_at === null ? `Nothing of it stands on ${connection_key}.` : `Removed on ${connection_key}.`,
            actor: null,
          },
        ]),
  ]);
}
