import type { CreateDataProductBody } from '@stoa/contract/data-product';
import type { TargetFlow } from '@stoa/contract/review-flow';
import { foldName } from '@stoa/core/folded-name';
import type { DomainRef } from '@stoa/core/permissions/objects';
import { sql } from 'kysely';
import { appendAudit } from '../../audit/append.ts';
import { userActor } from '../../audit/user-actor.ts';
import { newCuids, newUuid } from '../../db/new-id.ts';
import { type Tx, withNext } from '../../db/pool.ts';
import { type AfterCommit, transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { refusalOfConstraint } from '../../http/constraints.ts';
import { Refusal } from '../../http/refusal.ts';
import type { Call } from '../../http/route.ts';
import { enqueueTarget, ensureContainers } from '../../provisioning/enqueue-keys.ts';
import type { LoadedPerson } from '../user/load-people.ts';
import { requireGovernorForAutomatic } from './automatic-approval.ts';
import {
  checkAddedSources,
  checkFlow,
  checkForm,
  checkPeople,
  requirePublishing,
  sourceIdsOf,
} from './check-product.ts';
import { stewardsAssigned } from '../review-flow/stewards-assigned.ts';
import { productEvent } from './product-event.ts';
import { completeSearchSoon, markSearchStale } from './search-document.ts';
import { takeSlug } from './slug.ts';
import { forgetDraft } from '../product-draft/drafts.ts';

export type By = { readonly actor: LoadedPerson; readonly call: Call };

/** Publishes all of the products or none of them; answers their ids in the order given. */
export async function createDataProducts(
  deps: Deps,
  by: By,
  bodies: readonly CreateDataProductBody[],
): Promise<string[]> {
  const made = await transact(deps, async (tx, after) => {
    const ids: string[] = [];
    for (const [index, body] of bodies.entries())
      ids.push(await createOne(tx, after, { by, body }).catch((error: unknown) => refuse(error, { index, bodies })));
    await markSearchStale(tx, ids);
    return ids;
  });
  const sources = bodies.reduce((sum, body) => sum + body.dataSources.length, 0);
  await completeSearchSoon(deps, made, sources);
  return made;
}

type Place = { readonly index: number; readonly bodies: readonly CreateDataProductBody[] };

/** One of a list stands in the way of all: which one is told by its place and its name. */
function refuse(error: unknown, { index, bodies }: Place): never {
  const refusal = error instanceof Refusal ? error : refusalOfConstraint(error);
  if (refusal === undefined || bodies.length === 1) throw error;
  const { code, facts, message } = refusal;
  const name = bodies[index]?.name ?? '';
  const errors = facts.errors ?? [{ path: 'body', message }];
  throw new Refusal(code, {
    ...facts,
    detail: `Product ${index + 1} of ${bodies.length}, "${name}": ${message}`,
    errors: errors.map((one) => ({ ...one, path: one.path.replace(/^body/, `body.${index}`) })),
    extra: { ...facts.extra, index, name },
  });
}

async function createOne(
  tx: Tx,
  after: AfterCommit,
  { by, body }: { by: By; body: CreateDataProductBody },
): Promise<string> {
  const domains = await requirePublishing(tx, by.actor, body.domains);
  const sourceIds = sourceIdsOf(body.dataSources);
  await checkAddedSources(
    tx,
    sourceIds,
    domains.map((domain) => domain.id),
  );
  const id = body.id?.toLowerCase() ?? newUuid();
  await insertProduct(tx, { id, by, body });
  await sql`${withNext}insert into data_product_domain (data_product_id, domain_id)
    select ${id}::uuid, d from unnest(${domains.map((domain) => domain.id)}::uuid[]) as d`.execute(tx);
  await sql`${withNext}insert into data_product_owner (data_product_id, global_user_id)
    values (${id}, ${by.actor.globalUserId})`.execute(tx);
  await insertSources(tx, id, sourceIds);
  if (!asksByDefault(body)) await requireGovernorForAutomatic(tx, by.actor, { productIds: [id] });
  await ensureContainers(tx, { targetId: id, kind: 'dp' });
  await enqueueTarget(tx, after, { targetId: id, cause: 'product' });
  await appendAudit(tx, {
    action: 'DataProductCreated',
    actor: userActor(by.actor),
    actorIp: by.call.ip,
    targetType: 'DATA_PRODUCT',
    targets: [{ id, name: body.name, type: 'DATA_PRODUCT' }],
    relatedResources: relatedDomains(domains),
    payload: { dataSourceIds: sourceIds.slice(0, 1_000), dataSourceCount: sourceIds.length },
    domainIds: domains.map((domain) => domain.id),
    requestId: by.call.id,
    emits: [
      productEvent({ id, name: body.name, domains }, 'state.created', { dataSourceCount: sourceIds.length }),
      ...stewardsAssigned({
        about: { targetId: id, domainId: domains[0]?.id },
        before: [],
        after: Object.values(flowsOf(body)),
        data: { name: body.name },
      }),
    ],
  });
  // Published from a draft: that is over.
  if (body.id !== undefined) await forgetDraft(tx, { owner: by.actor.globalUserId, id });
  after.changed('data-product', id);
  return id;
}

export const relatedDomains = (domains: readonly DomainRef[]) =>
  domains.map(({ id, name }) => ({ id, name, type: 'DOMAIN' }));

const flowsOf = (body: CreateDataProductBody) => ({
  dataAccess: body.dataAccessReviewFlow ?? body.dataAccessPolicy,
  maskingException: body.maskingExceptionReviewFlow ?? body.maskingExceptionPolicy,
});

/** With the Standard Request Form and no flow of its own people decide; nothing has to be looked up for that. */
const asksByDefault = (body: CreateDataProductBody): boolean =>
  [
    body.requestFormId,
    body.dataAccessRequestFormId,
    body.maskingExceptionRequestFormId,
    ...Object.values(flowsOf(body)),
  ].every((one) => one === undefined);

async function insertProduct(
  tx: Tx,
  { id, by, body }: { id: string; by: By; body: CreateDataProductBody },
): Promise<void> {
  const expert = body.metadata?.subjectMatterExpert.id ?? by.actor.globalUserId;
  await checkPeople(tx, [expert]);
  const flows = flowsOf(body);
  const storedFlow = async (flow: TargetFlow | undefined, path: string) =>
    flow === undefined ? null : JSON.stringify(await checkFlow(tx, flow, { path, kept: null }));
  await tx
    .insertInto('data_product')
    .values({
      id,
      name: body.name,
      name_key: foldName(body.name),
      slug: await takeSlug(tx, body.name, id),
      description: body.description ?? null,
      subject_matter_expert: expert,
      data_access_form_id: await checkForm(tx, body.dataAccessRequestFormId ?? body.requestFormId),
      masking_exception_form_id: await checkForm(tx, body.maskingExceptionRequestFormId ?? body.requestFormId),
      data_access_review_flow: await storedFlow(flows.dataAccess, 'dataAccessReviewFlow'),
      masking_exception_review_flow: await storedFlow(flows.maskingException, 'maskingExceptionReviewFlow'),
      created_by: by.actor.globalUserId,
    })
    .execute();
}

/** One statement however many tables the product has. */
export async function insertSources(tx: Tx, productId: string, sourceIds: readonly number[]): Promise<void> {
  await sql`${withNext}insert into data_product_source (id, data_product_id, data_source_id)
    select w.id, ${productId}::uuid, w.source_id
    from unnest(string_to_array(${newCuids(sourceIds.length).join()}, ','), string_to_array(${sourceIds.join()}, ',')::int[]) as w (id, source_id)`.execute(
    tx,
  );
}
