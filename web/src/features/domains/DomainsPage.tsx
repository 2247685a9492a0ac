import { createDomain, type Domain, listDomains } from '@stoa/contract/domain';
import { useNavigate } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { Dialog } from '../../ui/Dialog.tsx';
import { useMay } from '../../app/current-user.ts';
import { useText } from '../../app/messages/use-text.tsx';
import { useCommand, useOperation } from '../../lib/api.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { useCommands } from '../../ui/commands.tsx';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { FilterBar } from '../../ui/FilterBar.tsx';
import { FilteredEmpty } from '../../ui/FilteredEmpty.tsx';
import { useKeys } from '../../ui/keys.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { useListState } from '../../ui/list-search.ts';
import { useAnnounce } from '../../ui/LiveRegion.tsx';
import { PageHeader } from '../../ui/PageHeader.tsx';
import type { Holds } from './HoldsFields.tsx';
import { holdsText } from './holds-text.ts';

const DomainForm = lazy(() => import('./DomainForm.tsx').then((part) => ({ default: part.DomainForm })));
const HoldsFields = lazy(() => import('./HoldsFields.tsx').then((part) => ({ default: part.HoldsFields })));

const pageSize = 50;

function useColumns(): Column<Domain>[] {
  const t = useText();
  return [
    {
      key: 'name',
      header: t('domains.column.name'),
      cell: (one) => (
        <LinkTo look="row" to="/govern/domains/$id" params={{ id: one.id }} search={{}}>
          {one.name}
        </LinkTo>
      ),
    },
    {
      key: 'description',
      header: t('domains.column.description'),
      cell: (one) => <span className="text-2">{one.description}</span>,
    },
    {
      key: 'mode',
      header: t('domains.column.holds'),
      cell: (one) => <span className="text-2">{holdsText(t, one.tag)}</span>,
    },
    {
      key: 'sources',
      header: t('domains.column.sources'),
      isNumeric: true,
      cell: (one) => one.dataSourceCount,
    },
    {
      key: 'products',
      header: t('domains.column.products'),
      isNumeric: true,
      cell: (one) => one.dataProductCount,
    },
  ];
}

function CreateDialog({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const t = useText();
  const announce = useAnnounce();
  const navigate = useNavigate();
  const [holds, setHolds] = useState<Holds>({ isDynamic: false, tag: null });
  const isMissing = holds.isDynamic && holds.tag === null;
  const create = useCommand(createDomain, {
    invalidates: [listDomains],
    onSuccess: (made) => {
      announce(t('domains.created', { name: made.name }));
      void navigate({ to: '/govern/domains/$id', params: { id: made.id }, search: {} });
    },
  });
  return (
    <Dialog
      opened={isOpen}
      onClose={onClose}
      title={t('domains.create')}
      closeButtonProps={{ 'aria-label': t('ui.dialog.close') }}
    >
      <Suspense fallback={null}>
        <DomainForm
          before={{ name: '', description: '' }}
          label={t('domains.create')}
          isBusy={create.isPending}
          problem={create.error}
          isMoreBad={isMissing}
          onSubmit={(body) =>
            create.mutate({ body: { ...body, tagId: holds.isDynamic ? (holds.tag?.id ?? null) : null } })
          }
        >
          <Suspense fallback={null}>
            <HoldsFields holds={holds} isTried={isMissing} onChange={setHolds} />
          </Suspense>
        </DomainForm>
      </Suspense>
    </Dialog>
  );
}

/** The domains, how much each holds. */
export function DomainsPage() {
  const t = useText();
  const may = useMay();
  const list = useListState();
  const [isCreating, setIsCreating] = useState(false);
  const searchText = list.text('searchText');
  const query = { offset: list.offset, limit: pageSize, ...(searchText === undefined ? {} : { searchText }) };
  const domains = useOperation(listDomains, { query }, { keepPrevious: true });
  const columns = useColumns();
  const create = () => setIsCreating(true);
  const mayCreate = may('domain.manage');
  useKeys(mayCreate ? [{ keys: 'n', label: t('domains.create'), scope: 'page', run: create }] : []);
  useCommands(
    mayCreate ? [{ id: 'domain-new', label: t('domains.create'), group: 'page', keys: 'n', run: create }] : [],
  );
  const button = mayCreate && <ActionButton tone="primary" label={t('domains.create')} onClick={create} />;
  const total = domains.data?.meta.totalCount;
  return (
    <>
      <PageHeader title={t('domains.title')} lead={t('domains.lead')} action={button} />
      <FilterBar list={list} searchLabel={t('domains.search')} />
      <DataTable
        label={t('domains.table')}
        columns={columns}
        rows={domains.data?.data}
        rowKey={(one) => one.id}
        state={domains}
        total={total}
        paging={list.paging(pageSize, total)}
        empty={
          list.activeFilters.length > 0 ? (
            <FilteredEmpty list={list} />
          ) : (
            <EmptyState title={t('domains.emptyTitle')} text={t('domains.emptyText')} action={button} />
          )
        }
      />
      <CreateDialog isOpen={isCreating} onClose={() => setIsCreating(false)} />
    </>
  );
}
