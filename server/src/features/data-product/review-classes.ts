import type { DomainPermission } from '@stoa/contract/enums';
import { type Outlook, outlookOf } from '@stoa/core/review/access-state';
import { matchesSource } from '@stoa/core/review/matches-source';
import { type FlowsOfTarget, stewardsOf } from '@stoa/core/review/resolve-flow';
import { type RawBuilder, sql } from 'kysely';
import { prepared, type Reader } from '../../db/pool.ts';
import { type LoadedForm, formsOrStandard, loadForms, standardFormId } from '../request-form/load-forms.ts';
import { readStoredFlow } from '../request-form/stored-flow.ts';
import type { LoadedPerson } from '../user/load-people.ts';
import { unansweredFacts } from './request-facts.ts';

/**
 * Products under the same forms and flows are alike to a caller: what asking would come to, and whether they are a steward, is
 * asked once per class and never per product. The surrounding query names `data_product` as `p`.
 */
const classKey = sql<string>`(coalesce(p.data_access_form_id::text, '') || ':' || coalesce(p.masking_exception_form_id::text, '')
  || ':' || coalesce(md5(p.data_access_review_flow::text), '') || ':' || coalesce(md5(p.masking_exception_review_flow::text), ''))`;
/** Products without a form or flow of their own, which is most of them. */
const plainClass = ':::';

type ClassRow = {
  key: string;
  data_access_form_id: string | null;
  masking_exception_form_id: string | null;
  data_access_review_flow: unknown;
  masking_exception_review_flow: unknown;
};
type ReviewClass = { key: string; outlook: Outlook['kind']; isSteward: boolean; stewardBy: DomainPermission[] };

export type ReviewConditions = {
  /** The product's flow would approve, or deny, a request of the caller by itself. */
  readonly approves: RawBuilder<boolean>;
  readonly denies: RawBuilder<boolean>;
  readonly isSteward: RawBuilder<boolean>;
  /** The forms of all products, as they were read for this. */
  readonly forms: ReadonlyMap<string, LoadedForm>;
};

/** SQL conditions on `p` that tell what its review flows mean for the caller. */
export async function reviewConditions(reader: Reader, actor: LoadedPerson): Promise<ReviewConditions> {
  const { classes, forms } = await loadClasses(reader, actor);
  const permissions = [...new Set(classes.flatMap((c) => c.stewardBy))];
  const byDomain = permissions.map(
    (permission) =>
      sql<boolean>`(${among(classes, (c) => c.stewardBy.includes(permission))} and ${holdsInAllDomains(actor, permission)})`,
  );
  return {
    approves: among(classes, (c) => c.outlook === 'AUTO'),
    denies: among(classes, (c) => c.outlook === 'DENIED'),
    isSteward: sql<boolean>`(${sql.join([among(classes, (c) => c.isSteward), ...byDomain], sql` or `)})`,
    forms,
  };
}

/** The caller holds the permission in every domain of the product. */
export function holdsInAllDomains(actor: LoadedPerson, permission: DomainPermission): RawBuilder<boolean> {
  const held = actor.domainPermissions.filter((d) => d.permission === permission).map((d) => d.domainId);
  if (held.length === 0) return sql<boolean>`false`;
  return sql<boolean>`not exists (select from data_product_domain held where held.data_product_id = p.id
    and held.domain_id <> all(${held}::uuid[]))`;
}

/** Names the classes on the shorter side, and none at all where they all agree. */
function among(classes: readonly ReviewClass[], isIn: (c: ReviewClass) => boolean): RawBuilder<boolean> {
  const inside = classes.filter(isIn).map((c) => c.key);
  if (inside.length === 0) return sql<boolean>`false`;
  if (inside.length === classes.length) return sql<boolean>`true`;
  return sql<boolean>`${classKey} = any(${inside}::text[])`;
}

type Classes = { classes: ReviewClass[]; forms: ReadonlyMap<string, LoadedForm> };

async function loadClasses(reader: Reader, actor: LoadedPerson): Promise<Classes> {
  const { rows } = await sql<ClassRow>`${prepared('review-classes')}
    select distinct on (1) ${classKey} as key, p.data_access_form_id, p.masking_exception_form_id, p.data_access_review_flow,
      p.masking_exception_review_flow
    from data_product p
    where p.deleted_at is null and num_nonnulls(p.data_access_form_id, p.masking_exception_form_id, p.data_access_review_flow,
      p.masking_exception_review_flow) > 0`.execute(reader);
  const plain: ClassRow = {
    key: plainClass,
    data_access_form_id: null,
    masking_exception_form_id: null,
    data_access_review_flow: null,
    masking_exception_review_flow: null,
  };
  const all = [plain, ...rows];
  const formIds = all.flatMap((row) => [row.data_access_form_id, row.masking_exception_form_id]);
  const forms = await loadForms(reader, [standardFormId, ...formIds.filter((id) => id !== null)]);
  const formOf = formsOrStandard(forms);
  const flows = (formId: string | null, own: unknown): FlowsOfTarget => ({
    formFlow: formOf(formId).policy,
    targetFlow: own === null ? null : readStoredFlow(own, 'target'),
    targetType: 'DATA_PRODUCT',
  });
  const classes = all.map((row) => {
    const dataAccess = flows(row.data_access_form_id, row.data_access_review_flow);
    const masking = flows(row.masking_exception_form_id, row.masking_exception_review_flow);
    const stewards = [...stewardsOf(dataAccess), ...stewardsOf(masking)];
    const ofDomains = stewards.flatMap((s) =>
      s.type === 'DOMAIN PERMISSION' && s.domainId === undefined ? [s.permission] : [],
    );
    return {
      key: row.key,
      outlook: outlookOf(dataAccess, unansweredFacts(actor)).kind,
      // Without domains to hold them in, permissions in the target's domains never match here; they are asked apart.
      isSteward: stewards.some((source) => matchesSource(actor, source, [])),
      stewardBy: [...new Set(ofDomains)],
    };
  });
  return { classes, forms };
}
