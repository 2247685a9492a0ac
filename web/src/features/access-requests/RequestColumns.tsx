import { Checkbox } from '@mantine/core';
import { searchDataProductColumns } from '@stoa/contract/data-product-use';
import { useText } from '../../app/messages/use-text.tsx';
import { useOperation } from '../../lib/api.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { RedactionHatch } from '../../ui/RedactionHatch.tsx';
import { SkeletonText } from '../../ui/Skeletons.tsx';
import styles from './request-form.module.css';

const largestPage = 500;

type Props = {
  readonly productId: string;
  readonly slug: string;
  /** `sourceId/columnName` of each chosen column. */
  readonly chosen: readonly string[];
  readonly onChange: (chosen: string[]) => void;
};

/** The masked columns of a product, to choose those one asks to see in clear. */
export function RequestColumns({ productId, slug, chosen, onChange }: Props) {
  const t = useText();
  const columns = useOperation(searchDataProductColumns, {
    params: { id: productId },
    query: { maskedOnly: true, limit: largestPage },
  });
  if (columns.error !== null) return <ErrorNotice problem={columns.error} onRetry={() => void columns.refetch()} />;
  if (columns.data === undefined) return <SkeletonText />;
  if (columns.data.data.length === 0) {
    return (
      <EmptyState
        title={t('requests.form.noMasked')}
        text={t('requests.form.noMaskedText')}
        action={
          <LinkTo look="button" to="/products/$slug/request" params={{ slug }}>
            {t('requests.form.plain')}
          </LinkTo>
        }
      />
    );
  }
  return (
    <Checkbox.Group label={t('requests.form.columns')} value={[...chosen]} onChange={onChange}>
      <ul className={styles.columns}>
        {columns.data.data.map((column) => {
          const value = `${column.sourceId}/${column.name}`;
          const mask = column.globalPolicyInfo?.maskingType ?? column.localPolicyInfo?.maskingType ?? '';
          return (
            <li key={value}>
              <Checkbox value={value} label={`${column.sourceName}.${column.name}`} />
              <RedactionHatch mask={mask} />
            </li>
          );
        })}
      </ul>
    </Checkbox.Group>
  );
}
