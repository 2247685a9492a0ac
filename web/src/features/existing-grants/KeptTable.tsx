import type { TakeBackPlan } from '@stoa/contract/existing-grant';
import { useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { type Column, DataTable, type TableState } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { Identifier } from '../../ui/Identifier.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { Section } from '../../ui/Section.tsx';

type Kept = TakeBackPlan['kept'][number];
const pageSize = 50;
const here: TableState = { isPending: false, error: null, refetch: () => undefined };

/** A product may be called after its table; else the search has its own words. */
const nameOf = (object: string): string => object.split('.').at(-1) ?? object;

function Reason({ one: { object, reason, people } }: { one: Kept }) {
  const t = useText();
  return (
    <>
      {t(`takeBack.kept.${reason}`)}
      {people.length > 0 && (
        <p className="small">
          {people.map(({ name }) => name).join(', ')}{' '}
          <LinkTo to="/search" search={{ q: nameOf(object) }}>
            {t('takeBack.ask')}
          </LinkTo>
        </p>
      )}
    </>
  );
}

/** What a plan leaves as it is, each with its reason. */
export function KeptTable({ plan: { kept, keptCount } }: { plan: Pick<TakeBackPlan, 'kept' | 'keptCount'> }) {
  const t = useText();
  const [offset, setOffset] = useState(0);
  const columns: Column<Kept>[] = [
    {
      key: 'object',
      header: t('takeBack.column.object'),
      width: '28%',
      cell: (one) => <Identifier value={one.object} />,
    },
    {
      key: 'grantee',
      header: t('takeBack.column.grantee'),
      cell: (one) => <Identifier value={one.grantee} maxLength={32} />,
    },
    {
      key: 'privilege',
      header: t('takeBack.column.privilege'),
      cell: (one) => <span className="mono">{one.privilege}</span>,
    },
    { key: 'reason', header: t('takeBack.column.reason'), width: '34%', cell: (one) => <Reason one={one} /> },
  ];
  return (
    <Section title={t('takeBack.kept')}>
      <DataTable
        label={t('takeBack.keptTable')}
        columns={columns}
        rows={kept.slice(offset, offset + pageSize)}
        rowKey={(one) => `${one.object} ${one.grantee} ${one.privilege} ${one.reason}`}
        state={here}
        total={kept.length}
        hasRowKeys={false}
        paging={{ kind: 'offset', offset, limit: pageSize, total: kept.length, onChange: setOffset }}
        empty={<EmptyState title={t('takeBack.keptNone')} />}
      />
      {kept.length < keptCount && (
        <p className="text-2">{t('takeBack.keptMore', { count: keptCount - kept.length })}</p>
      )}
    </Section>
  );
}
