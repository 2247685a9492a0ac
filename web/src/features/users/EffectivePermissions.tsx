import { NativeSelect } from '@mantine/core';
import { listDomains } from '@stoa/contract/domain';
import { type EffectivePermission, explainPermissions } from '@stoa/contract/effective-permission';
import { useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { useOperation } from '../../lib/api.ts';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { Section } from '../../ui/Section.tsx';

function useColumns(): Column<EffectivePermission>[] {
  const t = useText();
  return [
    { key: 'action', header: t('may.column.action'), width: '34%', cell: (one) => t(`may.action.${one.action}`) },
    {
      key: 'allowed',
      header: t('may.column.allowed'),
      cell: (one) => <b>{one.allowed ? t('may.yes') : t('may.no')}</b>,
    },
    {
      key: 'reason',
      header: t('may.column.reason'),
      cell: (one) => (
        <>
          {one.reason}
          {one.throughGroups.length > 0 && ` ${t('may.through', { groups: one.throughGroups.join(', ') })}`}
        </>
      ),
    },
  ];
}

/** What a person may do and why: the answers of the permission check, about one domain or anything at all. */
export function EffectivePermissions({ globalUserId }: { globalUserId: string }) {
  const t = useText();
  const [domainId, setDomainId] = useState('');
  const domains = useOperation(listDomains, { query: { limit: 1_000 } });
  const query = domainId === '' ? {} : { domainId };
  const answers = useOperation(explainPermissions, { params: { globalUserId }, query }, { keepPrevious: true });
  const columns = useColumns();
  return (
    <Section title={t('may.title')} lead={t('may.lead')}>
      <div className="form-column">
        <NativeSelect
          label={t('may.where')}
          value={domainId}
          data={[
            { value: '', label: t('may.anywhere') },
            ...(domains.data?.data ?? []).map(({ id, name }) => ({ value: id, label: name })),
          ]}
          onChange={(event) => setDomainId(event.currentTarget.value)}
        />
      </div>
      <DataTable
        label={t('may.title')}
        columns={columns}
        rows={answers.data?.data}
        rowKey={(one) => one.action}
        state={answers}
        hasRowKeys={false}
        empty={<EmptyState title={t('may.no')} />}
      />
    </Section>
  );
}
