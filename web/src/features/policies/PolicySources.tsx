import { listPolicySources, type PolicySourceRow } from '@stoa/contract/source-policy';
import { useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { useOperation } from '../../lib/api.ts';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { Identifier } from '../../ui/Identifier.tsx';

const pageSize = 50;

/** The data sources that a policy is meant for: on which it acts, has nothing to act on, contradicts another, or waits for an owner. */
export function PolicySources({ policyId }: { policyId: string }) {
  const t = useText();
  const [offset, setOffset] = useState(0);
  const query = { offset, limit: pageSize };
  const found = useOperation(listPolicySources, { params: { id: policyId }, query }, { keepPrevious: true });
  const total = found.data?.meta.totalCount;
  const columns: Column<PolicySourceRow>[] = [
    {
      key: 'name',
      header: t('owners.column.source'),
      cell: (one) => <Identifier value={one.objectPath.join('.')} prefix={one.connectionKey} />,
    },
    { key: 'standing', header: t('owners.column.standing'), cell: (one) => t(`owners.standing.${one.standing}`) },
    { key: 'owners', header: t('owners.column.owners'), cell: (one) => one.owners.join(', ') || t('owners.noOwner') },
  ];
  return (
    <DataTable
      label={t('owners.sources')}
      columns={columns}
      rows={found.data?.data}
      rowKey={(one) => String(one.dataSourceId)}
      state={found}
      total={total}
      paging={total === undefined ? undefined : { kind: 'offset', offset, limit: pageSize, total, onChange: setOffset }}
      empty={<EmptyState title={t('owners.noSources')} text={t('owners.noSourcesText')} />}
    />
  );
}
