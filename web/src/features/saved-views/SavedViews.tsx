import type { SavedViewList } from '@stoa/contract/saved-view';
import { lazy, Suspense, useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { useCommands } from '../../ui/commands.tsx';
import { useKeys } from '../../ui/keys.tsx';
import type { ListState } from '../../ui/list-search.ts';

const SavedViewsDialog = lazy(() =>
  import('./SavedViewsDialog.tsx').then((part) => ({ default: part.SavedViewsDialog })),
);

type Props = { readonly list: SavedViewList; readonly state: ListState };

/** The way to one's own views of a list, and to keep the one that is shown. */
export function SavedViews({ list, state }: Props) {
  const t = useText();
  const [isOpen, setIsOpen] = useState(false);
  const open = () => setIsOpen(true);
  useKeys([{ keys: 'v', label: t('savedViews.key'), scope: 'page', run: open }]);
  useCommands([{ id: 'saved-views', label: t('savedViews.key'), group: 'page', keys: 'v', run: open }]);
  return (
    <>
      <ActionButton label={t('savedViews.open')} onClick={open} />
      {isOpen && (
        <Suspense fallback={null}>
          <SavedViewsDialog list={list} state={state} onClose={() => setIsOpen(false)} />
        </Suspense>
      )}
    </>
  );
}
