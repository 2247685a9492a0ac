import { TextInput } from '@mantine/core';
import {
  deleteSavedView,
  listSavedViews,
  type SavedView,
  type SavedViewList,
  saveView,
} from '@stoa/contract/saved-view';
import { useEffect, useRef, useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { parseSearch, stringifySearch } from '../../app/search-params.ts';
import { useCommand, useOperation } from '../../lib/api.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import type { ListState } from '../../ui/list-search.ts';
import { useAnnounce } from '../../ui/LiveRegion.tsx';
import styles from './SavedViews.module.css';

/** What the address says of a list, less what is of one look: the page of it, and the row that is open. */
const searchOf = ({ search: { offset: _, row: _row, at: _at, ...kept } }: ListState): string =>
  stringifySearch(kept).slice(1);

type RowProps = {
  readonly view: SavedView;
  readonly isShown: boolean;
  readonly isFirst: boolean;
  readonly onOpen: () => void;
};

function Row({ view, isShown, isFirst, onOpen }: RowProps) {
  const t = useText();
  const announce = useAnnounce();
  const { name } = view;
  const remove = useCommand(deleteSavedView, {
    invalidates: [listSavedViews],
    onSuccess: () => announce(t('savedViews.removed', { name })),
  });
  const link = useRef<HTMLAnchorElement>(null);
  // The views come after the dialog: Enter is to open the first one, unless something is written already.
  useEffect(() => {
    if (isFirst && !(document.activeElement instanceof HTMLInputElement)) link.current?.focus();
  }, [isFirst]);
  return (
    <li>
      <div className={styles.name}>
        <LinkTo
          ref={link}
          look="row"
          to={view.list === 'audit' ? '/audit' : '/reviews'}
          search={parseSearch(view.search)}
          onClick={onOpen}
        >
          {name}
        </LinkTo>
        {isShown && <span className="text-2">{t('savedViews.now')}</span>}
      </div>
      <ActionButton
        size="xs"
        label={t('savedViews.remove')}
        fullLabel={t('savedViews.removeThis', { name })}
        isBusy={remove.isPending}
        onClick={() => remove.mutate({ params: { id: view.id } })}
      />
      {remove.error !== null && (
        <div className={styles.problem}>
          <ErrorNotice problem={remove.error} isWrite />
        </div>
      )}
    </li>
  );
}

type ListProps = { readonly list: SavedViewList; readonly search: string; readonly onOpen: () => void };

function Views({ list, search, onOpen }: ListProps) {
  const t = useText();
  const views = useOperation(listSavedViews, { query: { list } });
  const there = views.data?.data;
  if (there === undefined)
    return views.error === null ? (
      <p aria-busy="true" className={styles.none} />
    ) : (
      <ErrorNotice problem={views.error} onRetry={() => void views.refetch()} />
    );
  if (there.length === 0) return <p className={styles.none}>{t('savedViews.empty')}</p>;
  return (
    <ul className={styles.views} aria-label={t('savedViews.list')}>
      {there.map((view, at) => (
        <Row key={view.id} view={view} isShown={view.search === search} isFirst={at === 0} onOpen={onOpen} />
      ))}
    </ul>
  );
}

function SaveForm({ list, search }: Pick<ListProps, 'list' | 'search'>) {
  const t = useText();
  const announce = useAnnounce();
  const [name, setName] = useState('');
  const [isTried, setIsTried] = useState(false);
  const save = useCommand(saveView, {
    invalidates: [listSavedViews],
    onSuccess: (view) => {
      announce(t('savedViews.saved', { name: view.name }));
      setName('');
      setIsTried(false);
    },
  });
  const isMissing = name.trim() === '';
  const submit = () => {
    setIsTried(true);
    if (!isMissing) save.mutate({ body: { list, name, search } });
  };
  return (
    <form
      noValidate
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <TextInput
        label={t('savedViews.name')}
        description={t('savedViews.nameHint')}
        value={name}
        maxLength={80}
        error={isTried && isMissing ? t('savedViews.nameMissing') : undefined}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      {save.error !== null && <ErrorNotice problem={save.error} isWrite />}
      <div>
        <ActionButton
          type="submit"
          tone="primary"
          label={t('savedViews.save')}
          isBusy={save.isPending}
          onClick={() => undefined}
        />
      </div>
    </form>
  );
}

type Props = { readonly list: SavedViewList; readonly state: ListState; readonly onClose: () => void };

/** The views that the reader has of a list: to open one, and to save the one that is shown. */
export function SavedViewsDialog({ list, state, onClose }: Props) {
  const t = useText();
  const search = searchOf(state);
  return (
    <Dialog
      opened
      onClose={onClose}
      title={t('savedViews.open')}
      closeButtonProps={{ 'aria-label': t('ui.dialog.close') }}
    >
      <div className={styles.form}>
        <p className="text-2">{t('savedViews.lead')}</p>
        <Views list={list} search={search} onOpen={onClose} />
        <SaveForm list={list} search={search} />
      </div>
    </Dialog>
  );
}
