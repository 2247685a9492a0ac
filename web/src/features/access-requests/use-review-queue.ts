import { searchAccessRequests } from '@stoa/contract/access-request';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { useOperation } from '../../lib/api.ts';
import { useKeys } from '../../ui/keys.tsx';
import { useListState } from '../../ui/list-search.ts';
import { mergeQueue, type Neighbours, neighboursOf, reviewQueryOf } from './review-queue.ts';

const walkedAtOnce = 200;

export type QueueWalk = Neighbours & { readonly goTo: (id: string) => void };

/** The queue one came from, by the filters in the address; `[` and `]` walk it. */
export function useReviewQueue(current: string): QueueWalk {
  const t = useText();
  const list = useListState();
  const navigate = useNavigate();
  const found = useOperation(searchAccessRequests, { query: { ...reviewQueryOf(list), limit: walkedAtOnce } });
  const [walked, setWalked] = useState<readonly string[]>([]);
  useEffect(() => {
    const ids = found.data?.data.map((request) => request.id);
    if (ids !== undefined) setWalked((before) => mergeQueue(before, ids));
  }, [found.data]);
  const neighbours = neighboursOf(walked, current);
  const goTo = (requestId: string) =>
    void navigate({ to: '/reviews/$requestId', params: { requestId }, search: (search) => search });
  const follow = (id: string | undefined) => id !== undefined && goTo(id);
  useKeys([
    { keys: '[', label: t('reviews.keys.previous'), scope: 'page', run: () => follow(neighbours.previous) },
    { keys: ']', label: t('reviews.keys.next'), scope: 'page', run: () => follow(neighbours.next) },
  ]);
  return { ...neighbours, goTo };
}
