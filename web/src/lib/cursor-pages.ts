import type { Operation } from '@stoa/contract/operation';
import type { CursorMeta } from '@stoa/contract/page';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import type { ApiProblem } from './api-problem.ts';

type CursorPage = { readonly data: readonly unknown[]; readonly meta: CursorMeta };
/** Reads one page; the first has the empty token, which the client leaves out of the address. */
type ReadPage<P> = (nextToken: string, signal: AbortSignal) => Promise<P>;
type PagesOf<P> = { readonly operation: Operation; readonly input: unknown; readonly read: ReadPage<P> };

/** All pages of a cursor list that were asked for so far, and the way to the next one. */
export function useCursorPages<P extends CursorPage>({ operation, input, read }: PagesOf<P>) {
  const query = useInfiniteQuery<P, ApiProblem, { pages: P[] }, readonly unknown[], string>({
    queryKey: [operation.id, 'pages', input],
    queryFn: ({ pageParam, signal }) => read(pageParam, signal),
    initialPageParam: '',
    getNextPageParam: (last) => last.meta.nextToken ?? undefined,
    placeholderData: keepPreviousData,
    meta: { path: operation.path },
  });
  return {
    pages: query.data?.pages,
    state: {
      isPending: query.isPending,
      isPlaceholderData: query.isPlaceholderData,
      error: query.error,
      refetch: query.refetch,
    },
    paging: {
      kind: 'cursor' as const,
      hasMore: query.hasNextPage,
      isBusy: query.isFetchingNextPage,
      onMore: () => void query.fetchNextPage(),
    },
  };
}
