import { listProductDrafts, type ProductDraft as KeptDraft, readProductDraft } from '@stoa/contract/product-draft';
import { useDebouncedCallback } from '@mantine/hooks';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { ApiProblem } from '../../lib/api-problem.ts';
import { queryOf, tagOf } from '../../lib/api.ts';
import { useKept } from '../../lib/kept-text.ts';
import { membersOf } from '../../lib/members.ts';
import { DraftSender, isSame } from './draft-sender.ts';

/** So long nobody types before the draft goes to the server. */
const pauseMs = 1_000;

/** `elsewhere`: another window saved in between, and somebody has to say which of the two goes on. */
export type DraftState = 'none' | 'saved' | 'failed' | 'elsewhere';
type Outcome = { readonly state: DraftState; readonly savedAt?: string; readonly problem?: ApiProblem };

/** The copy in this tab bridges the second before it is saved, and a server that does not answer. */
type Local = { readonly draft: KeptDraft; readonly tag: string };

function parseLocal(stored: unknown): Local | undefined {
  const { draft, tag } = membersOf(stored);
  const isDraft = typeof membersOf(membersOf(draft)['writing'])['name'] === 'string';
  return isDraft && typeof tag === 'string' ? { draft: draft as KeptDraft, tag } : undefined;
}

/** The part of a tag that stands for what is written, without when it was saved. */
const writtenPart = (tag: string | undefined): string => (tag ?? '').replace(/\..*$/, '');

/** Never from memory, and not while one writes: what another window saved is told, not put over it. */
const useStored = (id: string, isNew: boolean) =>
  useQuery({
    ...queryOf(readProductDraft, { params: { id } }),
    enabled: !isNew,
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
    structuralSharing: false,
  });

/** Sends once nobody has typed for a while, when the page is left, and what the tab could not send before it was loaded anew. */
function useSending(send: () => void, hasBegun: boolean) {
  const soon = useDebouncedCallback(send, { delay: pauseMs, flushOnUnmount: true });
  const { flush } = soon;
  useEffect(() => {
    if (hasBegun) soon();
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- what was kept before the load goes once, not with each new function
  }, [hasBegun]);
  useEffect(() => {
    window.addEventListener('pagehide', flush);
    return () => window.removeEventListener('pagehide', flush);
  }, [flush]);
  return soon;
}

/** What there is of a draft, in this tab and on the server, and how the last save of it went. */
function useSaves(id: string, isNew: boolean) {
  const client = useQueryClient();
  const stored = useStored(id, isNew);
  const kept = useKept<Local>(`stoa-product-${id}`, parseLocal);
  const [outcome, setOutcome] = useState<Outcome | undefined>(isNew ? { state: 'none' } : undefined);
  const [sender] = useState(() => new DraftSender(id));
  const { data: there } = stored;
  const local = kept.value;
  if (there !== undefined && outcome === undefined) {
    sender.begin(there, local?.draft);
    const isOther = there.draft !== null && local !== undefined && !isSame(there.draft, local.draft);
    const isElsewhere = isOther && local.tag !== writtenPart(tagOf(there));
    if (!isElsewhere) sender.waiting = local?.draft;
    setOutcome({ state: isElsewhere ? 'elsewhere' : 'none' });
  }
  const isListed = () => void client.invalidateQueries({ queryKey: [listProductDrafts.id] });
  const send = () =>
    sender.queue(async () => {
      try {
        if (!(await sender.send())) return;
        kept.forget();
        setOutcome({ state: 'saved', savedAt: new Date().toISOString() });
        isListed();
      } catch (cause) {
        if (!(cause instanceof ApiProblem)) throw cause;
        if (sender.isOver) return;
        setOutcome({ state: cause.code === 'precondition.failed' ? 'elsewhere' : 'failed', problem: cause });
      }
    });
  const readAgain = () =>
    sender.queue(async () => {
      const { data } = await stored.refetch();
      if (data !== undefined) sender.begin(data);
      setOutcome({ state: 'none' });
    });
  return { stored, kept, sender, outcome, send, readAgain, isListed };
}

/**
 * A draft of a data product that is on the server while it is written: there in another window, on another machine, next week.
 * @param isNew the id was made up just now: there is nothing to read
 */
export function useKeptDraft(id: string, isNew: boolean) {
  const { stored, kept, sender, outcome, send, readAgain, isListed } = useSaves(id, isNew);
  const [generation, setGeneration] = useState(0);
  const sendSoon = useSending(() => void send(), outcome !== undefined);
  const beginAnew = () => setGeneration((before) => before + 1);
  const state = outcome?.state ?? 'none';
  const dropThis = () => {
    sendSoon.cancel();
    sender.waiting = undefined;
    kept.forget();
  };
  const remove = async (): Promise<void> => {
    dropThis();
    await sender.queue(() => sender.remove());
    isListed();
    await readAgain();
  };
  return {
    stored,
    isReady: isNew || stored.data !== undefined,
    /** What is filled in first: what this tab could not save yet, else what the server has. */
    first: kept.value?.draft ?? stored.data?.draft ?? undefined,
    state,
    savedAt: outcome?.savedAt ?? stored.data?.savedAt ?? null,
    problem: outcome?.problem ?? null,
    /** Grows with each draft that makes room for another one. */
    generation,
    save: (draft: KeptDraft) => {
      sender.waiting = draft;
      kept.keep({ draft, tag: writtenPart(sender.tag) });
      if (state !== 'elsewhere') sendSoon();
    },
    flush: sendSoon.flush,
    tryAgain: () => void send(),
    /** Nothing is written any more that does not hold. */
    end: () => void (sender.isSaved || sender.waiting !== undefined ? remove() : undefined),
    /** It was published, and the server has let go of it. */
    published: () => {
      dropThis();
      sender.isOver = true;
    },
    startOver: () => void remove().then(beginAnew),
    takeOther: () => {
      dropThis();
      void readAgain().then(beginAnew);
    },
    keepThis: (draft: KeptDraft) =>
      void readAgain().then(() => {
        sender.waiting = draft;
        return send();
      }),
  };
}
export type Keeping = ReturnType<typeof useKeptDraft>;
