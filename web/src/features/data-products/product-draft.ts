import type { CreateDataProductBody, DataProduct, UpdateDataProductBody } from '@stoa/contract/data-product';
import type { RequestType } from '@stoa/contract/enums';
import type { FormFlow, Reviewer, TargetFlow } from '@stoa/contract/review-flow';
import { publishedNameForm } from '@stoa/contract/text';

export type Expert = { readonly id: string; readonly name: string };

/** What is asked for one type of request, and whom the product itself names to decide. */
export type Asking = {
  /** Empty for the standard form. */
  readonly formId: string;
  /** Null: the managers of its domains and holders of Governance. Kept and inactive while the form decides by itself. */
  readonly flow: TargetFlow | null;
};

/** A product as the editor holds it. */
export type ProductDraft = {
  readonly domains: readonly string[];
  readonly sources: ReadonlySet<string>;
  readonly name: string;
  readonly description: string;
  readonly expert: Expert;
  readonly asking: Readonly<Record<RequestType, Asking>>;
  /** Masking exceptions are asked and decided as data access is; what stands for them is not looked at then. */
  readonly masksAlike: boolean;
  readonly owners: readonly Expert[];
};

const unasked: Asking = { formId: '', flow: null };

export const emptyProductDraft = (me: Expert): ProductDraft => ({
  domains: [],
  sources: new Set(),
  name: '',
  description: '',
  expert: me,
  asking: { DATA_ACCESS: unasked, MASKING_EXCEPTION: unasked },
  masksAlike: true,
  owners: [me],
});

/** The stewards of a flow that is a list of names: one stage, any of some people and groups. Else undefined. */
export function stewardsOf(flow: TargetFlow | null): readonly Reviewer[] | undefined {
  if (flow === null) return [];
  if (flow.rules.length > 0 || flow.defaultEvent.type !== 'review') return undefined;
  const { stages } = flow.defaultEvent.params;
  if (stages.length === 0) return [];
  const only = stages.length === 1 ? stages[0] : undefined;
  if (only === undefined || !('any' in only)) return undefined;
  return only.any.every((one) => one.type === 'USER' || one.type === 'GROUP') ? only.any : undefined;
}

/** The flow in which any of them decides; none of them leaves it to the default. */
export const flowOfStewards = (stewards: readonly Reviewer[]): TargetFlow | null =>
  stewards.length === 0
    ? null
    : { rules: [], defaultEvent: { type: 'review', params: { stages: [{ any: [...stewards] }] } } };

/** A form that leaves it to its target who decides, always or by a rule. */
export const delegates = (policy: FormFlow): boolean =>
  [policy.defaultEvent, ...policy.rules.map((rule) => rule.event)].some((event) => event.type === 'dataProductPolicy');

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** Written out, since a flow that was set cannot be taken back: who decides when a product names nobody. */
const defaultFlow: TargetFlow = {
  rules: [],
  defaultEvent: {
    type: 'review',
    params: {
      stages: [
        {
          any: [
            { type: 'PERMISSION', permission: 'GOVERNANCE' },
            { type: 'DOMAIN PERMISSION', permission: 'Manage Data Products' },
          ],
        },
      ],
    },
  },
};

/** The default written out is the default. */
const ownFlow = (flow: TargetFlow | null | undefined): TargetFlow | null =>
  flow === undefined || flow === null || same(flow, defaultFlow) ? null : flow;

export function draftOf(product: DataProduct, sources: readonly string[]): ProductDraft {
  const expert = product.metadata?.subjectMatterExpert;
  const asking = {
    DATA_ACCESS: {
      formId: product.dataAccessRequestFormId ?? '',
      flow: ownFlow(product.reviewFlows?.DATA_ACCESS.own),
    },
    MASKING_EXCEPTION: {
      formId: product.maskingExceptionRequestFormId ?? '',
      flow: ownFlow(product.reviewFlows?.MASKING_EXCEPTION.own),
    },
  };
  return {
    domains: product.domains,
    sources: new Set(sources),
    name: product.name,
    description: product.description ?? '',
    expert: { id: expert?.id ?? product.createdBy, name: expert?.name ?? expert?.username ?? '' },
    asking,
    masksAlike: same(asking.DATA_ACCESS, asking.MASKING_EXCEPTION),
    owners: (product.owners ?? []).map((owner) => ({ id: owner.globalUserId, name: owner.name })),
  };
}

export type Need = 'domain' | 'sources' | 'name' | 'description' | 'expert' | 'form' | 'reviewers';
export type NeedState = {
  readonly need: Need;
  readonly state: 'done' | 'missing' | 'advised';
  /** So many of the chosen sources are in none of the domains. */
  readonly outside?: number;
};
/** Chosen sources that are in none of the chosen domains: new ones are refused, those from before may stay. */
export type Outside = { readonly added: number; readonly kept: number };

