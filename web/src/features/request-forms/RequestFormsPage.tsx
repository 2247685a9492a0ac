import { type RequestFormInList, searchRequestForms } from '@stoa/contract/request-form';
import { useNavigate } from '@tanstack/react-router';
import { useMay } from '../../app/current-user.ts';
import { useText } from '../../app/messages/use-text.tsx';
import { useOperation } from '../../lib/api.ts';
import { useCommands } from '../../ui/commands.tsx';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { FilterBar } from '../../ui/FilterBar.tsx';
import { FilteredEmpty } from '../../ui/FilteredEmpty.tsx';
import { useKeys } from '../../ui/keys.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { useListState } from '../../ui/list-search.ts';
import { PageHeader } from '../../ui/PageHeader.tsx';
import { TimeStamp } from '../../ui/TimeStamp.tsx';
import styles from './forms.module.css';

const pageSize = 50;
const sorts = ['name', 'createdAt', 'updatedAt'] as const;

function useColumns(): Column<RequestFormInList>[] {
  const t = useText();
  const delegates = ({ policy }: RequestFormInList) =>
    [policy.defaultEvent, ...policy.rules.map((rule) => rule.event)].some(
      (event) => event.type === 'dataProductPolicy',
    );
  return [
    {
      key: 'name',
      header: t('forms.column.name'),
      sortBy: 'name',
      cell: (one) => (
        <>
          <LinkTo look="row" to="/manage/forms/$id" params={{ id: one.id }} search={{}}>
            {one.name}
          </LinkTo>
          {one.standard === true && <p className={styles.standard}>{t('forms.standard')}</p>}
        </>
      ),
    },
    { key: 'questions', header: t('forms.column.questions'), isNumeric: true, cell: (one) => one.fields.length },
    {
      key: 'agreements',
      header: t('forms.column.agreements'),
      isNumeric: true,
      cell: (one) => one.dataUseAgreements.length,
    },
    {
      key: 'decides',
      header: t('forms.column.decides'),
      cell: (one) => t(delegates(one) ? 'forms.decides.target' : 'forms.decides.form'),
    },
    {
      key: 'products',
      header: t('forms.column.products'),
      isNumeric: true,
      cell: (one) => one.usedBy?.dataProducts ?? 0,
    },
    { key: 'assets', header: t('forms.column.assets'), isNumeric: true, cell: (one) => one.usedBy?.assets ?? 0 },
    { key: 'version', header: t('forms.column.version'), isNumeric: true, cell: (one) => one.versionNumber ?? 1 },
    {
      key: 'updated',
      header: t('forms.column.updated'),
      sortBy: 'updatedAt',
      cell: (one) => <TimeStamp value={one.updatedAt} style="relative" />,
    },
  ];
}

/** The request forms: what each asks, who decides, and how much asks by it. */
export function RequestFormsPage() {
  const t = useText();
  const may = useMay();
  const navigate = useNavigate();
  const list = useListState();
  const q = list.text('q');
  const query = {
    offset: list.offset,
    limit: pageSize,
    sortBy: sorts.find((one) => one === list.sort?.column) ?? ('name' as const),
    sortOrder: list.sort?.order ?? ('asc' as const),
    ...(q === undefined ? {} : { nameFilter: q }),
  };
  const forms = useOperation(searchRequestForms, { query }, { keepPrevious: true });
  const columns = useColumns();
  const mayCreate = may('request-form.create');
  const create = () => void navigate({ to: '/manage/forms/$id', params: { id: 'new' }, search: {} });
  useKeys(mayCreate ? [{ keys: 'n', label: t('forms.new'), scope: 'page', run: create }] : []);
  useCommands(mayCreate ? [{ id: 'form-new', label: t('forms.new'), group: 'page', keys: 'n', run: create }] : []);
  const total = forms.data?.meta.totalCount;
  const button = mayCreate && (
    <LinkTo look="primary" to="/manage/forms/$id" params={{ id: 'new' }} search={{}}>
      {t('forms.new')}
    </LinkTo>
  );
  return (
    <>
      <PageHeader title={t('forms.title')} lead={t('forms.lead')} action={button} />
      <FilterBar list={list} searchName="q" searchLabel={t('forms.search')} />
      <DataTable
        label={t('forms.table')}
        columns={columns}
        rows={forms.data?.data}
        rowKey={(one) => one.id}
        state={forms}
        total={total}
        paging={list.paging(pageSize, total)}
        sort={list.sort ?? { column: 'name', order: 'asc' }}
        onSort={list.setSort}
        empty={
          list.activeFilters.length > 0 ? (
            <FilteredEmpty list={list} />
          ) : (
            <EmptyState title={t('forms.listEmptyTitle')} text={t('forms.listEmptyText')} action={button} />
          )
        }
      />
    </>
  );
}
