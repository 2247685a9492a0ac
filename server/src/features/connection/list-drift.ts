import type { Drift } from '@stoa/contract/connection';
import type { DriftFinding } from '@stoa/contract/enums';
import { sql } from 'kysely';
import type { Reader } from '../../db/pool.ts';

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
  unknown_member: 'Reported; removed where the connection is set to strict members.',
  identity_missing: 'Access waits until the login is there again or is confirmed.',
};

export async function listDriftOf(
  db: Reader,
  page: { connectionId: string; offset: number; limit: number; finding?: readonly DriftFinding[] | undefined },
): Promise<{ data: Drift[]; total: number }> {
  const findings = page.finding ?? null;
  const where = sql`where connection_id = ${page.connectionId} and closed_at is null
    and (${findings === null} or finding = any(${findings ?? []}::text[]))`;
  const { rows } =
    await sql<Row>`select id, finding, object, principal, privilege, detail, since from drift_finding ${where}
    order by since desc, id offset ${page.offset} limit ${page.limit}`.execute(db);
  const { rows: counted } = await sql<{
    total: number;
  }>`select count(*)::int as total from drift_finding ${where}`.execute(db);
  return { data: rows.map(present), total: counted[0]?.total ?? 0 };
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
