import {
  createDataProduct,
  type DataProduct,
  getAllDataSources,
  getDataProductById,
  searchDataProducts,
  updateDataProduct,
} from '@stoa/contract/data-product';
import type { SimulatedChangeIn } from '@stoa/contract/simulation';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { useCommand } from '../../lib/api.ts';
import { useAnnounce } from '../../ui/LiveRegion.tsx';
import type { Confirmed } from '../preview/ChangeDialog.tsx';
import { callOf } from '../preview/call-of.ts';
import { useChangePreview } from '../preview/use-change-preview.ts';
import { usePreview } from './EffectPreview.tsx';
import { createBodyOf, needsOf, type ProductDraft, isSameDraft, sourceRefsOf, updateBodyOf } from './product-draft.ts';

const shownBy = [getDataProductById, searchDataProducts, getAllDataSources] as const;

/** The draft, what it would change, and the way to save it. */
export function useProductEditor(before: ProductDraft, product: DataProduct | undefined) {
  const t = useText();
  const announce = useAnnounce();
  const navigate = useNavigate();
  const [draft, setDraft] = useState(before);
  const [base, setBase] = useState(before);
  const [hasMoved, setHasMoved] = useState(false);
  if (!isSameDraft(base, before)) {
    // Somebody changed it, perhaps this very save. An untouched draft follows; own text is kept.
    const isOwn = isSameDraft(draft, before);
    setBase(before);
    if (isSameDraft(draft, base)) setDraft(before);
    else setHasMoved(!isOwn);
  }
  const [isTried, setIsTried] = useState(false);
  const change = (part: Partial<ProductDraft>) => setDraft((now) => ({ ...now, ...part }));
  const needs = needsOf(draft);
  const isComplete = needs.every((one) => one.state !== 'missing');
  const edit = updateBodyOf(before, draft);
  const isChanged = product === undefined || Object.keys(edit).length > 0;
  const preview = usePreview(
    {
      ...(product === undefined ? {} : { dataProductId: product.id }),
      dataSources: sourceRefsOf(draft),
      domains: [...draft.domains],
    },
    draft.domains.length > 0 && draft.sources.size > 0 && (product === undefined || isChanged),
  );
  const publish = useCommand(createDataProduct, {
    invalidates: shownBy,
    onSuccess: (answer) => {
      const made = Array.isArray(answer) ? answer[0] : answer;
      if (made === undefined) return;
      announce(t('manage.published', { name: made.name }));
      void navigate({ to: '/products/$slug', params: { slug: made.slug ?? made.id }, search: {} });
    },
  });
  // One call: members and sources hold together or not at all, and what was refused stays in the form.
  const save = useCommand(updateDataProduct, { invalidates: shownBy, onSuccess: () => announce(t('manage.saved')) });
  const isReady = isComplete && isChanged;
  const call: SimulatedChangeIn =
    product === undefined
      ? callOf(createDataProduct, { body: createBodyOf(draft) })
      : callOf(updateDataProduct, { params: { id: product.id }, body: edit });
  const effect = useChangePreview([call], isReady);
  const submit = (query: Confirmed) => {
    if (product === undefined) publish.mutate({ body: createBodyOf(draft), query });
    else save.mutate({ params: { id: product.id }, body: edit, query });
  };
  return {
    draft,
    change,
    needs,
    isComplete,
    isChanged,
    isTried,
    hasMoved,
    preview,
    effect,
    loses: isReady ? (effect.simulation?.losing.count ?? 0) : 0,
    isBusy: publish.isPending || save.isPending,
    problem: publish.error ?? save.error,
    isSaved: save.isSuccess,
    tryIt: () => setIsTried(true),
    forget: () => {
      publish.reset();
      save.reset();
    },
    call: isReady ? call : undefined,
    submit,
  };
}
