import { deleteProductDraft, type ListedProductDraft, listProductDrafts } from '@stoa/contract/product-draft';
import { useState } from 'react';
import { useMay } from '../../app/current-user.ts';
import { useText } from '../../app/messages/use-text.tsx';
import { useCommand, useOperation } from '../../lib/api.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { FilterBar } from '../../ui/FilterBar.tsx';
import { FilteredEmpty } from '../../ui/FilteredEmpty.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { type ListState, useListState } from '../../ui/list-search.ts';
import { useAnnounce } from '../../ui/LiveRegion.tsx';
import { TimeStamp } from '../../ui/TimeStamp.tsx';
import styles from './ManageProduct.module.css';

function useColumns(onThrowAway: (draft: ListedProductDraft) => void): Column<ListedProductDraft>[] {
  const t = useText();
  const nameOf = (one: ListedProductDraft) => (one.name.trim() === '' ? t('productDraft.unnamed') : one.name);
  return [
    {
      key: 'name',
      header: t('productDraft.column.name'),
      cell: (one) =>
        one.product === 'GONE' ? (
          nameOf(one)
        ) : (
          <LinkTo
            look="row"
            to="/manage/products/$id"
            params={{ id: one.product === null ? 'new' : one.id }}
            search={one.product === null ? { draft: one.id } : {}}
          >
            {nameOf(one)}
          </LinkTo>
        ),
    },
    {
      key: 'what',
      header: t('productDraft.column.what'),
      cell: (one) => t(one.product === null ? 'productDraft.what.new' : `productDraft.what.${one.product}`),
    },
    {
      key: 'saved',
      header: t('productDraft.column.saved'),
      cell: (one) => <TimeStamp value={one.savedAt} style="relative" />,
    },
    {
      key: 'until',
      header: t('productDraft.column.until'),
      cell: (one) => <TimeStamp value={one.keptUntil} style="date" />,
    },
    {
      key: 'acts',
      header: t('productDraft.column.acts'),
      isHeaderHidden: true,
      cell: (one) => (
        <ActionButton
          size="xs"
          label={t('productDraft.throwAway')}
          fullLabel={t('productDraft.throwAwayOf', { name: nameOf(one) })}
          onClick={() => onThrowAway(one)}
        />
      ),
    },
  ];
}

function Nothing({ list }: { list: ListState }) {
  const t = useText();
  const may = useMay();
  if (list.activeFilters.length > 0) return <FilteredEmpty list={list} facets={[]} />;
  return (
    <EmptyState
      title={t('productDraft.emptyTitle')}
      text={t('productDraft.emptyText')}
      action={
        may('data-product.create') && (
          <LinkTo look="primary" to="/manage/products/$id" params={{ id: 'new' }} search={{}}>
            {t('manage.publish')}
          </LinkTo>
        )
      }
    />
  );
}

/** What one has written of data products and neither published nor saved. */
export function MyDrafts() {
  const t = useText();
  const announce = useAnnounce();
  const list = useListState();
  const q = list.text('q');
  const drafts = useOperation(listProductDrafts, { query: q === undefined ? {} : { q } }, { keepPrevious: true });
  const [asked, setAsked] = useState<ListedProductDraft>();
  const remove = useCommand(deleteProductDraft, {
    invalidates: [listProductDrafts],
    onSuccess: () => {
      setAsked(undefined);
      announce(t('productDraft.thrownAway'));
    },
  });
  const close = () => {
    remove.reset();
    setAsked(undefined);
  };
  return (
    <>
      <p className={`text-2 ${styles.draftsLead}`}>{t('productDraft.lead')}</p>
      <FilterBar list={list} searchName="q" searchLabel={t('productDraft.search')} />
      <DataTable
        label={t('productDraft.table')}
        columns={useColumns(setAsked)}
        rows={drafts.data?.data}
        rowKey={(one) => one.id}
        state={drafts}
        empty={<Nothing list={list} />}
      />
      <ConfirmDialog
        isOpen={asked !== undefined}
        title={t('productDraft.throwAwayTitle', { name: asked?.name.trim() || t('productDraft.unnamed') })}
        confirmLabel={t('productDraft.throwAway')}
        isBusy={remove.isPending}
        problem={remove.error}
        onConfirm={() => asked !== undefined && remove.mutate({ params: { id: asked.id } })}
        onClose={close}
      >
        <p>{t('productDraft.throwAwayText')}</p>
      </ConfirmDialog>
    </>
  );
}
