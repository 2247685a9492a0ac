import type { RestoreFinding } from '@stoa/contract/restore';
import { sql } from 'kysely';
import { likePattern } from '../../db/like-pattern.ts';
import { type List, readPage } from '../../db/read-page.ts';
import type { Deps } from '../../deps.ts';

type Row = Omit<RestoreFinding, 'id' | 'restoredAt' | 'backupTakenAt' | 'connectionKey'> & {
  id: number;
  restored_at: Date;
  backup_taken_at: Date;
  connection_key: string;
};
type Page = {
  offset: number;
  limit: number;
  searchText?: string | undefined;
  kind?: readonly RestoreFinding['kind'][] | undefined;
};

/** Newest restore first, in the order they were found. */
export async function listFindings(
  deps: Pick<Deps, 'db' | 'landmarks'>,
  page: Page,
): Promise<{ data: RestoreFinding[]; total: number }> {
  const kinds = page.kind ?? null;
  const pattern = likePattern(page.searchText ?? '');
  const list: List = {
    from: sql`restore_finding`,
    where: sql`(${kinds === null} or kind = any(${kinds ?? []}::text[]))
      and (connection_key || ' ' || subject || ' ' || container || ' ' || principal || ' ' || object) ilike ${pattern}`,
    order: [{ value: sql`id`, type: 'numeric' }],
    isDescending: true,
  };
  const { total, keys } = await readPage(deps, list, page);
  const ids = keys.map((key) => key.at(-1) ?? '');
  const { rows } =
    await sql<Row>`select f.id, r.restored_at, r.backup_taken_at, f.connection_key, f.kind, f.container, f.subject,
      f.principal, f.object, f.detail
    from restore_finding f join restore r on r.id = f.restore_id where f.id = any(${ids}::bigint[]) order by f.id desc`.execute(
      deps.db,
    );
  const data = rows.map(({ id, restored_at, backup_taken_at, connection_key, ...rest }) => ({
    ...rest,
    id: String(id),
    restoredAt: restored_at.toISOString(),
    backupTakenAt: backup_taken_at.toISOString(),
    connectionKey: connection_key,
  }));
  return { data, total };
}
