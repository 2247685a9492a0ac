import { getAssetById, type ObjectAsset } from '@stoa/contract/asset';
import type { RequestType } from '@stoa/contract/enums';
import { Navigate, useParams } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { isLeaf, pathOf } from '../../lib/asset-words.ts';
import { useOperation } from '../../lib/api.ts';
import { isGone } from '../../lib/api-problem.ts';
import { Banner } from '../../ui/Banner.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Identifier } from '../../ui/Identifier.tsx';
import { useKindText } from '../../ui/kind-text.ts';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { useListState } from '../../ui/list-search.ts';
import { PageHeader } from '../../ui/PageHeader.tsx';
import { PlatformGlyph } from '../../ui/PlatformGlyph.tsx';
import { SkeletonPage, SkeletonText } from '../../ui/Skeletons.tsx';
import { requestTypeOf } from '../access-requests/request-type.ts';
import { RequestScreen } from '../access-requests/RequestScreen.tsx';
import { assetTarget } from './asset-request-target.ts';

const AskedContents = lazy(() => import('./AskedContents.tsx').then((part) => ({ default: part.AskedContents })));
// Few requests are for columns: the picker comes with the first of them.
const MaskedColumnPicker = lazy(() =>
  import('../access-requests/MaskedColumnPicker.tsx').then((part) => ({ default: part.MaskedColumnPicker })),
);

const titleOf = (asset: ObjectAsset, isMasking: boolean) => {
  if (isMasking) return 'asking.asset.maskingTitle';
  if (asset.accessState === 'EXPIRED') return 'asking.asset.renewTitle';
  return asset.status === 'APPROVED' ? 'asking.asset.extendTitle' : 'asking.asset.title';
};

function Header({ asset, type }: { asset: ObjectAsset; type: RequestType }) {
  const t = useText();
  const kindText = useKindText();
  const { technology, legacyType, description } = asset.metadata;
  return (
    <PageHeader
      title={t(titleOf(asset, type === 'MASKING_EXCEPTION'), { name: asset.name })}
      section={t('asking.form.section')}
      lead={description?.replaceAll(/[*_`#>]/g, '').trim() || undefined}
      facts={
        <>
          <Identifier value={pathOf(asset)} maxLength={80} />
          {legacyType !== undefined && <span>{kindText(legacyType)}</span>}
          {technology !== undefined && <PlatformGlyph technology={technology} isNamed />}
          <LinkTo to="/assets/$id" params={{ id: asset.id }}>
            {t('asking.asset.about')}
          </LinkTo>
        </>
      }
    />
  );
}

/** Columns are those of one table; above tables the way leads down to them. */
function ByTable({ asset }: { asset: ObjectAsset }) {
  const t = useText();
  return (
    <EmptyState
      title={t('asking.asset.byTable')}
      text={t('asking.asset.byTableText', { name: asset.name })}
      action={
        <LinkTo look="button" to="/assets/$id" params={{ id: asset.id }} search={{ tab: 'contents' }}>
          {t('asking.asset.contents')}
        </LinkTo>
      }
    />
  );
}

type AskProps = { readonly asset: ObjectAsset; readonly type: RequestType };

function Ask({ asset, type }: AskProps) {
  const t = useText();
  const list = useListState();
  const target = assetTarget(asset);
  const isMasking = type === 'MASKING_EXCEPTION';
  const own = asset.status === 'PENDING' || isMasking ? undefined : asset.requestId;
  if (isMasking && !isLeaf(asset)) return <ByTable asset={asset} />;
  return (
    <RequestScreen
      target={target}
      type={type}
      from={list.text('from') ?? own}
      replaces={list.text('replaces')}
      beneficiary={list.text('for')}
      what={({ value, set, own }) =>
        !isMasking ? (
          <Suspense fallback={<SkeletonText lines={4} />}>
            <AskedContents asset={asset} user={value.user} />
          </Suspense>
        ) : (
          <Suspense fallback={<SkeletonText lines={6} />}>
            <MaskedColumnPicker
              target={target}
              beneficiary={value.user}
              plain={
                <LinkTo look="button" to="/assets/$id/request" params={{ id: asset.id }}>
                  {t('asking.form.plain')}
                </LinkTo>
              }
              chosen={value.columns}
              own={own}
              onChange={(columns) => set({ columns })}
            />
          </Suspense>
        )
      }
    />
  );
}

/** Asks for an asset. `type`, `for` and `from` of the address choose kind, person and earlier answers. */
export function AssetRequestPage() {
  const t = useText();
  const { id } = useParams({ from: '/shell/assets/$id/request' });
  const list = useListState();
  const asked = requestTypeOf(list.text('type') ?? list.text('requestType'));
  const asset = useOperation(getAssetById, { params: { id } });
  if (asset.isPending) return <SkeletonPage />;
  if (asset.data?.type === 'DATA_PRODUCT')
    return <Navigate to="/products/$slug/request" params={{ slug: asset.data.id }} search={list.search} replace />;
  if (asset.data === undefined || isGone(asset.error)) {
    return (
      <>
        <PageHeader title={t('asking.link.title')} section={t('asking.form.section')} />
        {asset.error !== null && (
          <ErrorNotice problem={asset.error} wasShown={asset.data !== undefined} onRetry={() => void asset.refetch()} />
        )}
      </>
    );
  }
  const ability = asset.data.abilities?.request;
  return (
    <>
      <Header asset={asset.data} type={asked.type} />
      {asked.wrong !== undefined && <Banner tone="warning">{t('asking.link.type', { type: asked.wrong })}</Banner>}
      {ability?.allowed === false ? (
        <EmptyState title={t('asking.asset.unavailable')} text={ability.reason} />
      ) : (
        <Ask asset={asset.data} type={asked.type} />
      )}
    </>
  );
}
