import type { ObjectAsset, PatchAssetBody } from '@stoa/contract/asset';
import { type FlowDraft, targetFlowOf } from '../review-flows/flow-draft.ts';

type Rules = {
  /** Empty: as above. */
  readonly formId: string;
  /** Undefined: as above. */
  readonly flow: FlowDraft | undefined;
};
/** What governors say about an asset, as it is edited. */
export type AssetDraft = {
  readonly description: string;
  readonly externalLink: string;
  readonly experts: readonly { readonly id: string; readonly name: string }[];
  readonly dataAccess: Rules;
  readonly maskingException: Rules;
};
export const draftFields = [
  'description',
  'externalLink',
  'experts',
  'dataAccess.form',
  'dataAccess.flow',
  'maskingException.form',
  'maskingException.flow',
] as const;
export type DraftField = (typeof draftFields)[number];

export const draftOf = (asset: ObjectAsset): AssetDraft => ({
  description: asset.overrides?.description ?? '',
  externalLink: asset.metadata.externalLink ?? '',
  experts: (asset.overrides?.subjectMatterExperts ?? []).map((one) => ({ id: one.id, name: one.name ?? one.id })),
  dataAccess: {
    formId: asset.overrides?.dataAccessRequestFormId ?? '',
    flow: asset.overrides?.dataAccessReviewFlow ?? undefined,
  },
  maskingException: {
    formId: asset.overrides?.maskingExceptionRequestFormId ?? '',
    flow: asset.overrides?.maskingExceptionReviewFlow ?? undefined,
  },
});

export const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a ?? null) === JSON.stringify(b ?? null);

/** The members in which two drafts differ, in the order of the page. */
export function changedFields(before: AssetDraft, now: AssetDraft): DraftField[] {
  const agrees: Record<DraftField, boolean> = {
    description: before.description === now.description,
    externalLink: before.externalLink.trim() === now.externalLink.trim(),
    experts: isSame(
      before.experts.map((one) => one.id),
      now.experts.map((one) => one.id),
    ),
    'dataAccess.form': before.dataAccess.formId === now.dataAccess.formId,
    'dataAccess.flow': isSame(before.dataAccess.flow, now.dataAccess.flow),
    'maskingException.form': before.maskingException.formId === now.maskingException.formId,
    'maskingException.flow': isSame(before.maskingException.flow, now.maskingException.flow),
  };
  return draftFields.filter((field) => !agrees[field]);
}

type Sides = { readonly base: AssetDraft; readonly theirs: AssetDraft; readonly mine: AssetDraft };

/** A draft over what is saved now, where it was begun over something else: what its writer did not change follows. */
export function draftOver({ base, theirs, mine }: Sides): AssetDraft {
  const own: ReadonlySet<DraftField> = new Set(changedFields(base, mine));
  const from = (field: DraftField) => (own.has(field) ? mine : theirs);
  return {
    description: from('description').description,
    externalLink: from('externalLink').externalLink,
    experts: from('experts').experts,
    dataAccess: {
      formId: from('dataAccess.form').dataAccess.formId,
      flow: from('dataAccess.flow').dataAccess.flow,
    },
    maskingException: {
      formId: from('maskingException.form').maskingException.formId,
      flow: from('maskingException.flow').maskingException.flow,
    },
  };
}

const orNull = (text: string): string | null => (text.trim() === '' ? null : text);

/** Only what was changed goes out, so that two people's edits of different members both hold. */
export function patchOf(draft: AssetDraft, fields: readonly DraftField[]): PatchAssetBody {
  const has = (field: DraftField) => fields.includes(field);
  const flowOf = (flow: FlowDraft | undefined) => (flow === undefined ? null : targetFlowOf(flow));
  const metadata = {
    ...(has('description') ? { description: orNull(draft.description) } : {}),
    ...(has('externalLink') ? { externalLink: orNull(draft.externalLink.trim()) } : {}),
    ...(has('experts') ? { subjectMatterExperts: draft.experts.map(({ id }) => ({ id })) } : {}),
  };
  return {
    type: 'DATA_OBJECT',
    ...(Object.keys(metadata).length === 0 ? {} : { metadata }),
    ...(has('dataAccess.form') ? { dataAccessRequestFormId: orNull(draft.dataAccess.formId) } : {}),
    ...(has('dataAccess.flow') ? { dataAccessReviewFlow: flowOf(draft.dataAccess.flow) } : {}),
    ...(has('maskingException.form') ? { maskingExceptionRequestFormId: orNull(draft.maskingException.formId) } : {}),
    ...(has('maskingException.flow') ? { maskingExceptionReviewFlow: flowOf(draft.maskingException.flow) } : {}),
  };
}

/** An address that may stand behind a link; empty is none. */
export const isLinkGood = (link: string): boolean => {
  const text = link.trim();
  return text === '' || (/^https?:\/\/\S+$/i.test(text) && URL.canParse(text));
};

/** A flow that a target can have: it neither delegates nor denies whoever no rule names. */
export const isFlowGood = (flow: FlowDraft | undefined): boolean =>
  flow === undefined || targetFlowOf(flow) !== undefined;
