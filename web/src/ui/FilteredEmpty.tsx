import { useText } from '../app/messages/use-text.tsx';
import { ActionButton } from './ActionButton.tsx';
import { EmptyState } from './EmptyState.tsx';
import { type Facet, labelIn } from './facets.ts';
import type { ListState } from './list-search.ts';

/** The empty state of a filtered list: it offers the filter set last, and all of them. */
export function FilteredEmpty({ list, facets = [] }: { list: ListState; facets?: readonly Facet[] }) {
  const t = useText();
  const last = list.activeFilters.at(-1);
  const options = facets.find((one) => one.name === last)?.options ?? [];
  const words = (last === undefined ? [] : list.values(last)).map((value) => labelIn(options, value)).join(', ');
  return (
    <EmptyState
      kind="filtered"
      title={t('ui.empty.filteredTitle')}
      action={
        last === undefined ? undefined : (
          <>
            <ActionButton
              label={t('ui.empty.dropFilter', { filter: words })}
              onClick={() => list.setFilters({ [last]: undefined })}
            />
            {list.activeFilters.length > 1 && (
              <ActionButton label={t('ui.empty.clearAll')} tone="quiet" onClick={list.clearFilters} />
            )}
          </>
        )
      }
    />
  );
}
