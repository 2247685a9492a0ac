import { type SavedView, type SavedViewList, savedViewsAtMost } from '@stoa/contract/saved-view';
import { foldName } from '@stoa/core/folded-name';
import { sql } from 'kysely';
import { newUuid } from '../../db/new-id.ts';
import type { Reader, Tx } from '../../db/pool.ts';
import { Refusal } from '../../http/refusal.ts';

type Row = { id: string; list: SavedViewList; name: string; search: string; saved_at: Date };

const present = ({ saved_at: savedAt, ...row }: Row): SavedView => ({ ...row, savedAt: savedAt.toISOString() });

/** The views of one person; nobody else's are ever looked at. */
export async function listViews(reader: Reader, owner: string, list: SavedViewList): Promise<SavedView[]> {
  const { rows } = await sql<Row>`select id, list, name, search, saved_at from saved_view
    where global_user_id = ${owner} and list = ${list} order by name_key`.execute(reader);
  return rows.map(present);
}

type Wanted = Pick<SavedView, 'list' | 'name' | 'search'>;

/** Saves a view in the place of the one of that name; refuses one more than there may be. */
export async function keepView(tx: Tx, owner: string, { list, name, search }: Wanted): Promise<SavedView> {
  const key = foldName(name);
  // Two that save at once count one after the other.
  await sql`select pg_advisory_xact_lock(hashtextextended(${`saved views of ${owner}`}, 0))`.execute(tx);
  const { rows } = await sql<Row>`
      insert into saved_view (id, global_user_id, list, name, name_key, search)
      select ${newUuid()}::uuid, ${owner}::uuid, ${list}, ${name}, ${key}, ${search}
      where (select count(*) from saved_view where global_user_id = ${owner} and list = ${list} and name_key <> ${key}) < ${savedViewsAtMost}
      on conflict on constraint saved_view__name do update
        set name = excluded.name, search = excluded.search, saved_at = now()
      returning id, list, name, search, saved_at`.execute(tx);
  const [row] = rows;
  if (row === undefined) throw new Refusal('saved_view.too_many');
  return present(row);
}

/** True when there was one. */
export async function forgetView(tx: Tx, owner: string, id: string): Promise<boolean> {
  const { numAffectedRows } = await sql`delete from saved_view where global_user_id = ${owner} and id = ${id}`.execute(
    tx,
  );
  return numAffectedRows !== undefined && numAffectedRows > 0n;
}
