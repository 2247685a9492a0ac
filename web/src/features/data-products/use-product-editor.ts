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
import { useRef, useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { useCommand } from '../../lib/api.ts';
import { useAnnounce } from '../../ui/LiveRegion.tsx';
import type { Confirmed } from '../preview/ChangeDialog.tsx';
import { callOf } from '../preview/call-of.ts';
import { useChangePreview } from '../preview/use-change-preview.ts';
import { useOutside, usePreview } from './EffectPreview.tsx';
import { createBodyOf, isSameDraft, needsOf, type ProductDraft, sourceRefsOf, updateBodyOf } from './product-draft.ts';
import { type Begun, keptOf, type Start } from './product-writing.ts';
import { differingParts, mergeDraft, type ProductPart, withPartsOf } from './product-merge.ts';

const shownBy = [getDataProductById, searchDataProducts, getAllDataSources] as const;

type News = { readonly followed: readonly ProductPart[]; readonly both: readonly ProductPart[] };
const noNews: News = { followed: [], both: [] };

type Saved = { readonly before: ProductDraft; readonly updatedAt: string; readonly isSaving: boolean };

/** A draft over what is saved: what others change meanwhile is taken in, and told where one has changes of one's own. */
function useDraft({ before, updatedAt, isSaving }: Saved, start: Start) {
  const [draft, setDraft] = useState(start.draft);
  const [base, setBase] = useState(start.begun?.from ?? before);
  // What the kept draft was begun from: once it is opened again, what is not settled yet is told again.
  const [begun, setBegun] = useState<Begun>(start.begun ?? { from: before, updatedAt });
  const [sent, setSent] = useState<ProductDraft>();
  const [news, setNews] = useState(noNews);
  // What is saved comes in two answers: while one's own save is on its way, neither is news.
  if (!isSaving && !isSameDraft(base, before)) {
    const merged = mergeDraft({ base, theirs: before, mine: draft }, sent);
    const isOwn = Object.keys(updateBodyOf(before, merged.draft)).length > 0;
    setBase(before);
    setDraft(isOwn ? merged.draft : before);
    setSent(undefined);
    const both = [...new Set([...news.both, ...merged.both])];
    if (both.length === 0) setBegun({ from: before, updatedAt });
    setNews({ followed: isOwn ? [...new Set([...news.followed, ...merged.followed])] : [], both });
  }
  const settle = () => {
    setBegun({ from: before, updatedAt });
    setNews({ ...news, both: [] });
  };
  return {
    draft,
    setDraft,
    setSent,
    followed: news.followed,
    both: differingParts(before, draft, news.both),
    begun: isSameDraft(begun.from, before) ? { from: before, updatedAt } : begun,
    takeTheirs: () => {
      setDraft(withPartsOf(draft, before, news.both));
      settle();
    },
    keepMine: () => {
      // Another object, so that it is kept with what it stands on now.
      setDraft({ ...draft });
      settle();
    },
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

/** Publishes a new product, and goes to its page. */
function usePublish(onLeave: () => void) {
  const t = useText();
  const announce = useAnnounce();
  const navigate = useNavigate();
  return useCommand(createDataProduct, {
    invalidates: shownBy,
    onSuccess: (answer) => {
      const made = Array.isArray(answer) ? answer[0] : answer;
      if (made === undefined) return;
      onLeave();
      announce(t('manage.published', { name: made.name }));
      void navigate({ to: '/products/$slug', params: { slug: made.slug ?? made.id }, search: {} });
    },
  });
}

type Edit = {
  readonly before: ProductDraft;
  /** Undefined for a new one. */
  readonly product: DataProduct | undefined;
  /** The id of the product, also of one that is new: its draft is kept under it, and ends when it is published. */
  readonly id: string;
  readonly start: Start;
  /** This much holds now. */
  readonly onSaved: (sent: ProductDraft | undefined) => void;
  readonly onLeave: () => void;
};

/** The draft, what it would change, and the way to save it. */
export function useProductEditor({ before, product, id, start, onSaved, onLeave }: Edit) {
  const t = useText();
  const announce = useAnnounce();
  const onItsWay = useRef<ProductDraft>(undefined);
  // One call: members and sources hold together or not at all, and what was refused stays in the form.
  const save = useCommand(updateDataProduct, {
    invalidates: shownBy,
    onSuccess: () => {
      announce(t('manage.saved'));
      onSaved(onItsWay.current);
    },
  });
  const saved = { before, updatedAt: product?.updatedAt ?? '', isSaving: save.isPending };
  const { draft, setDraft, setSent, forgetNews, begun, ...others } = useDraft(saved, start);
  const [isTried, setIsTried] = useState(false);
  const change = (part: Partial<ProductDraft>) => setDraft((now) => ({ ...now, ...part }));
  const edit = updateBodyOf(before, draft);
  const isChanged = product === undefined || Object.keys(edit).length > 0;
  // A new product is worth saving as it stands, yet nothing is lost before something is written.
  const isUnsaved = product === undefined ? !isSameDraft(before, draft) : isChanged;
  const { preview, outside, needs, isComplete } = useNeeds(draft, { product, isChanged });
  const publish = usePublish(onLeave);
  const isReady = isComplete && isChanged && others.both.length === 0;
  const call: SimulatedChangeIn =
    product === undefined
      ? callOf(createDataProduct, { body: { ...createBodyOf(draft), id } })
      : callOf(updateDataProduct, { params: { id: product.id }, body: edit });
  const effect = useChangePreview([call], isReady);
  const submit = (query: Confirmed) => {
    if (product === undefined) publish.mutate({ body: { ...createBodyOf(draft), id }, query });
    else {
      setSent(draft);
      onItsWay.current = draft;
      save.mutate(
        { params: { id: product.id }, body: edit, query },
        { onSuccess: forgetNews, onError: () => setSent(undefined) },
      );
    }
  };
  return {
    before,
    draft,
    /** The draft as it is kept. */
    kept: () => keptOf(draft, product === undefined ? undefined : begun),
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
