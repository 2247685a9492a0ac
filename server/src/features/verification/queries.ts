import type { QueryOf } from '@stoa/contract/operation';
import type {
  listVerificationFindings,
  listVerifications,
  Verification,
  VerificationFinding,
} from '@stoa/contract/verification';
import { sql } from 'kysely';
import { likePattern } from '../../db/like-pattern.ts';
import { readPage } from '../../db/read-page.ts';
import type { Deps } from '../../deps.ts';
import { loadVerifications } from './run-row.ts';

type Reading = Pick<Deps, 'db' | 'landmarks'>;

export async function searchVerifications(
  deps: Reading,
  filter: QueryOf<typeof listVerifications>,
): Promise<{ data: Verification[]; total: number }> {
  const { outcome = null, cause = null } = filter;
  const pattern = filter.searchText ? likePattern(filter.searchText) : null;
  const { total, keys } = await readPage(
    deps,
    {
      from: sql`verification_run w`,
      where: sql`(${outcome}::text is null or w.outcome = ${outcome}) and (${cause}::text is null or w.cause = ${cause})
        and (${pattern}::text is null or exists (select from app_user u where u.global_user_id = w.created_by and u.name ilike ${pattern})
          or exists (select from verification_finding f where f.run_id = w.id and (f.subject ilike ${pattern} or f.place ilike ${pattern})))`,
      order: [
        { value: sql`w.created_at`, type: 'timestamptz' },
        { value: sql`w.id`, type: 'uuid' },
      ],
      isDescending: true,
    },
    filter,
  );
  const ids = keys.map((key) => key.at(-1) ?? '');
  const rows = await loadVerifications(deps.db, sql`r.id = any(${ids}::uuid[])`);
  return { data: ids.flatMap((id) => rows.filter((row) => row.id === id)), total };
}

type FindingRow = Omit<VerificationFinding, 'since'> & { since: Date | null };

export async function searchFindings(
  deps: Reading,
  runId: string,
  filter: QueryOf<typeof listVerificationFindings>,
): Promise<{ data: VerificationFinding[]; total: number }> {
  const { invariant = null, direction = null, connectionKey = null } = filter;
  const pattern = filter.searchText ? likePattern(filter.searchText) : null;
  const { total, keys } = await readPage(
    deps,
    {
      from: sql`verification_finding f`,
      where: sql`f.run_id = ${runId} and (${invariant}::text is null or f.invariant = ${invariant})
        and (${direction}::text is null or f.direction = ${direction}) and (${connectionKey}::text is null or f.connection_key = ${connectionKey})
        and (${pattern}::text is null or f.subject ilike ${pattern} or f.place ilike ${pattern} or f.found ilike ${pattern}
          or f.expected ilike ${pattern} or f.request_id ilike ${pattern})`,
      order: [{ value: sql`f.number`, type: 'integer' }],
    },
    filter,
  );
  const numbers = keys.map((key) => Number(key.at(-1)));
  const { rows } = await sql<FindingRow>`
    select number, invariant, direction, subject, expected, found, place as "where", since, next_step as next, request_id as "requestId",
      connection_key as "connectionKey"
    from verification_finding where run_id = ${runId} and number = any(${numbers}::int[]) order by number`.execute(
    deps.db,
  );
  return { data: rows.map((row) => ({ ...row, since: row.since?.toISOString() ?? null })), total };
}