export const isNameGood = (name: string): boolean =>
  name.trim() !== '' && name.trim().length <= 255 && publishedNameForm.test(name.trim());

/** What a product needs before it is published. Only a description may wait, and sources that left its domains. */
export function needsOf(draft: ProductDraft, outside: Outside = { added: 0, kept: 0 }): readonly NeedState[] {
  const must = (need: Need, isDone: boolean): NeedState => ({ need, state: isDone ? 'done' : 'missing' });
  return [
    must('domain', draft.domains.length > 0),
    outside.added + outside.kept === 0
      ? must('sources', draft.sources.size > 0)
      : {
          need: 'sources',
          state: outside.added > 0 ? 'missing' : 'advised',
          outside: outside.added + outside.kept,
        },
    must('name', isNameGood(draft.name)),
    { need: 'description', state: draft.description.trim() === '' ? 'advised' : 'done' },
    must('expert', draft.expert.id !== ''),
    must('form', true),
    must('reviewers', true),
  ];
}

/** What holds for a type of request, with masking exceptions that are asked as data access is. */
export const askingOf = (draft: ProductDraft, type: RequestType): Asking =>
  draft.asking[draft.masksAlike ? 'DATA_ACCESS' : type];

const refs = (sources: ReadonlySet<string>) =>
  [...sources].sort((a, b) => Number(a) - Number(b)).map((sourceId) => ({ sourceId }));

export function createBodyOf(draft: ProductDraft): CreateDataProductBody {
  const access = askingOf(draft, 'DATA_ACCESS');
  const masks = askingOf(draft, 'MASKING_EXCEPTION');
  return {
    name: draft.name.trim(),
    description: draft.description.trim() === '' ? null : draft.description,
    domains: [...draft.domains],
    metadata: { subjectMatterExpert: { id: draft.expert.id } },
    dataSources: refs(draft.sources),
    ...(access.formId === '' ? {} : { dataAccessRequestFormId: access.formId }),
    ...(masks.formId === '' ? {} : { maskingExceptionRequestFormId: masks.formId }),
    ...(access.flow === null ? {} : { dataAccessReviewFlow: access.flow }),
    ...(masks.flow === null ? {} : { maskingExceptionReviewFlow: masks.flow }),
  };
}

/** The form and the flow of both types of request, as far as they differ. */
function askingChanges(before: ProductDraft, draft: ProductDraft): UpdateDataProductBody {
  const [access, wasAccess] = [askingOf(draft, 'DATA_ACCESS'), askingOf(before, 'DATA_ACCESS')];
  const [masks, wasMasks] = [askingOf(draft, 'MASKING_EXCEPTION'), askingOf(before, 'MASKING_EXCEPTION')];
  const isOther = (id: string, was: string) => id !== was && id !== '';
  return {
    ...(isOther(access.formId, wasAccess.formId) ? { dataAccessRequestFormId: access.formId } : {}),
    ...(isOther(masks.formId, wasMasks.formId) ? { maskingExceptionRequestFormId: masks.formId } : {}),
    ...(same(access.flow, wasAccess.flow) ? {} : { dataAccessReviewFlow: access.flow ?? defaultFlow }),
    ...(same(masks.flow, wasMasks.flow) ? {} : { maskingExceptionReviewFlow: masks.flow ?? defaultFlow }),
  };
}

/** The members that differ, and nothing else: a steward may change a few of them only. */
export function updateBodyOf(before: ProductDraft, draft: ProductDraft): UpdateDataProductBody {
  const body: UpdateDataProductBody = askingChanges(before, draft);
  if (draft.name.trim() !== before.name) body.name = draft.name.trim();
  if (draft.description !== before.description) body.description = draft.description;
  if (!same(draft.domains, before.domains)) body.domains = [...draft.domains];
  if (draft.expert.id !== before.expert.id) body.metadata = { subjectMatterExpert: { id: draft.expert.id } };
  if (sourcesDiffer(before, draft)) body.dataSources = refs(draft.sources);
  if (!same(draft.owners, before.owners) && draft.owners.length > 0) body.owners = draft.owners.map((one) => one.id);
  return body;
}

const sourcesDiffer = (before: ProductDraft, draft: ProductDraft): boolean =>
  !same(refs(before.sources), refs(draft.sources));

/** Without what is not looked at, so that a draft that says the same is the same. */
const comparable = (draft: ProductDraft) => ({
  ...draft,
  sources: refs(draft.sources),
  asking: [askingOf(draft, 'DATA_ACCESS'), askingOf(draft, 'MASKING_EXCEPTION')],
  masksAlike: null,
});

export const isSameDraft = (a: ProductDraft, b: ProductDraft): boolean => same(comparable(a), comparable(b));

export const sourceRefsOf = (draft: ProductDraft) => refs(draft.sources);
