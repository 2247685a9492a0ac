import { type AccessRow, reportWhatHas } from '@stoa/contract/report';
import { useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { useOperation } from '../../lib/api.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { Identifier } from '../../ui/Identifier.tsx';
import { Section } from '../../ui/Section.tsx';
import { StatusMark } from '../../ui/StatusMark.tsx';
import { TimeStamp } from '../../ui/TimeStamp.tsx';

const pageSize = 25;

type Props = {
  readonly searchText: string | undefined;
  readonly explain: (sourceId: number) => void;
};

/** What the reader may read by policy, without having asked for it: there is nothing to extend or to give back. */
export function PolicyAccess({ searchText, explain }: Props) {
  const t = useText();
  const [page, setPage] = useState({ searchText, offset: 0 });
  const offset = page.searchText === searchText ? page.offset : 0;
  const query = { cause: ['POLICY' as const], searchText, offset, limit: pageSize };
  const found = useOperation(reportWhatHas, { query }, { keepPrevious: true });
  const total = found.data?.meta.totalCount;
  const columns: Column<AccessRow>[] = [
    {
      key: 'source',
      header: t('product.data.source'),
      width: '42%',
      cell: ({ source }) => <Identifier prefix={source.connectionKey} value={source.objectPath.join('.')} />,
    },
    { key: 'policy', header: t('myAccess.policy'), cell: (row) => row.causeText },
    {
      key: 'state',
      header: t('requests.object.state'),
      cell: (row) => <StatusMark kind="provisioning" value={row.state} />,
    },
    {
      key: 'verified',
      header: t('product.data.verified'),
      cell: (row) => row.verifiedAt !== null && <TimeStamp value={row.verifiedAt} style="relative" />,
    },
    {
      key: 'why',
      header: t('product.data.why'),
      isHeaderHidden: true,
      width: '96px',
      cell: ({ source }) => (
        <ActionButton
          size="xs"
          tone="quiet"
          label={t('product.data.why')}
          fullLabel={t('product.data.whyOf', { source: source.name })}
          onClick={() => explain(source.dataSourceId)}
        />
      ),
    },
  ];
  return (
    <Section title={t('myAccess.byPolicy')} lead={t('myAccess.byPolicyLead')}>
      <DataTable
        label={t('myAccess.byPolicy')}
        columns={columns}
        rows={found.data?.data}
        rowKey={(row) => `${row.source.dataSourceId} ${row.causeText}`}
        state={found}
        hasRowKeys={false}
        total={total}
        paging={
          total === undefined || total <= pageSize
            ? undefined
            : { kind: 'offset', offset, limit: pageSize, total, onChange: (to) => setPage({ searchText, offset: to }) }
        }
        empty={
          <p className="text-2">
            {t(searchText === undefined ? 'myAccess.noPolicyAccess' : 'myAccess.noPolicyAccessFound')}
          </p>
        }
      />
    </Section>
  );
}
