import type { Fingerprint, PlatformSession } from '@stoa/connectors/connector';
import { sql } from 'kysely';
import type { Db } from '../db/pool.ts';
import { transact } from '../db/transact.ts';
import type { Deps } from '../deps.ts';
import { type HeldWork, lockFence } from './claim-work.ts';

/** A platform as it is, and what else decides what a look at it finds: whom logins belong to, and which sources are governed. */
export type Look = Fingerprint & { readonly facts: string };

/** Taken before the facts are read and before anything is observed, so that what moves meanwhile is looked at again. */
export async function takeLook(db: Db, session: PlatformSession, connectionId: string): Promise<Look> {
  const { rows } = await sql<{ facts: string }>`select concat_ws('/',
    (select sum(hashtextextended(concat_ws('|', i.global_user_id, i.platform_principal_id, i.state, u.status), 0)) from platform_identity i
      join app_user u on u.global_user_id = i.global_user_id where i.connection_id = ${connectionId}),
    (select sum(hashtextextended(concat_ws('|', s.id, o.platform_id), 0)) from data_source s join data_object o on o.id = s.data_object_id
      where s.connection_id = ${connectionId} and s.enabled and o.missing_since is null),
    (select sum(hashtextextended(view_id, 0)) from source_protection where connection_id = ${connectionId})) as facts`.execute(
    db,
  );
  return { ...(await session.fingerprint()), facts: rows[0]?.facts ?? '' };
}

/** What calls for another look: nothing, everything, or the containers with these platform ids, in which members alone are others. */
export type Moved = 'nothing' | 'everything' | readonly string[];

/** What is stored; undefined where nothing is, or where an earlier version wrote it. */
function storedLook(stored: string | null): Look | undefined {
  const look = stored === null ? undefined : (JSON.parse(stored) as Partial<Look>);
  return look?.containers === undefined ? undefined : (look as Look);
}

/** What differs between the stored look and a new one. */
export function movedSince(stored: string | null, now: Look): Moved {
  const before = storedLook(stored);
  if (before === undefined || withoutMembers(before) !== withoutMembers(now)) return 'everything';
  const known = before.containers;
  const ids = new Set([...Object.keys(known), ...Object.keys(now.containers)]);
  const moved = [...ids].filter((id) => known[id] !== now.containers[id]);
  return moved.length === 0 ? 'nothing' : moved;
}

const withoutMembers = ({ principals, schemas, tree, facts }: Look): string =>
  JSON.stringify([principals, schemas, tree, facts]);

type Looked = {
  readonly look: Look;
  /** The targets whose containers were looked at. */
  readonly at: ReadonlySet<string> | 'everything';
};

/**
 * Stores what a run that found nothing to do has looked at: it is compared with until something moves. Not of a run whose lease was
 * lost: another replica may have changed the platform since. All other runs are over, so what they moved is in the look.
 */
export const recordLook = (deps: Deps, work: HeldWork, { look, at }: Looked): Promise<void> =>
  transact(deps, async (tx) => {
    const { connectionId } = work;
    if (!(await lockFence(tx, work))) return;
    const { rows } = await sql<{
      fingerprint: string | null;
    }>`select fingerprint from connection where id = ${connectionId} for no key update`.execute(tx);
    const stored = storedLook(rows[0]?.fingerprint ?? null);
    // Some containers are nothing to compare with where the rest is not known.
    if (at !== 'everything' && stored === undefined) return;
    const { rows: looked } = await sql<{ native_id: string | null }>`
      update container set moved_by_us = false where connection_id = ${connectionId}
        and ${at === 'everything' ? sql`moved_by_us` : sql`target_id = any(${[...at]}::uuid[])`} returning native_id`.execute(
      tx,
    );
    const next = at === 'everything' || stored === undefined ? look : merged(stored, look, looked);
    await sql`update connection set fingerprint = ${JSON.stringify(next)} where id = ${connectionId}`.execute(tx);
  });

/** The rest as it was stored, and of the containers that were looked at what is there now. */
function merged(stored: Look, look: Look, looked: readonly { native_id: string | null }[]): Look {
  const ids = new Set(looked.map((row) => row.native_id));
  const kept = Object.entries(stored.containers).filter(([id]) => !ids.has(id));
  const fresh = Object.entries(look.containers).filter(([id]) => ids.has(id));
  return { ...stored, containers: Object.fromEntries([...kept, ...fresh]) };
}
