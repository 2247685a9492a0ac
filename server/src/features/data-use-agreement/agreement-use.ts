import type { DomainRef } from '@stoa/core/permissions/objects';
import { type ReviewerSource, reviewersOf } from '@stoa/core/review/flow';
import { sql } from 'kysely';
import type { Reader } from '../../db/pool.ts';
import { readStoredFlow } from '../request-form/stored-flow.ts';

/** What asks for an agreement: forms, and through them products and their domains. */
export type AgreementUse = {
  readonly forms: readonly { readonly id: string; readonly name: string }[];
  readonly domains: readonly DomainRef[];
  readonly usedByAsset: boolean;
  /** Whom the forms' own flows name. */
  readonly reviewers: readonly ReviewerSource[];
};

const noUse: AgreementUse = { forms: [], domains: [], usedByAsset: false, reviewers: [] };

type FormRow = {
  agreement_id: string;
  id: string;
  name: string;
  policy: unknown;
  domains: DomainRef[];
  of_asset: boolean;
};

/** By agreement id. The current version of a form counts: an earlier one that asked for it asks nobody any more. */
export async function loadAgreementUse(
  reader: Reader,
  agreementIds: readonly string[],
): Promise<(agreementId: string) => AgreementUse> {
  if (agreementIds.length === 0) return () => noUse;
  const { rows } = await sql<FormRow>`
    select a.id as agreement_id, f.id, v.name, v.policy, (
        select coalesce(json_agg(distinct jsonb_build_object('id', d.id, 'name', d.name)), '[]') from data_product p
        join data_product_domain pd on pd.data_product_id = p.id join domain d on d.id = pd.domain_id
        where p.deleted_at is null and f.id in (p.data_access_form_id, p.masking_exception_form_id)) as domains,
      exists (select from asset x where f.id in (x.data_access_form_id, x.masking_exception_form_id)) as of_asset
    from unnest(${agreementIds}::uuid[]) as a (id)
    join request_form_version v on v.agreements @> to_jsonb(array[a.id::text])
    join request_form f on f.current_version = v.version and f.deleted_at is null
    order by lower(v.name), f.id`.execute(reader);
  return (agreementId) => {
    const own = rows.filter((row) => row.agreement_id === agreementId);
    return {
      forms: own.map(({ id, name }) => ({ id, name })),
      domains: [...new Map(own.flatMap((row) => row.domains).map((d) => [d.id, d])).values()],
      usedByAsset: own.some((row) => row.of_asset),
      reviewers: own.flatMap((row) => reviewersOf(readStoredFlow(row.policy, 'form'))),
    };
  };
}
