import { type FlowDraft, placedSources, type ReviewerSource } from '@stoa/core/review/flow';
import { sourceKey } from '@stoa/core/review/slot-key';
import { sql } from 'kysely';
import type { Reader } from '../../db/pool.ts';
import { Refusal } from '../../http/refusal.ts';

type Named = Extract<ReviewerSource, { type: 'USER' | 'GROUP' }>;
type Rows = {
  users: { id: number; globalUserId: string; name: string }[] | null;
  groups: { id: number; name: string }[] | null;
};

/** A source under the name that its user or group has now; null where there is none. */
type ReviewerNames = (source: ReviewerSource) => ReviewerSource | null;

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

const isNamed = (value: Record<string, unknown>): value is Record<string, unknown> & Named =>
  (value['type'] === 'USER' && typeof value['id'] === 'string') ||
  (value['type'] === 'GROUP' && typeof value['name'] === 'string');

/** Users and groups in stored flows, stages and slots; what conditions compare with names nobody. */
function namedIn(stored: unknown): Named[] {
  if (Array.isArray(stored)) return stored.flatMap(namedIn);
  if (!isRecord(stored)) return [];
  if (isNamed(stored)) return [stored];
  return Object.entries(stored).flatMap(([member, value]) => (member === 'conditions' ? [] : namedIn(value)));
}

const uuidForm = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Looks up the users and groups that flows name, all at once; flows that name none cost nothing. */
export async function loadReviewerNames(db: Reader, stored: unknown): Promise<ReviewerNames> {
  const named = namedIn(stored);
  const none: Rows = { users: null, groups: null };
  const { users, groups } = named.length === 0 ? none : ((await readRows(db, named)) ?? none);
  const userById = new Map(
    (users ?? []).flatMap((user) => [user.globalUserId, String(user.id)].map((id) => [id, user])),
  );
  const groupById = new Map((groups ?? []).map((group) => [group.id, group]));
  const groupByName = new Map((groups ?? []).map((group) => [group.name, group]));
  return (source) => {
    switch (source.type) {
      case 'USER': {
        const id = source.id.toLowerCase();
        const user = userById.get(id);
        return user === undefined ? null : { ...source, id, displayName: user.name };
      }
      case 'GROUP': {
        // Names change and are given again: where there is an id, it decides alone.
        const group = source.id === undefined ? groupByName.get(source.name) : groupById.get(source.id);
        return group === undefined ? null : { ...source, name: group.name };
      }
      default:
        return source;
    }
  };
}

async function readRows(db: Reader, named: readonly Named[]): Promise<Rows | undefined> {
  const users = named.flatMap((source) => (source.type === 'USER' ? [source.id.toLowerCase()] : []));
  const groups = named.flatMap((source) => (source.type === 'GROUP' ? [source] : []));
  const uuids = users.filter((id) => uuidForm.test(id));
  const numbers = users.filter((id) => !uuidForm.test(id));
  const { rows } = await sql<Rows>`
    select (select json_agg(json_build_object('id', u.id, 'globalUserId', u.global_user_id, 'name', u.name)) from app_user u
        where u.global_user_id = any(${uuids}::uuid[]) or u.id::text = any(${numbers}::text[])) as users,
      (select json_agg(json_build_object('id', g.id, 'name', g.name)) from user_group g
        where g.id = any(${groups.flatMap((group) => group.id ?? [])}::int[])
          or lower(g.name) = any(${groups.map((group) => group.name.toLowerCase())}::text[])) as groups`.execute(db);
  return rows[0];
}

/** What was stored, with the names of today; a user who is gone has none, whatever was said of them. */
export function withNames(stored: unknown, names: ReviewerNames): unknown {
  if (Array.isArray(stored)) return stored.map((one) => withNames(one, names));
  if (!isRecord(stored)) return stored;
  if (isNamed(stored)) return nameOf(stored, names);
  return Object.fromEntries(
    Object.entries(stored).map(([member, value]) => [
      member,
      member === 'conditions' ? value : withNames(value, names),
    ]),
  );
}

/** One source under the name of today. */
export function nameOf(source: ReviewerSource, names: ReviewerNames): ReviewerSource {
  const named = names(source);
  if (named !== null || source.type !== 'USER') return named ?? source;
  const { displayName: _, ...rest } = source;
  return rest;
}

type Unknown = { readonly path: string; readonly message: string };

/**
 * Where a flow names users and groups that are not there.
 * @param kept the flow that stands there already: who has left since holds up no other change
 */
export function unknownReviewers(flow: FlowDraft, names: ReviewerNames, kept: FlowDraft | null): readonly Unknown[] {
  const known = new Set(kept === null ? [] : placedSources(kept).map(({ source }) => sourceKey(source)));
  return placedSources(flow).flatMap(({ path, source }) => {
    if (names(source) !== null || known.has(sourceKey(source))) return [];
    return [
      { path, message: source.type === 'GROUP' ? `There is no group ${source.name}.` : 'There is no such user.' },
    ];
  });
}

/** The flow as it is to be stored: its users and groups exist, under their own names. A refusal tells the place below `path`. */
export async function requireReviewers(
  db: Reader,
  flow: FlowDraft,
  { path, kept }: { path: string; kept: FlowDraft | null },
): Promise<unknown> {
  const names = await loadReviewerNames(db, flow);
  const unknown = unknownReviewers(flow, names, kept);
  const [first] = unknown;
  if (first !== undefined)
    throw new Refusal('review_flow.reviewer_unknown', {
      ...(unknown.length === 1 ? { detail: first.message } : {}),
      errors: unknown.map((one) => ({ ...one, path: `${path}.${one.path}` })),
    });
  return withNames(flow, names);
}
