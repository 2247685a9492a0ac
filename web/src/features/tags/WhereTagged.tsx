import { listTagApplications, type TagApplication, type TagDetail } from '@stoa/contract/tag';
import { useMay } from '../../app/current-user.ts';
import { useText } from '../../app/messages/use-text.tsx';
import { useOperation } from '../../lib/api.ts';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { PathText } from '../../ui/Identifier.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { useListState } from '../../ui/list-search.ts';
import { Section } from '../../ui/Section.tsx';
import { TimeStamp } from '../../ui/TimeStamp.tsx';
import { TagName } from './TagName.tsx';

const pageSize = 50;

function useColumns(tag: TagDetail): Column<TagApplication>[] {
  const t = useText();
  const columns: (Column<TagApplication> | undefined)[] = [
    {
      key: 'object',
      header: t('tags.where.object'),
      width: '36%',
      cell: (one) => (
        <LinkTo
          look="row"
          to="/assets/$id"
          params={{ id: one.dataObjectId }}
          search={one.columnName === null ? {} : { tab: 'contents' }}
        >
          <PathText text={one.objectPath.join('.')} />
        </LinkTo>
      ),
    },
    {
      key: 'column',
      header: t('tags.where.column'),
      width: '26%',
      cell: (one) => <span className="mono">{one.columnName !== null && <PathText text={one.columnName} />}</span>,
    },
    tag.childCount === 0
      ? undefined
      : { key: 'tag', header: t('tags.where.tag'), cell: (one) => <TagName name={one.tag.name} /> },
    {
      key: 'by',
      header: t('tags.where.by'),
      cell: (one) => (one.source === 'curated' ? one.addedBy?.name : undefined) ?? t(`tags.source.${one.source}`),
    },
    {
      key: 'when',
      header: t('tags.where.when'),
      width: '112px',
      cell: (one) => <TimeStamp value={one.addedAt} style="date" />,
    },
  ];
  return columns.filter((column) => column !== undefined);
}

/** The objects and columns that carry the tag, as far as the reader may see them. */
export function WhereTagged({ tag }: { tag: TagDetail }) {
  const t = useText();
  const may = useMay();
  const list = useListState();
  const query = { tagId: tag.id, offset: list.offset, limit: pageSize };
  const found = useOperation(listTagApplications, { query }, { keepPrevious: true });
  const columns = useColumns(tag);
  const total = found.data?.meta.totalCount;
  const toSources = may('tag.apply') && (
    <LinkTo look="button" to="/govern/data-sources" search={{}}>
      {t('tags.where.toSources')}
    </LinkTo>
  );
  return (
    <Section title={t('tags.where')} {...(tag.childCount === 0 ? {} : { lead: t('tags.whereLead') })}>
      <DataTable
        label={t('tags.whereTable')}
        columns={columns}
        rows={found.data?.data}
        rowKey={(one) => `${one.tag.id} ${one.dataObjectId} ${one.columnName ?? ''}`}
        state={found}
        total={total}
        paging={list.paging(pageSize, total)}
        empty={<EmptyState title={t('tags.where.empty')} text={t('tags.where.emptyText')} action={toSources} />}
      />
    </Section>
  );
}
