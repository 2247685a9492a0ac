import type { Determination } from '@stoa/contract/approval-record';
import type { DurationUnit, RequestType } from '@stoa/contract/enums';
import { type RawBuilder, sql } from 'kysely';
import type { Reader } from '../../db/pool.ts';
import { type Party, party } from './load-requests.ts';
import { presentParty } from './present-request.ts';

type Row = {
  id: string;
  access_request_id: string;
  requesting_user: Party;
  beneficiary: Party;
  action_by: Party | null;
  status: 'APPROVED' | 'DENIED';
  reason: string | null;
  duration: number | null;
  duration_unit: DurationUnit | null;
  expiration: Date | null;
  created_at: Date;
};
export type DeterminationQuery = {
  targetId: string;
  type: RequestType;
  /** One outcome only, made by people: what the evidence shows. Absent: any outcome, by rules too. */
  manual?: 'APPROVED' | 'DENIED';
  /** The request that is looked at is no precedent of itself. */
  exceptRequestId?: string;
};

/** The five latest final decisions on a target. */
export async function findRecentDeterminations(db: Reader, query: DeterminationQuery): Promise<Determination[]> {
  const manual: RawBuilder<unknown> =
    query.manual === undefined ? sql`` : sql`and d.status = ${query.manual} and d.action_by is not null`;
  const except = query.exceptRequestId === undefined ? sql`` : sql`and r.id <> ${query.exceptRequestId}`;
  const { rows } = await sql<Row>`
    select d.id, d.access_request_id, ${party('q')} as requesting_user, ${party('b')} as beneficiary,
      (select ${party('x')} from app_user x where x.global_user_id = d.action_by) as action_by,
      d.status, d.reason, d.duration, d.duration_unit, r.expiration, d.created_at
    from determination d join access_request r on r.id = d.access_request_id
    join app_user q on q.global_user_id = r.requesting_user join app_user b on b.global_user_id = r.beneficiary
    where d.is_final and d.target_id = ${query.targetId} and d.type = ${query.type} ${manual} ${except}
    order by d.created_at desc, d.id desc limit 5`.execute(db);
  return rows.map(present);
}

const present = (row: Row): Determination => ({
  id: row.id,
  requestingUser: presentParty(row.requesting_user),
  user: presentParty(row.beneficiary),
  actionBy: row.action_by === null ? null : presentParty(row.action_by),
  ...(row.reason === null ? {} : { reason: row.reason }),
  status: row.status,
  createdAt: row.created_at.toISOString(),
  updatedAt: row.created_at.toISOString(),
  ...(row.expiration === null ? {} : { expiration: row.expiration.toISOString() }),
  requestId: row.access_request_id,
  duration: row.duration,
  durationUnit: row.duration_unit,
});
