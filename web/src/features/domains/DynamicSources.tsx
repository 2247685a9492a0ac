import { type DataSource, listDataSources } from '@stoa/contract/data-source';
import type { DomainDetail } from '@stoa/contract/domain';
import { Say, useText } from '../../app/messages/use-text.tsx';
import { useOperation } from '../../lib/api.ts';
import { Banner } from '../../ui/Banner.tsx';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { FilterBar } from '../../ui/FilterBar.tsx';
import { FilteredEmpty } from '../../ui/FilteredEmpty.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { useListState } from '../../ui/list-search.ts';
import { Section } from '../../ui/Section.tsx';
import { TagName } from '../tags/TagName.tsx';

const pageSize = 50;

function useColumns(): Column<DataSource>[] {
  const t = useText();
  return [
    {
      key: 'name',
      header: t('sources.column.name'),
      width: '56%',
      cell: (source) => (
        <LinkTo look="row" to="/assets/$id" params={{ id: source.dataObjectId }} search={{}}>
          {source.objectPath.join('.')}
        </LinkTo>
      ),
    },
    { key: 'where', header: t('sources.column.where'), cell: (source) => source.connectionKey },
    {
      key: 'columns',
      header: t('sources.column.columns'),
      isNumeric: true,
      width: '104px',
      cell: (source) => source.columnCount,
    },
  ];
}

/** What a dynamic domain holds now: read, since its tag decides. */
export function DynamicSources({ domain }: { domain: DomainDetail }) {
  const t = useText();
  const list = useListState();
  const searchText = list.text('searchText');
  const query = {
    domainId: domain.id,
    offset: list.offset,
    limit: pageSize,
    ...(searchText === undefined ? {} : { searchText }),
  };
  const sources = useOperation(listDataSources, { query }, { keepPrevious: true });
  const columns = useColumns();
  const total = sources.data?.meta.totalCount;
  const { tag } = domain;
  if (tag?.name == null) return <Banner tone="warning">{t('tags.domainTagGone')}</Banner>;
  return (
    <Section
      title={t('domains.sources')}
      lead={<Say id="tags.domainBy" values={{ tag: <TagName name={tag.name} /> }} />}
    >
      <p className="text-2">{t('tags.domainByLead')}</p>
      <FilterBar list={list} searchLabel={t('sources.search')} />
      <DataTable
        label={t('domains.sources')}
        columns={columns}
        rows={sources.data?.data}
        rowKey={(source) => String(source.id)}
        state={sources}
        total={total}
        paging={list.paging(pageSize, total)}
        empty={searchText === undefined ? <EmptyState title={t('tags.where.empty')} /> : <FilteredEmpty list={list} />}
      />
    </Section>
  );
}
