import type { CreateDataProductBody, DataProduct, UpdateDataProductBody } from '@stoa/contract/data-product';
import type { Reviewer, TargetFlow } from '@stoa/contract/review-flow';
import { publishedNameForm } from '@stoa/contract/text';

export type Expert = { readonly id: string; readonly name: string };

/** A product as the editor holds it. */
export type ProductDraft = {
  readonly domains: readonly string[];
  readonly sources: ReadonlySet<string>;
  readonly name: string;
  readonly description: string;
  readonly expert: Expert;
  /** Empty for the standard form. */
  readonly formId: string;
  /** Any one of them decides; `undefined` when the flow is more than that and stays as it is. */
  readonly stewards: readonly Reviewer[] | undefined;
  readonly owners: readonly Expert[];
};

export const emptyProductDraft = (me: Expert): ProductDraft => ({
  domains: [],
  sources: new Set(),
  name: '',
  description: '',
  expert: me,
  formId: '',
  stewards: [],
  owners: [me],
});

/** The stewards of a flow that the editor can show whole: one stage, any of some people and groups. */
export function stewardsOf(flow: TargetFlow | undefined): readonly Reviewer[] | undefined {
  if (flow === undefined) return [];
  if (flow.rules.length > 0 || flow.defaultEvent.type !== 'review') return undefined;
  const { stages } = flow.defaultEvent.params;
  if (stages.length === 0) return [];
  const only = stages.length === 1 ? stages[0] : undefined;
  if (only === undefined || !('any' in only)) return undefined;
  return only.any.every((one) => one.type === 'USER' || one.type === 'GROUP') ? only.any : undefined;
}

export function draftOf(product: DataProduct, sources: readonly string[]): ProductDraft {
  const expert = product.metadata?.subjectMatterExpert;
  return {
    domains: product.domains,
    sources: new Set(sources),
    name: product.name,
    description: product.description ?? '',
    expert: { id: expert?.id ?? product.createdBy, name: expert?.name ?? expert?.username ?? '' },
    formId: product.dataAccessRequestFormId ?? '',
    stewards: stewardsOf(product.dataAccessPolicy),
    owners: (product.owners ?? []).map((owner) => ({ id: owner.globalUserId, name: owner.name })),
  };
}

export type Need = 'domain' | 'sources' | 'name' | 'description' | 'expert' | 'form' | 'reviewers';
export type NeedState = { readonly need: Need; readonly state: 'done' | 'missing' | 'advised' };

export const isNameGood = (name: string): boolean =>
  name.trim() !== '' && name.trim().length <= 255 && publishedNameForm.test(name.trim());

/** What a product needs before it is published. Only a description may wait. */
export function needsOf(draft: ProductDraft): readonly NeedState[] {
  const must = (need: Need, isDone: boolean): NeedState => ({ need, state: isDone ? 'done' : 'missing' });
  return [
    must('domain', draft.domains.length > 0),
    must('sources', draft.sources.size > 0),
    must('name', isNameGood(draft.name)),
    { need: 'description', state: draft.description.trim() === '' ? 'advised' : 'done' },
    must('expert', draft.expert.id !== ''),
    must('form', true),
    must('reviewers', true),
  ];
}

const flowOf = (stewards: readonly Reviewer[]): TargetFlow => ({
  rules: [],
  defaultEvent: { type: 'review', params: { stages: [{ any: [...stewards] }] } },
});

const refs = (sources: ReadonlySet<string>) =>
  [...sources].sort((a, b) => Number(a) - Number(b)).map((sourceId) => ({ sourceId }));

export function createBodyOf(draft: ProductDraft): CreateDataProductBody {
  return {
    name: draft.name.trim(),
    description: draft.description.trim() === '' ? null : draft.description,
    domains: [...draft.domains],
    metadata: { subjectMatterExpert: { id: draft.expert.id } },
    dataSources: refs(draft.sources),
    ...(draft.formId === '' ? {} : { dataAccessRequestFormId: draft.formId }),
    ...(draft.stewards === undefined || draft.stewards.length === 0
      ? {}
      : { dataAccessReviewFlow: flowOf(draft.stewards) }),
  };
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** The members that differ, and nothing else: a steward may change a few of them only. */
export function updateBodyOf(before: ProductDraft, draft: ProductDraft): UpdateDataProductBody {
  const body: UpdateDataProductBody = {};
  if (draft.name.trim() !== before.name) body.name = draft.name.trim();
  if (draft.description !== before.description) body.description = draft.description;
  if (!same(draft.domains, before.domains)) body.domains = [...draft.domains];
  if (draft.expert.id !== before.expert.id) body.metadata = { subjectMatterExpert: { id: draft.expert.id } };
  if (draft.formId !== before.formId && draft.formId !== '') body.dataAccessRequestFormId = draft.formId;
  if (draft.stewards !== undefined && draft.stewards.length > 0 && !same(draft.stewards, before.stewards)) {
    body.dataAccessReviewFlow = flowOf(draft.stewards);
  }
  if (sourcesDiffer(before, draft)) body.dataSources = refs(draft.sources);
  if (!same(draft.owners, before.owners) && draft.owners.length > 0) body.owners = draft.owners.map((one) => one.id);
  return body;
}

const sourcesDiffer = (before: ProductDraft, draft: ProductDraft): boolean =>
  !same(refs(before.sources), refs(draft.sources));

export const isSameDraft = (a: ProductDraft, b: ProductDraft): boolean =>
  same({ ...a, sources: refs(a.sources) }, { ...b, sources: refs(b.sources) });

export const sourceRefsOf = (draft: ProductDraft) => refs(draft.sources);
