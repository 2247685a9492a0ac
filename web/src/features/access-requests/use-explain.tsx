import { lazy, Suspense } from 'react';
import { useCurrentUser } from '../../app/current-user.ts';
import { useListState } from '../../ui/list-search.ts';

const ExplainDialog = lazy(() => import('./ExplainDialog.tsx').then((module) => ({ default: module.ExplainDialog })));

/**
 * "Why?" of a source: the dialog has its own address, `?why=`, so that the answer can be sent to somebody. It is about the reader
 * unless another person is meant.
 */
export function useExplain(person?: string) {
  const list = useListState();
  const me = useCurrentUser();
  const why = Number(list.text('why'));
  const isAsked = Number.isInteger(why) && why > 0 && me !== undefined;
  return {
    explain: (sourceId: number) => list.setFilters({ why: String(sourceId) }),
    dialog: isAsked ? (
      <Suspense fallback={null}>
        <ExplainDialog
          user={list.text('for') ?? person ?? me.globalUserId}
          sourceId={why}
          onClose={() => list.setFilters({ why: undefined })}
        />
      </Suspense>
    ) : null,
  };
}
