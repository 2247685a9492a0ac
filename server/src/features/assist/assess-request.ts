import type { RiskAssessment } from '@stoa/contract/assist';
import type { RequestTraits } from '@stoa/core/assist/request-traits';
import type { FormField } from '@stoa/core/review/form';
import { sql } from 'kysely';
import type { Reader } from '../../db/pool.ts';
import { assessSubjects, type Subject } from './assess-subjects.ts';
import { toCandidate, traitsOfRequest } from './traits.ts';
import type { LoadedRequest } from '../access-request/load-requests.ts';

type Row = {
  id: string;
  traits: RequestTraits;
  fields: FormField[];
  at: Date | null;
};

/**
 * Review assist on requests, in their order. A pending one is judged by what is known now, or was at `asOf`; one that was
 * decided, as it was then: by what its beneficiary was at that time, and by no later decision.
 */
export async function assessRequests(
  db: Reader,
  requests: readonly LoadedRequest[],
  asOf?: Date,
): Promise<RiskAssessment[]> {
  const { rows } = await sql<Row>`
    select r.id, coalesce(d.traits, ${traitsOfRequest}) as traits, v.fields, d.created_at as at
    from access_request r join request_form_version v on v.version = r.form_version
    left join determination d on d.access_request_id = r.id and d.is_final
    where r.id = any(${requests.map((r) => r.id)}::text[])`.execute(db);
  const byId = new Map(rows.map((row) => [row.id, row]));
  // One instant for all that are pending, so that a history they share is read once.
  const now = asOf ?? requests.reduce((latest, r) => (r.now > latest ? r.now : latest), new Date(0));
  const subjects = requests.map((request): Subject => {
    const row = byId.get(request.id);
    if (row === undefined) throw new Error('a request that was just read is not there');
    return {
      targetId: request.target_id,
      type: request.type,
      domainIds: request.domains.map((d) => d.id),
      formId: request.request_form_id,
      candidate: toCandidate(row.traits, row.fields),
      at: row.at ?? now,
    };
  });
  return assessSubjects(db, subjects);
}
