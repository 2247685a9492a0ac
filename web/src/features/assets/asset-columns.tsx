import type { ObjectAsset } from '@stoa/contract/asset';
import { useText } from '../../app/messages/use-text.tsx';
import type { Column } from '../../ui/DataTable.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { PlatformGlyph } from '../../ui/PlatformGlyph.tsx';
import { useKindText } from '../../ui/kind-text.ts';
import { AssetActLink } from './AssetActLink.tsx';
import { AssetStateMark } from './AssetStateMark.tsx';
import { isLeaf, pathOf } from '../../lib/asset-words.ts';
import styles from './assets.module.css';

function NameCell({ asset, isShort }: { asset: ObjectAsset; isShort: boolean }) {
  const t = useText();
  const kindText = useKindText();
  const { overrides, metadata, missingSince } = asset;
  const hasOwn =
    overrides !== undefined &&
    [
      overrides.dataAccessRequestFormId,
      overrides.maskingExceptionRequestFormId,
      overrides.dataAccessReviewFlow,
      overrides.maskingExceptionReviewFlow,
    ].some((one) => one !== null);
  // The row has room for two lines of it, and none for the marks of emphasis.
  const about = metadata.description?.replaceAll(/[*_`#>]/g, '').trim() || undefined;
  return (
    <div className={styles.name}>
      <LinkTo look="row" className={styles.path ?? ''} to="/assets/$id" params={{ id: asset.id }}>
        {isShort ? asset.name : pathOf(asset)}
      </LinkTo>
      <p className={styles.under}>
        {[
          metadata.legacyType === undefined ? undefined : kindText(metadata.legacyType),
          hasOwn ? t('assets.own') : undefined,
          about,
        ]
          .filter((part) => part !== undefined)
          .join(' · ')}
      </p>
      {missingSince != null && <p className={styles.warn}>{t('assets.missing')}</p>}
    </div>
  );
}

/** The columns of a list of assets. `isShort`: all lie in one place, so that their last name tells them apart. */
export function useAssetColumns({ isShort = false } = {}): Column<ObjectAsset>[] {
  const t = useText();
  const columns: (Column<ObjectAsset> | undefined)[] = [
    {
      key: 'asset',
      header: t('assets.column.asset'),
      width: isShort ? '52%' : '44%',
      cell: (asset) => <NameCell asset={asset} isShort={isShort} />,
    },
    isShort
      ? undefined
      : {
          key: 'where',
          header: t('assets.column.where'),
          cell: (asset) => (
            <span className={styles.where}>
              {asset.metadata.technology !== undefined && <PlatformGlyph technology={asset.metadata.technology} />}
              {asset.connectionKey}
            </span>
          ),
        },
    {
      key: 'below',
      header: t('assets.column.below'),
      isNumeric: true,
      cell: (asset) => (isLeaf(asset) ? '' : asset.childCount),
    },
    {
      key: 'access',
      header: t('assets.column.access'),
      width: '22%',
      cell: (asset) => <AssetStateMark asset={asset} />,
    },
    {
      key: 'action',
      header: t('assets.column.action'),
      isHeaderHidden: true,
      width: '152px',
      cell: (asset) => <AssetActLink asset={asset} look="button" />,
    },
  ];
  return columns.filter((column) => column !== undefined);
}
