import type { Drift } from '@stoa/contract/connection';
import type { DriftFinding } from '@stoa/contract/enums';
import { sql } from 'kysely';
import { likePattern } from '../../db/like-pattern.ts';
import { type List, readPage } from '../../db/read-page.ts';
import type { Deps } from '../../deps.ts';

type Row = {
  id: string;
  finding: DriftFinding;
  object: string;
  principal: string;
  privilege: string;
  detail: { message?: unknown };
  since: Date;
};

/** What Stoa does about each finding (platforms.md 2). */
const reactions: Record<DriftFinding, string> = {
  missing: 'Stoa grants it again.',
  extra_on_container: 'Reported; a person takes it back or adopts it.',
  bypass: 'Reported; Stoa never takes away what others granted.',
  tampered_policy: 'Stoa writes it again.',
  unknown_member: 'Reported; removed where the connection is set to strict members, or where it was given in our name.',
  identity_missing: 'Access waits until the login is there again or is confirmed.',
};

export async function listDriftOf(
  deps: Pick<Deps, 'db' | 'landmarks'>,
  page: {
    connectionId: string;
    offset: number;
    limit: number;
    searchText?: string | undefined;
    finding?: readonly DriftFinding[] | undefined;
  },
): Promise<{ data: Drift[]; total: number }> {
  const findings = page.finding ?? null;
  const pattern = likePattern(page.searchText ?? '');
  const list: List = {
    from: sql`drift_finding`,
    where: sql`connection_id = ${page.connectionId} and closed_at is null
      and (${findings === null} or finding = any(${findings ?? []}::text[]))
      and (object ilike ${pattern} or principal ilike ${pattern} or privilege ilike ${pattern})`,
    order: [
      { value: sql`since`, type: 'timestamptz' },
      { value: sql`id`, type: 'uuid' },
    ],
    isDescending: true,
  };
  const { total, keys } = await readPage(deps, list, page);
  const ids = keys.map((key) => key.at(-1) ?? '');
  const { rows } = await sql<Row>`select id, finding, object, principal, privilege, detail, since from drift_finding
    where id = any(${ids}::uuid[]) order by since desc, id desc`.execute(deps.db);
  return { data: rows.map(present), total };
}

const present = (row: Row): Drift => ({
  id: row.id,
  finding: row.finding,
  object: row.object,
  principal: row.principal === '' ? null : row.principal,
  privilege: row.privilege === '' ? null : row.privilege,
  since: row.since.toISOString(),
  reaction: reactions[row.finding],
  ...(typeof row.detail.message === 'string' ? { detail: row.detail.message } : {}),
});
