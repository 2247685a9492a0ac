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
import { useOutside, usePreview } from './EffectPreview.tsx';
import { createBodyOf, isSameDraft, needsOf, type ProductDraft, sourceRefsOf, updateBodyOf } from './product-draft.ts';
import { differingParts, mergeDraft, type ProductPart, withPartsOf } from './product-merge.ts';

const shownBy = [getDataProductById, searchDataProducts, getAllDataSources] as const;

type News = { readonly followed: readonly ProductPart[]; readonly both: readonly ProductPart[] };
const noNews: News = { followed: [], both: [] };

/** A draft over what is saved: what others change meanwhile is taken in, and told where one has changes of one's own. */
function useDraft(before: ProductDraft, isSaving: boolean) {
  const [draft, setDraft] = useState(before);
  const [base, setBase] = useState(before);
  const [sent, setSent] = useState<ProductDraft>();
  const [news, setNews] = useState(noNews);
  // What is saved comes in two answers: while one's own save is on its way, neither is news.
  if (!isSaving && !isSameDraft(base, before)) {
    const merged = mergeDraft({ base, theirs: before, mine: draft }, sent);
    const isOwn = Object.keys(updateBodyOf(before, merged.draft)).length > 0;
    setBase(before);
    setDraft(isOwn ? merged.draft : before);
    setSent(undefined);
    setNews({
      followed: isOwn ? [...new Set([...news.followed, ...merged.followed])] : [],
      both: [...new Set([...news.both, ...merged.both])],
    });
  }
  return {
    draft,
    setDraft,
    setSent,
    followed: news.followed,
    both: differingParts(before, draft, news.both),
    takeTheirs: () => {
      setDraft(withPartsOf(draft, before, news.both));
      setNews({ ...news, both: [] });
    },
    keepMine: () => setNews({ ...news, both: [] }),
    forgetNews: () => setNews(noNews),
  };
}

type Edited = { readonly product: DataProduct | undefined; readonly isChanged: boolean };

/** What a draft needs, told from what saving it would do. */
function useNeeds(draft: ProductDraft, { product, isChanged }: Edited) {
  const wanted = {
    ...(product === undefined ? {} : { dataProductId: product.id }),
    dataSources: sourceRefsOf(draft),
    domains: [...draft.domains],
  };
  const hasBoth = draft.domains.length > 0 && draft.sources.size > 0;
  const preview = usePreview(wanted, hasBoth && isChanged);
  const mayHaveOutside = isChanged || (product?.sourcesOutOfDomain ?? 0) > 0;
  const outside = useOutside(wanted, hasBoth && mayHaveOutside);
  const isChosen = (one: (typeof outside)[number]) => draft.sources.has(String(one.dataSourceId));
  const needs = needsOf(draft, {
    added: outside.filter((one) => isChosen(one) && one.change === 'added').length,
    kept: outside.filter((one) => isChosen(one) && one.change !== 'added').length,
  });
  const isComplete = needs.every((one) => one.state !== 'missing');
  return { preview, outside, needs, isComplete };
}

/** The draft, what it would change, and the way to save it. */
export function useProductEditor(before: ProductDraft, product: DataProduct | undefined, onLeave: () => void) {
  const t = useText();
  const announce = useAnnounce();
  const navigate = useNavigate();
  // One call: members and sources hold together or not at all, and what was refused stays in the form.
  const save = useCommand(updateDataProduct, { invalidates: shownBy, onSuccess: () => announce(t('manage.saved')) });
  const { draft, setDraft, setSent, forgetNews, ...others } = useDraft(before, save.isPending);
  const [isTried, setIsTried] = useState(false);
  const change = (part: Partial<ProductDraft>) => setDraft((now) => ({ ...now, ...part }));
  const edit = updateBodyOf(before, draft);
  const isChanged = product === undefined || Object.keys(edit).length > 0;
  // A new product is worth saving as it stands, yet nothing is lost before something is written.
  const isUnsaved = product === undefined ? !isSameDraft(before, draft) : isChanged;
  const { preview, outside, needs, isComplete } = useNeeds(draft, { product, isChanged });
  const publish = useCommand(createDataProduct, {
    invalidates: shownBy,
    onSuccess: (answer) => {
      const made = Array.isArray(answer) ? answer[0] : answer;
      if (made === undefined) return;
      onLeave();
      announce(t('manage.published', { name: made.name }));
      void navigate({ to: '/products/$slug', params: { slug: made.slug ?? made.id }, search: {} });
    },
  });
  const isReady = isComplete && isChanged && others.both.length === 0;
  const call: SimulatedChangeIn =
    product === undefined
      ? callOf(createDataProduct, { body: createBodyOf(draft) })
      : callOf(updateDataProduct, { params: { id: product.id }, body: edit });
  const effect = useChangePreview([call], isReady);
  const submit = (query: Confirmed) => {
    if (product === undefined) publish.mutate({ body: createBodyOf(draft), query });
    else {
      setSent(draft);
      save.mutate(
        { params: { id: product.id }, body: edit, query },
        { onSuccess: forgetNews, onError: () => setSent(undefined) },
      );
    }
  };
  return {
    before,
    draft,
    change,
    needs,
    outside,
    isComplete,
    isChanged,
    isUnsaved,
    isTried,
    others,
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
export type ProductEditor = ReturnType<typeof useProductEditor>;
