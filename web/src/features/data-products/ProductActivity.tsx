import type { DataProduct } from '@stoa/contract/data-product';
import { listDataProductActivity } from '@stoa/contract/data-product-use';
import { useText } from '../../app/messages/use-text.tsx';
import { call } from '../../lib/api.ts';
import { useCursorPages } from '../../lib/cursor-pages.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { Pager } from '../../ui/Pager.tsx';
import { SkeletonRows } from '../../ui/Skeletons.tsx';
import { Timeline } from '../../ui/Timeline.tsx';

const pageSize = 50;

/** What happened to a product, newest first. */
export function ProductActivity({ product }: { product: DataProduct }) {
  const t = useText();
  const params = { id: product.id };
  const { pages, state, paging } = useCursorPages({
    operation: listDataProductActivity,
    input: params,
    read: (nextToken, signal) =>
      call(listDataProductActivity, { params, query: { nextToken, limit: pageSize } }, { signal }),
  });
  if (state.error !== null) return <ErrorNotice problem={state.error} onRetry={() => void state.refetch()} />;
  if (pages === undefined) return <SkeletonRows rows={6} />;
  const entries = pages
    .flatMap((page) => page.data)
    .map((one) => ({
      id: one.id,
      at: one.at,
      title: one.text,
      ...(one.requestId === undefined
        ? {}
        : {
            detail: (
              <LinkTo to="/requests/$id" params={{ id: one.requestId }}>
                {t('product.activity.request')}
              </LinkTo>
            ),
          }),
    }));
  return (
    <>
      <Timeline entries={entries} label={t('product.tab.activity')} />
      <Pager paging={paging} />
    </>
  );
}
