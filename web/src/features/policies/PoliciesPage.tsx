import { policyKind, policyState, policyType } from '@stoa/contract/policy';
import { type Policy, searchPolicies } from '@stoa/contract/policy-resource';
import { useNavigate } from '@tanstack/react-router';
import { useMay } from '../../app/current-user.ts';
import { Say, useText } from '../../app/messages/use-text.tsx';
import { useOperation } from '../../lib/api.ts';
import { wordOf } from '../../lib/members.ts';
import { useCommands } from '../../ui/commands.tsx';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import type { Facet } from '../../ui/facets.ts';
import { FilterBar } from '../../ui/FilterBar.tsx';
import { FilteredEmpty } from '../../ui/FilteredEmpty.tsx';
import { useKeys } from '../../ui/keys.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { type ListState, useListState } from '../../ui/list-search.ts';
import { PageHeader } from '../../ui/PageHeader.tsx';
import { TimeStamp } from '../../ui/TimeStamp.tsx';
import styles from './policies.module.css';
import { PolicyKindMark, PolicyStateMark } from './PolicyMarks.tsx';
import { usePolicySentence } from './use-policy-words.ts';

const pageSize = 50;
const scopes = ['global', 'domain', 'restricted', 'local'] as const;

function useColumns(): Column<Policy>[] {
  const t = useText();
  const sentence = usePolicySentence();
  return [
    {
      key: 'name',
      header: t('policies.column.name'),
      sortBy: 'name',
      width: '52%',
      cell: (one) => (
        <div className={styles.row}>
          <LinkTo look="row" to="/govern/policies/$id" params={{ id: one.id }} search={{}}>
            {one.name}
          </LinkTo>
          <span className={styles.says}>{one.protected ? t('policies.standing') : sentence(one)}</span>
        </div>
      ),
    },
    { key: 'kind', header: t('policies.column.kind'), cell: (one) => <PolicyKindMark kind={one.kind} /> },
    { key: 'state', header: t('policies.column.state'), cell: (one) => <PolicyStateMark state={one.state} /> },
    {
      key: 'updated',
      header: t('policies.column.updated'),
      sortBy: 'updatedAt',
      cell: (one) =>
        one.updatedBy === null ? (
          <span className="text-2">{t('policies.byStoa')}</span>
        ) : (
          <Say
            id="policies.by"
            values={{ when: <TimeStamp value={one.updatedAt} style="date" />, who: one.updatedBy.name }}
          />
        ),
    },
  ];
}

function useFacets(): Facet[] {
  const t = useText();
  return [
    {
      name: 'type',
      label: t('policies.filter.type'),
      isClosed: true,
      options: policyType.options.map((value) => ({ value, label: t(`policies.type.${value}`) })),
    },
    {
      name: 'kind',
      label: t('policies.filter.kind'),
      isClosed: true,
      options: policyKind.options.map((value) => ({ value, label: t(`policies.kind.${value}`) })),
    },
    {
      name: 'scope',
      label: t('policies.filter.scope'),
      isClosed: true,
      options: scopes.map((value) => ({ value, label: t(`policies.scope.${value}`) })),
    },
    {
      name: 'state',
      label: t('policies.filter.state'),
      isClosed: true,
      options: policyState.options.map((value) => ({ value, label: t(`policies.state.${value}`) })),
    },
  ];
}

const known = <W extends string>(words: readonly W[], values: readonly string[]): W[] =>
  values.map((value) => wordOf(words, value)).filter((one) => one !== undefined);

function queryOf(list: ListState) {
  const searchText = list.text('searchText');
  const sortBy = list.sort?.column === 'updatedAt' ? ('updatedAt' as const) : ('name' as const);
  const filters = {
    type: known(policyType.options, list.values('type')),
    kind: known(policyKind.options, list.values('kind')),
    scope: known(scopes, list.values('scope')),
    state: known(policyState.options, list.values('state')),
  };
  return {
    ...Object.fromEntries(Object.entries(filters).filter(([, values]) => values.length > 0)),
    ...(searchText === undefined ? {} : { searchText }),
    sortBy,
    sortOrder: list.sort?.order ?? ('asc' as const),
    offset: list.offset,
    limit: pageSize,
  };
}

/** Who reaches data and what they see of it: all policies, those in which approvals stand included. */
export function PoliciesPage() {
  const t = useText();
  const mayAuthor = useMay()('policy.author');
  const list = useListState();
  const navigate = useNavigate();
  const found = useOperation(searchPolicies, { query: queryOf(list) }, { keepPrevious: true });
  const columns = useColumns();
  const facets = useFacets();
  const write = (type: 'subscription' | 'data') =>
    void navigate({ to: '/govern/policies/$id', params: { id: 'new' }, search: { type } });
  const acts = [
    {
      id: 'policy-new',
      label: t('policies.new.subscription'),
      group: 'page' as const,
      keys: 'n',
      run: () => write('subscription'),
    },
    {
      id: 'policy-new-data',
      label: t('policies.new.data'),
      group: 'page' as const,
      keys: 'm',
      run: () => write('data'),
    },
  ];
  useKeys(mayAuthor ? acts.map(({ keys, label, run }) => ({ keys, label, run, scope: 'page' as const })) : []);
  useCommands(mayAuthor ? acts : []);
  const link = (type: 'subscription' | 'data', look: 'primary' | 'button') =>
    mayAuthor && (
      <LinkTo look={look} to="/govern/policies/$id" params={{ id: 'new' }} search={{ type }}>
        {t(`policies.new.${type}`)}
      </LinkTo>
    );
  const total = found.data?.meta.totalCount;
  return (
    <>
      <PageHeader
        title={t('policies.title')}
        lead={t('policies.lead')}
        action={link('subscription', 'primary')}
        secondary={link('data', 'button')}
      />
      <FilterBar list={list} searchLabel={t('policies.search')} facets={facets} />
      <DataTable
        label={t('policies.title')}
        columns={columns}
        rows={found.data?.data}
        rowKey={(one) => one.id}
        state={found}
        total={total}
        sort={list.sort ?? { column: 'name', order: 'asc' }}
        onSort={list.setSort}
        paging={list.paging(pageSize, total)}
        empty={
          list.activeFilters.length > 0 ? (
            <FilteredEmpty list={list} />
          ) : (
            <EmptyState
              title={t('policies.emptyTitle')}
              text={t('policies.emptyText')}
              action={link('subscription', 'primary')}
            />
          )
        }
      />
    </>
  );
}
