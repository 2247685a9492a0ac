import type { ProductDraft as KeptDraft, ProductWriting } from '@stoa/contract/product-draft';
import type { TargetFlow } from '@stoa/contract/review-flow';
import { membersOf } from '../../lib/members.ts';
import { type Asking, type Expert, type ProductDraft, sourceRefsOf } from './product-draft.ts';

/** What a draft was begun from: the product as it was saved then. */
export type Begun = { readonly from: ProductDraft; readonly updatedAt: string };
/** What the editor begins with. */
export type Start = { readonly draft: ProductDraft; readonly begun?: Begun | undefined };

const askingToWire = ({ formId, flow }: Asking): ProductWriting['asking']['DATA_ACCESS'] => ({
  formId: formId === '' ? null : formId,
  flow: flow === null ? null : { ...flow },
});

/** The draft as the server keeps it: whatever is written so far, whether or not it could be published. */
export const writingOf = (draft: ProductDraft): ProductWriting => ({
  name: draft.name,
  description: draft.description,
  domains: [...draft.domains],
  dataSources: sourceRefsOf(draft).map(({ sourceId }) => sourceId),
  subjectMatterExpert: draft.expert.id === '' ? null : { ...draft.expert },
  asking: {
    DATA_ACCESS: askingToWire(draft.asking.DATA_ACCESS),
    MASKING_EXCEPTION: askingToWire(draft.asking.MASKING_EXCEPTION),
  },
  masksAlike: draft.masksAlike,
  owners: draft.owners.map((owner) => ({ ...owner })),
});

const nobody: Expert = { id: '', name: '' };

/** A flow as the editor wrote it; one of a shape that the editor cannot show is left out. */
function flowOf(flow: Record<string, unknown> | null): TargetFlow | null {
  const { rules, defaultEvent } = membersOf(flow);
  const { type, params } = membersOf(defaultEvent);
  const isShown = Array.isArray(rules) && (type === 'approve' || Array.isArray(membersOf(params)['stages']));
  // Half written as it may be, it is what the editor of flows kept.
  return isShown ? (flow as TargetFlow) : null;
}

const askingOfWire = ({ formId, flow }: ProductWriting['asking']['DATA_ACCESS']): Asking => ({
  formId: formId ?? '',
  flow: flowOf(flow),
});

const draftOfWriting = (writing: ProductWriting): ProductDraft => ({
  domains: writing.domains,
  sources: new Set(writing.dataSources),
  name: writing.name,
  description: writing.description,
  expert: writing.subjectMatterExpert ?? nobody,
  asking: {
    DATA_ACCESS: askingOfWire(writing.asking.DATA_ACCESS),
    MASKING_EXCEPTION: askingOfWire(writing.asking.MASKING_EXCEPTION),
  },
  masksAlike: writing.masksAlike,
  owners: writing.owners,
});

export const startOf = ({ writing, begun }: KeptDraft): Start => ({
  draft: draftOfWriting(writing),
  ...(begun === undefined ? {} : { begun: { from: draftOfWriting(begun.from), updatedAt: begun.updatedAt } }),
});

export const keptOf = (draft: ProductDraft, begun: Begun | undefined): KeptDraft => ({
  writing: writingOf(draft),
  ...(begun === undefined ? {} : { begun: { from: writingOf(begun.from), updatedAt: begun.updatedAt } }),
});
