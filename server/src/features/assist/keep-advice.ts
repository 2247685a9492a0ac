import type { RiskAssessment } from '@stoa/contract/assist';
import type { RequestType } from '@stoa/contract/enums';
import { recommendationOf } from '@stoa/core/assist/assess';
import type { RequestTraits } from '@stoa/core/assist/request-traits';
import type { FormField } from '@stoa/core/review/form';
import { type RawBuilder, sql } from 'kysely';
import type { Tx } from '../../db/pool.ts';
import { transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { assessSubjects } from './assess-subjects.ts';
import { toCandidate, traitsOfRequest } from './traits.ts';

/** Few at a time: nobody waits for it, and decisions go first. */
const batch = 25;

type Open = {
  id: string;
  target_id: string;
  type: RequestType;
  request_form_id: string | null;
  status: 'APPROVED' | 'DENIED';
  created_at: Date;
  traits: RequestTraits;
  fields: FormField[];
  domain_ids: string[];
};

/** To be written beside determinations, whose ids a query gives: their advice is to be filled in. */
export const openAdvice = (determinationIds: RawBuilder<unknown>): RawBuilder<unknown> =>
  sql`insert into determination_advice (determination_id) ${determinationIds}`;

/**
 * Fills in what review assist recommended when people decided, and counts whether they followed it. It is computed as of
 * the decision, so that it does not matter how much later it is done. True when there may be more.
 */
export async function keepAdvice(deps: Deps): Promise<boolean> {
  return transact(deps, async (tx) => {
    const open = await takeOpen(tx);
    const assessments = await assessSubjects(
      tx,
      open.map((one) => ({
        targetId: one.target_id,
        type: one.type,
        domainIds: one.domain_ids,
        formId: one.request_form_id,
        candidate: toCandidate(one.traits, one.fields),
        at: one.created_at,
      })),
    );
    const advised = open.map((one, place) => {
      const found: RiskAssessment = assessments[place] ?? { approvalRisk: 'INDETERMINATE' };
      return { ...one, risk: found.approvalRisk, recommendation: recommendationOf(found) };
    });
    if (advised.length > 0) await writeAdvice(tx, advised);
    return open.length === batch;
  });
}

/** Rows that another replica is at are left to it. */
async function takeOpen(tx: Tx): Promise<Open[]> {
  const { rows } = await sql<Open>`
    select d.id, d.target_id, d.type, d.request_form_id, d.status, d.created_at, coalesce(d.traits, ${traitsOfRequest}) as traits, v.fields,
      array(select x.domain_id::text from data_product_domain x where x.data_product_id = d.target_id
        union select y.domain_id::text from domain_data_source y join data_source s on s.id = y.data_source_id
          where s.data_object_id = d.target_id) as domain_ids
    from determination_advice a join determination d on d.id = a.determination_id
    join access_request r on r.id = d.access_request_id join request_form_version v on v.version = r.form_version
    where a.computed_at is null order by a.opened limit ${batch} for update of a skip locked`.execute(tx);
  return rows;
}

type Advised = Open & { risk: string; recommendation: string | null };

async function writeAdvice(tx: Tx, advised: readonly Advised[]): Promise<void> {
  const rows = advised.map((one) => ({
    id: one.id,
    target_id: one.target_id,
    type: one.type,
    risk: one.risk,
    recommendation: one.recommendation,
    status: one.status,
  }));
  await sql`
    with given as (
      select *, coalesce(recommendation, 'NONE') <> 'NONE' as is_advised
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
        as g(id text, target_id uuid, type text, risk text, recommendation text, status text)
    ), kept as (
      update determination_advice a set approval_risk = g.risk, recommendation = g.recommendation, computed_at = now()
      from given g where a.determination_id = g.id
    )
    insert into assist_rate as t (target_id, type, accepted, overridden, unadvised)
    select target_id, type, count(*) filter (where is_advised and recommendation = status),
      count(*) filter (where is_advised and recommendation <> status), count(*) filter (where not is_advised)
    from given group by target_id, type order by target_id, type
    on conflict (target_id, type) do update set accepted = t.accepted + excluded.accepted,
      overridden = t.overridden + excluded.overridden, unadvised = t.unadvised + excluded.unadvised, updated_at = now()`.execute(
    tx,
  );
}
