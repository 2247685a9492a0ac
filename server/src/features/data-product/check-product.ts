import type { Actor, DomainRef } from '@stoa/core/permissions/objects';
import { nothing } from '@stoa/core/permissions/objects';
import { parseFlow } from '@stoa/core/review/validate-flow';
import { targetFlow, type TargetFlow } from '@stoa/contract/review-flow';
import { sql } from 'kysely';
import type { Reader, Tx } from '../../db/pool.ts';
import { Refusal } from '../../http/refusal.ts';
import { requireMay } from '../../http/require.ts';
import { standardFormId } from '../request-form/load-forms.ts';
import { readStoredFlow } from '../request-form/stored-flow.ts';
import { requireReviewers } from '../review-flow/reviewer-names.ts';

/** The domains named, once they exist and the caller may publish in all of them. */
export async function requirePublishing(
  reader: Reader,
  actor: Actor,
  domainIds: readonly string[],
): Promise<DomainRef[]> {
  requireMay(actor, 'data-product.create', nothing);
  const domains = await loadDomains(reader, domainIds);
  requireMay(actor, 'data-product.create', { kind: 'publishing', domains });
  return domains;
}

export async function loadDomains(reader: Reader, domainIds: readonly string[]): Promise<DomainRef[]> {
  const ids = [...new Set(domainIds.map((id) => id.toLowerCase()))];
  const { rows } =
    await sql<DomainRef>`select id, name from domain where id = any(${ids}::uuid[]) order by name, id`.execute(reader);
  const missing = ids.filter((id) => !rows.some((row) => row.id === id));
  if (missing.length > 0)
    throw new Refusal('data_product.domain_unknown', {
      detail: `There is no domain ${missing.slice(0, 20).join(', ')}.`,
      extra: { domains: missing },
    });
  return rows;
}

const few = (names: readonly string[]): string =>
  names.length > 20 ? `${names.slice(0, 20).join(', ')} and ${names.length - 20} more` : names.join(', ');

/** Sources about to be added: each is there, enabled, and in one of the product's domains (product.md 3.3, invariant 8). */
export async function checkAddedSources(
  tx: Tx,
  sourceIds: readonly number[],
  domainIds: readonly string[],
): Promise<void> {
  if (sourceIds.length === 0) return;
  const isInside = sql`exists (select from domain_data_source d where d.data_source_id = w.id and d.domain_id = any(${[...domainIds]}::uuid[]))`;
  const { rows } = await sql<{ id: number; name: string | null; is_enabled: boolean; in_domain: boolean }>`
    select w.id, s.name, coalesce(s.enabled, false) as is_enabled, ${isInside} as in_domain
    from unnest(string_to_array(${sourceIds.join()}, ',')::int[]) as w (id) left join data_source s on s.id = w.id
    where s.id is null or not s.enabled or not ${isInside}
    order by w.id`.execute(tx);
  const unusable = rows.filter((row) => !row.is_enabled);
  if (unusable.length > 0)
    throw new Refusal('data_product.source_unknown', {
      detail: `These data sources do not exist or are not enabled: ${few(unusable.map((row) => row.name ?? String(row.id)))}.`,
      extra: { sourceIds: unusable.map((row) => String(row.id)) },
    });
  if (rows.length > 0)
    throw new Refusal('data_product.source_out_of_domain', {
      detail: `These data sources are in no domain of the product: ${few(rows.map((row) => row.name ?? String(row.id)))}.`,
      extra: { sourceIds: rows.map((row) => String(row.id)) },
    });
}

/** Numeric ids of a body's sources, each once; a product has at least one. */
export function sourceIdsOf(dataSources: readonly { readonly sourceId: string }[]): number[] {
  const ids = [...new Set(dataSources.map((source) => Number(source.sourceId)))];
  if (ids.length === 0)
    throw new Refusal('data_product.no_sources', { errors: [{ path: 'body.dataSources', message: 'is empty' }] });
  return ids;
}

/**
 * The form to keep for a target: null stands for the Standard Request Form. The row is held until the commit, so that who
 * deletes or changes the form meanwhile sees this use of it.
 */
export async function checkForm(tx: Tx, formId: string | undefined): Promise<string | null> {
  if (formId === undefined || formId === standardFormId) return null;
  const { rows } =
    await sql`select from request_form where id::text = lower(${formId}) and deleted_at is null for share`.execute(tx);
  if (rows.length === 0)
    throw new Refusal('data_product.form_unknown', { detail: `There is no request form ${formId}.` });
  return formId.toLowerCase();
}

/**
 * The own flow of a product or asset as it is kept; what is wrong with it is named member by member.
 * @param kept the flow that stands there already
 */
export async function checkFlow(
  reader: Reader,
  flow: TargetFlow,
  { path, kept }: { path: string; kept: unknown },
): Promise<TargetFlow> {
  const parsed = parseFlow(flow, 'target');
  if (parsed.ok)
    return targetFlow.parse(
      await requireReviewers(reader, flow, {
        path: `body.${path}`,
        kept: kept === null ? null : readStoredFlow(kept, 'target'),
      }),
    );
  throw new Refusal(parsed.problems[0]?.code ?? 'review_flow.invalid', {
    errors: parsed.problems.map((problem) => ({ path: `body.${path}.${problem.path}`, message: problem.message })),
  });
}

/** People named in a product must be there and active. */
export async function checkPeople(reader: Reader, globalUserIds: readonly string[]): Promise<void> {
  const ids = [...new Set(globalUserIds.map((id) => id.toLowerCase()))];
  const { rows } = await sql<{ id: string }>`
    select global_user_id as id from app_user where global_user_id = any(${ids}::uuid[]) and status = 'active'`.execute(
    reader,
  );
  const missing = ids.filter((id) => !rows.some((row) => row.id === id));
  if (missing.length > 0)
    throw new Refusal('data_product.person_unknown', {
      detail: `There is no active person ${missing.join(', ')}.`,
      extra: { globalUserIds: missing },
    });
}
