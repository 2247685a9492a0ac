import type { DataProduct } from '@stoa/contract/data-product';
import type { AccessStatus } from '@stoa/contract/enums';
import type { ProvisioningSummary } from '@stoa/contract/provisioning';
import { type TargetFlow, targetFlow } from '@stoa/contract/review-flow';
import { abilitiesOnDataProduct } from '@stoa/core/permissions/abilities';
import { accessStateOf, outlookOf } from '@stoa/core/review/access-state';
import { type FlowsOfTarget, resolveFlow } from '@stoa/core/review/resolve-flow';
import { defaultProductFlow } from '@stoa/core/review/standard';
import type { Reader } from '../../db/pool.ts';
import { readProvisioningSummaries } from '../../provisioning/read-status.ts';
import type { LoadedPerson } from '../user/load-people.ts';
import { type CallerAccess, readCallerAccess } from './caller-access.ts';
import { loadDataProducts, type LoadedProduct } from './load-products.ts';
import { presentAbilities } from './present-abilities.ts';
import { type ProductNumbers, readProductNumbers, statsOf } from './read-product-numbers.ts';
import { unansweredFacts } from './request-facts.ts';

/** Products as the caller sees them, in the order of the ids. A page costs the same few queries however long it is. */
export async function presentProducts(
  reader: Reader,
  actor: LoadedPerson,
  ids: readonly string[],
  loaded?: ReadonlyMap<string, LoadedProduct>,
): Promise<DataProduct[]> {
  if (ids.length === 0) return [];
  const products = loaded ?? (await loadDataProducts(reader, ids, actor));
  const access = await readCallerAccess(reader, actor.globalUserId, ids);
  const numbers = await readProductNumbers(reader, ids);
  const provisioning = await readProvisioningSummaries(
    reader,
    [...access.values()].map((own) => own.request_id),
  );
  return ids.flatMap((id) => {
    const product = products.get(id);
    const counted = numbers.get(id);
    if (!product || !counted) return [];
    const own = access.get(id);
    return [present(actor, product, { own, numbers: counted, provisioning: own && provisioning.get(own.request_id) })];
  });
}

/** @param loaded the product where it was just read for the caller; nothing is changed in between */
export async function presentProduct(
  reader: Reader,
  actor: LoadedPerson,
  id: string,
  loaded?: LoadedProduct,
): Promise<DataProduct> {
  const [product] = await presentProducts(reader, actor, [id], loaded && new Map([[id, loaded]]));
  if (!product) throw new Error(`data product ${id} went while it was read`);
  return product;
}

type Facts = {
  own: CallerAccess | undefined;
  numbers: ProductNumbers;
  provisioning: ProvisioningSummary | undefined;
};

export const statusOf = (actor: LoadedPerson, product: LoadedProduct, own: CallerAccess | undefined): AccessStatus => {
  if (own) return own.status;
  return product.row.created_by === actor.globalUserId ? 'PUBLISHER' : 'NONE';
};

/** The flow a product shows as its own; unset, that is the default one. */
export const ownFlow = (flows: FlowsOfTarget): TargetFlow => targetFlow.parse(flows.targetFlow ?? defaultProductFlow);

/** What the product itself says about who reviews, and whether its form asks it. */
const reviewFlowOf = (flows: FlowsOfTarget) => ({
  own: flows.targetFlow === null ? null : targetFlow.parse(flows.targetFlow),
  isActive: resolveFlow(flows).targetIsActive,
});

function present(actor: LoadedPerson, product: LoadedProduct, { own, numbers, provisioning }: Facts): DataProduct {
  const { row, flows, forms, object } = product;
  const status = statusOf(actor, product, own);
  const access = accessStateOf({
    status,
    suspended: row.suspended,
    awaitsAcceptance: own?.awaits_acceptance ?? false,
    hasUsableSource: numbers.has_usable_source,
    outlook: outlookOf(flows.DATA_ACCESS, unansweredFacts(actor)),
  });
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    domains: row.domains.map((domain) => domain.id),
    suspended: row.suspended,
    createdBy: row.created_by,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
    status,
    ...(own ? { requestId: own.request_id, expiration: own.expiration?.toISOString() ?? null } : {}),
    stats: statsOf(numbers),
    sourceTypes: numbers.technologies,
    metadata: {
      subjectMatterExpert: { id: row.subject_matter_expert, username: row.expert_username, name: row.expert_name },
    },
    dataAccessPolicy: ownFlow(flows.DATA_ACCESS),
    maskingExceptionPolicy: ownFlow(flows.MASKING_EXCEPTION),
    slug: row.slug,
    accessState: access.state,
    accessReason: access.reason,
    ...(provisioning ? { provisioning } : {}),
    owners: row.owners,
    domainNames: [...row.domains],
    sourceCount: numbers.source_count,
    technologies: numbers.technologies,
    memberCount: numbers.members,
    medianDecisionHours: numbers.median_hours,
    dataAccessRequestFormId: forms.DATA_ACCESS.formId,
    maskingExceptionRequestFormId: forms.MASKING_EXCEPTION.formId,
    reviewFlows: {
      DATA_ACCESS: reviewFlowOf(flows.DATA_ACCESS),
      MASKING_EXCEPTION: reviewFlowOf(flows.MASKING_EXCEPTION),
    },
    sourcesOutOfDomain: numbers.sources_out_of_domain,
    abilities: presentAbilities(abilitiesOnDataProduct(actor, object)),
  };
}
