import type { ObjectAsset } from '@stoa/contract/asset';
import { searchAssets } from '@stoa/contract/asset-list';
import { useState } from 'react';
import { useCurrentUser } from '../../app/current-user.ts';
import { useText } from '../../app/messages/use-text.tsx';
import { isLeaf, leafKinds, pathOf } from '../../lib/asset-words.ts';
import { useOperation } from '../../lib/api.ts';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { Identifier } from '../../ui/Identifier.tsx';
import { StatusMark } from '../../ui/StatusMark.tsx';

const pageSize = 10;

/** In the words of data sources: what the reader has now, and what an approval would add. */
function Now({ asset }: { asset: ObjectAsset }) {
  const t = useText();
  const through = asset.accessThrough?.[0];
  if (asset.accessState === 'HAVE')
    return (
      <StatusMark
        kind="access"
        value="SUBSCRIBED"
        detail={through === undefined ? undefined : t(`assets.through.${through.type}`, { name: through.name })}
      />
    );
  if (asset.accessState === 'BLOCKED')
    return <StatusMark kind="access" value="RESTRICTED" detail={asset.accessReason} />;
  return <StatusMark kind="access" value="NONE" />;
}

function useColumns(isHidden: boolean): Column<ObjectAsset>[] {
  const t = useText();
  const source: Column<ObjectAsset> = {
    key: 'source',
    header: t('product.data.source'),
    width: '58%',
    cell: (one) => <Identifier value={pathOf(one)} maxLength={44} />,
  };
  if (isHidden) return [source];
  return [source, { key: 'now', header: t('asking.form.now'), cell: (one) => <Now asset={one} /> }];
}

function Below({ asset, columns }: { asset: ObjectAsset; columns: readonly Column<ObjectAsset>[] }) {
  const t = useText();
  const [offset, setOffset] = useState(0);
  const query = { parentId: asset.id, below: true, type: [...leafKinds], offset, limit: pageSize };
  const found = useOperation(searchAssets, { query }, { keepPrevious: true });
  const total = found.data?.meta.totalCount;
  return (
    <>
      <p>{t('asking.asset.parent', { count: asset.stats?.dataSourceCount ?? total ?? 0 })}</p>
      {asset.futureObjects !== undefined && (
        <p className="small text-2">{t(`asking.asset.future.${asset.futureObjects.mode}`)}</p>
      )}
      {total !== 0 && (
        <DataTable
          label={t('asking.asset.sources')}
          columns={columns}
          rows={found.data?.data}
          rowKey={(one) => one.id}
          state={found}
          total={total}
          skeletonRows={4}
          hasRowKeys={false}
          paging={
            total === undefined ? undefined : { kind: 'offset', offset, limit: pageSize, total, onChange: setOffset }
          }
          empty={null}
        />
      )}
    </>
  );
}

/** What asking for the asset is about: itself, or all that lies in it now and later, with the access there is today. */
export function AskedContents({ asset, user }: { asset: ObjectAsset; user: string }) {
  const t = useText();
  const me = useCurrentUser()?.globalUserId;
  // What somebody else has is shown to those who review.
  const isHidden = user !== me;
  const columns = useColumns(isHidden);
  if (!isLeaf(asset))
    return (
      <>
        {isHidden && <p className="text-2">{t('asking.form.hidden')}</p>}
        <Below asset={asset} columns={columns} />
      </>
    );
  return (
    <>
      <p>{t('asking.asset.leaf', { name: asset.name })}</p>
      {!isHidden && (
        <p>
          <Now asset={asset} />
        </p>
      )}
    </>
  );
}
