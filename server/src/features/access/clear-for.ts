import type { ExplainedColumn } from '@stoa/contract/access';
import { type PersonRow, personFacts } from '@stoa/core/condition/facts';
import { explainMasks } from '@stoa/core/masking/explain-masks';
import { sql } from 'kysely';
import type { Reader } from '../../db/pool.ts';
import { personFactsJson } from '../../provisioning/person-facts.ts';
import { tellExemption } from './explain-columns.ts';
import type { ExplainedFacts } from './load-explained.ts';
import { loadExceptions } from './load-explained-masks.ts';

/** So many are named; the count is of all. */
const mostNamed = 50;

/** Everybody active whom the mask on a column exempts, whether or not they may read the source; null where there is no mask. */
export async function clearFor(
  db: Reader,
  { masks, source, access }: ExplainedFacts,
  column: string,
): Promise<ExplainedColumn['clearFor']> {
  const mask = masks?.verdict.columns.find(({ name }) => name === column);
  if (masks === undefined || mask === undefined) return null;
  const verdict = { ...masks.verdict, columns: [mask], rows: [] };
  const exceptions = await loadExceptions(db, source.id, 'everybody');
  const { rows } = await sql<{ raw: PersonRow; name: string }>`
    select ${personFactsJson} as raw, u.name from app_user u where u.status = 'active' order by lower(u.name), u.global_user_id`.execute(
    db,
  );
  const exempt = rows.flatMap(({ raw, name }) => {
    const { columns } = explainMasks({
      source: masks.source,
      verdict,
      reader: { principalId: raw.globalUserId, person: personFacts(raw), raw },
      exceptions: exceptions.get(raw.globalUserId) ?? [],
      now: access.now,
    });
    const by = columns.find(({ ordinal }) => ordinal === mask.ordinal)?.exemptBy ?? null;
    const { globalUserId, username } = raw;
    return by === null ? [] : [{ globalUserId, username, name, exemptBy: tellExemption(by) }];
  });
  return { total: exempt.length, people: exempt.slice(0, mostNamed) };
}
