import { type ProductSource, searchDataSources } from '@stoa/contract/data-product';
import { useCurrentUser } from '../../app/current-user.ts';
import { useText } from '../../app/messages/use-text.tsx';
import { useOperation } from '../../lib/api.ts';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { Identifier } from '../../ui/Identifier.tsx';
import { StatusMark } from '../../ui/StatusMark.tsx';
import styles from './request-form.module.css';

const largestPage = 100;

function Counts({ sources }: { sources: readonly ProductSource[] }) {
  const t = useText();
  const count = (status: ProductSource['status']) => sources.filter((source) => source.status === status).length;
  const parts = [t('asking.form.gains', { count: count('NONE') })];
  if (count('SUBSCRIBED') > 0) parts.push(t('asking.form.has', { count: count('SUBSCRIBED') }));
  if (count('RESTRICTED') > 0) parts.push(t('asking.form.prevented', { count: count('RESTRICTED') }));
  return <p className={styles.counts}>{parts.join(' · ')}</p>;
}

type Props = {
  readonly productId: string;
  readonly user: string;
  /** What somebody else has is shown to those who review; the others see what is asked for. */
  readonly mayAssess: boolean;
};

/** What is asked for, source by source, with the access the person has today: known before the questions, not after. */
export function RequestSources({ productId, user, mayAssess }: Props) {
  const t = useText();
  const params = { id: productId };
  const me = useCurrentUser()?.globalUserId;
  const isHidden = user !== me && !mayAssess;
  const query = isHidden ? { limit: largestPage } : { user, limit: largestPage };
  const sources = useOperation(searchDataSources, { params, query }, { keepPrevious: true, enabled: user !== '' });
  const columns: Column<ProductSource>[] = [
    {
      key: 'source',
      header: t('product.data.source'),
      width: '58%',
      cell: (source) => <Identifier value={source.objectPath?.join('.') ?? source.name} maxLength={44} />,
    },
  ];
  const now: Column<ProductSource> = {
    key: 'now',
    header: t('asking.form.now'),
    cell: (source) => <StatusMark kind="access" value={source.status} detail={source.reason} />,
  };
  return (
    <>
      {isHidden && <p className="text-2">{t('asking.form.hidden')}</p>}
      {!isHidden && sources.data !== undefined && sources.data.data.length > 0 && (
        <Counts sources={sources.data.data} />
      )}
      <DataTable
        label={t('product.data.sources')}
        columns={isHidden ? columns : [...columns, now]}
        rows={sources.data?.data}
        rowKey={(source) => source.id}
        state={sources}
        skeletonRows={4}
        empty={<p className="text-2">{t('asking.form.noSources')}</p>}
      />
    </>
  );
}
