import type { DataProduct } from '@stoa/contract/data-product';
import { useText } from '../../app/messages/use-text.tsx';
import type { Column } from '../../ui/DataTable.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { PlatformGlyph } from '../../ui/PlatformGlyph.tsx';
import { TimeStamp } from '../../ui/TimeStamp.tsx';
import { AccessActLink } from './AccessActLink.tsx';
import { AccessStateMark } from './AccessStateMark.tsx';
import styles from './product-columns.module.css';
import { purposeOf } from './product-purpose.ts';

function Matches({ product }: { product: DataProduct }) {
  const t = useText();
  const matches = (product.matches ?? []).filter((match) => match.field === 'column' || match.field === 'source');
  if (matches.length === 0) return null;
  return (
    <p className={styles.matches}>
      <span className="text-3">{t('marketplace.found')}</span>{' '}
      {matches.slice(0, 3).map((match) => (
        <span key={`${match.field}-${match.text}`} className={styles.match}>
          {t(`marketplace.match.${match.field}`)} <span className="mono">{match.text}</span>
        </span>
      ))}
    </p>
  );
}

function NameCell({ product }: { product: DataProduct }) {
  const t = useText();
  return (
    <div className={styles.name}>
      <LinkTo look="row" to="/products/$slug" params={{ slug: product.slug ?? product.id }}>
        {product.name}
      </LinkTo>
      {product.suspended && <span className={styles.suspended}>{t('marketplace.suspended')}</span>}
      <p className={styles.purpose}>{purposeOf(product.description) ?? t('marketplace.noDescription')}</p>
      <Matches product={product} />
    </div>
  );
}

function SourcesCell({ product }: { product: DataProduct }) {
  const t = useText();
  return (
    <span className={styles.sources}>
      {(product.technologies ?? []).map((one) => (
        <PlatformGlyph key={one} technology={one} />
      ))}
      {product.sourceCount !== undefined && t('marketplace.sources', { count: product.sourceCount })}
    </span>
  );
}

/** The columns of a list of products. */
export function useProductColumns(): Column<DataProduct>[] {
  const t = useText();
  return [
    {
      key: 'product',
      header: t('marketplace.column.product'),
      sortBy: 'name',
      width: '38%',
      cell: (product) => <NameCell product={product} />,
    },
    {
      key: 'domain',
      header: t('marketplace.column.domain'),
      cell: (product) => (product.domainNames ?? []).map((domain) => domain.name).join(', '),
    },
    { key: 'sources', header: t('marketplace.column.sources'), cell: (product) => <SourcesCell product={product} /> },
    {
      key: 'access',
      header: t('marketplace.column.access'),
      width: '22%',
      cell: (product) => <AccessStateMark product={product} />,
    },
    {
      key: 'members',
      header: t('marketplace.column.members'),
      sortBy: 'members',
      isNumeric: true,
      cell: (product) => product.memberCount ?? '',
    },
    {
      key: 'updated',
      header: t('marketplace.column.updated'),
      sortBy: 'updatedAt',
      cell: (product) => <TimeStamp value={product.updatedAt} style="relative" />,
    },
    {
      key: 'action',
      header: t('marketplace.column.action'),
      isHeaderHidden: true,
      width: '144px',
      cell: (product) => <AccessActLink product={product} look="button" />,
    },
  ];
}
