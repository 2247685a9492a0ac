import { useText } from '../app/messages/use-text.tsx';
import { ActionButton } from './ActionButton.tsx';
import { EmptyState } from './EmptyState.tsx';
import type { ListState } from './list-search.ts';

/** The empty state of a filtered list: it offers the filter set last, and all of them. */
export function FilteredEmpty({ list, labels = {} }: { list: ListState; labels?: Readonly<Record<string, string>> }) {
  const t = useText();
  const last = list.activeFilters.at(-1);
  const words = last === undefined ? '' : (labels[last] ?? list.values(last).join(', '));
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
