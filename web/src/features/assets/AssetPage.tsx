import { getAssetById, type ObjectAsset } from '@stoa/contract/asset';
import { Navigate, useNavigate, useParams } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import type { AssetTab } from '../../app/asset-tabs.ts';
import { useMay } from '../../app/current-user.ts';
import { Say, useText } from '../../app/messages/use-text.tsx';
import { useOperation } from '../../lib/api.ts';
import { isGone } from '../../lib/api-problem.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { Banner } from '../../ui/Banner.tsx';
import { useCommands } from '../../ui/commands.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { useKeys } from '../../ui/keys.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { PageHeader } from '../../ui/PageHeader.tsx';
import { PageTabs, usePageTab } from '../../ui/PageTabs.tsx';
import { PlatformGlyph } from '../../ui/PlatformGlyph.tsx';
import { SkeletonPage, SkeletonText } from '../../ui/Skeletons.tsx';
import { TimeStamp } from '../../ui/TimeStamp.tsx';
import { useKindText } from '../../ui/kind-text.ts';
import { useExplain } from '../access-requests/use-explain.tsx';
import { AssetActLink } from './AssetActLink.tsx';
import { assetActOf } from './asset-act.ts';
import { AssetContents } from './AssetContents.tsx';
import { AssetOverview } from './AssetOverview.tsx';
import { AssetStateMark } from './AssetStateMark.tsx';
import { isLeaf } from '../../lib/asset-words.ts';
import styles from './assets.module.css';
import { CopyLink } from './CopyLink.tsx';

const OwnRail = lazy(() => import('./OwnRail.tsx').then((part) => ({ default: part.OwnRail })));
const AssetPeople = lazy(() => import('./AssetPeople.tsx').then((part) => ({ default: part.AssetPeople })));
const AssetUse = lazy(() => import('./AssetUse.tsx').then((part) => ({ default: part.AssetUse })));
const SourceActivityPanel = lazy(() =>
  import('../query-activity/SourceActivityPanel.tsx').then((part) => ({ default: part.SourceActivityPanel })),
);
const AssetSettings = lazy(() => import('./AssetSettings.tsx').then((part) => ({ default: part.AssetSettings })));

/** The objects above, the root first, behind the connection that they lie on. */
function Trail({ asset }: { asset: ObjectAsset }) {
  const t = useText();
  const { technology } = asset.metadata;
  return (
    <nav aria-label={t('assets.trail')}>
      <ol className={styles.trail}>
        <li className={styles.where}>
          {technology !== undefined && <PlatformGlyph technology={technology} />}
          <LinkTo to="/assets" search={{ connectionKey: asset.connectionKey ?? '' }}>
            {asset.connectionKey}
          </LinkTo>
        </li>
        {(asset.ancestors ?? []).map((one) => (
          <li key={one.id}>
            <LinkTo to="/assets/$id" params={{ id: one.id }}>
              {one.name}
            </LinkTo>
          </li>
        ))}
      </ol>
    </nav>
  );
}

/** Why the reader may read a table, or why not. */
function Why({ asset, sourceId }: { asset: ObjectAsset; sourceId: number }) {
  const t = useText();
  const { explain, dialog } = useExplain();
  const has = asset.accessState === 'HAVE';
  return (
    <>
      <ActionButton
        size="xs"
        tone="quiet"
        label={t(has ? 'product.data.why' : 'product.data.whyNot')}
        fullLabel={t(has ? 'product.data.whyOf' : 'product.data.whyNotOf', { source: asset.name })}
        onClick={() => explain(sourceId)}
      />
      {dialog}
    </>
  );
}

function Header({ asset }: { asset: ObjectAsset }) {
  const t = useText();
  const kindText = useKindText();
  const { technology, legacyType, dataSourceId } = asset.metadata;
  return (
    <PageHeader
      section={t('assets.section')}
      title={asset.name}
      lead={<Trail asset={asset} />}
      facts={
        <>
          <AssetStateMark asset={asset} />
          {dataSourceId !== undefined && <Why asset={asset} sourceId={dataSourceId} />}
          {technology !== undefined && <PlatformGlyph technology={technology} isNamed />}
          {legacyType !== undefined && <span>{kindText(legacyType)}</span>}
        </>
      }
      secondary={<CopyLink id={asset.id} name={asset.name} />}
      action={<AssetActLink asset={asset} look="primary" />}
    />
  );
}

function Tab({ tab, asset }: { tab: string; asset: ObjectAsset }) {
  switch (tab) {
    case 'contents':
      return <AssetContents asset={asset} />;
    case 'people':
      return <AssetPeople asset={asset} />;
    case 'use':
      return <AssetUse asset={asset} />;
    case 'activity':
      return asset.metadata.dataSourceId === undefined ? null : (
        <SourceActivityPanel sourceId={asset.metadata.dataSourceId} />
      );
    case 'settings':
      return <AssetSettings key={asset.id} asset={asset} />;
    default:
      return <AssetOverview asset={asset} />;
  }
}

/** Those who may set nothing find it all on the first tab. */
function useTabs(asset: ObjectAsset | undefined) {
  const t = useText();
  const mayReadReports = useMay()('report.read');
  const all: readonly { value: AssetTab; label: string }[] = [
    { value: 'overview', label: t('assets.tab.overview') },
    { value: 'contents', label: t(asset && isLeaf(asset) ? 'assets.tab.columns' : 'assets.tab.contents') },
    { value: 'people', label: t('assets.tab.people') },
    { value: 'use', label: t('assets.tab.use') },
    { value: 'activity', label: t('assets.tab.activity') },
    { value: 'settings', label: t('assets.tab.settings') },
  ];
  const isShown: Partial<Record<AssetTab, boolean>> = {
    activity: asset?.metadata.dataSourceId !== undefined && mayReadReports,
    settings: asset?.abilities?.edit?.allowed === true,
  };
  return all.filter((tab) => isShown[tab.value] !== false);
}

/** `r` goes on to the one next step, `u` to how it is read, digits to the tabs. */
function useAssetKeys(asset: ObjectAsset | undefined, tabs: readonly { value: AssetTab; label: string }[]) {
  const t = useText();
  const navigate = useNavigate();
  const open = (tab: AssetTab) =>
    void navigate({ to: '.', search: tab === 'overview' ? {} : { tab }, resetScroll: false });
  const tabKeys = tabs.map((tab, at) => ({ keys: String(at + 1), label: tab.label, run: () => open(tab.value) }));
  const act = asset === undefined ? undefined : assetActOf(asset, Date.now());
  const goOn = () => {
    if (asset === undefined) return;
    if (act === 'open') void navigate({ to: '/requests/$id', params: { id: asset.requestId ?? '' } });
    else void navigate({ to: '/assets/$id/request', params: { id: asset.id } });
  };
  const acts = [
    ...tabKeys,
    ...(act === undefined ? [] : [{ keys: 'r', label: t(`assets.act.${act}`), run: goOn }]),
    { keys: 'u', label: t('assets.tab.use'), run: () => open('use') },
  ];
  useKeys(acts.map((one) => ({ ...one, scope: 'page' as const })));
  useCommands(acts.map((one) => ({ ...one, id: `asset-${one.keys}`, group: 'page' as const })));
}

/** An asset: what it is, what lies in it, who has it, what a request asks and who decides. */
export function AssetPage() {
  const t = useText();
  const { id } = useParams({ from: '/shell/assets/$id' });
  const asset = useOperation(getAssetById, { params: { id } });
  const object = asset.data?.type === 'DATA_OBJECT' ? asset.data : undefined;
  const tabs = useTabs(object);
  const tab = usePageTab(tabs);
  useAssetKeys(object, tabs);
  if (asset.isPending) return <SkeletonPage />;
  if (asset.data?.type === 'DATA_PRODUCT')
    return <Navigate to="/products/$slug" params={{ slug: asset.data.id }} replace />;
  if (object === undefined || isGone(asset.error)) {
    return (
      <>
        <PageHeader title={t('assets.unknown')} section={t('assets.section')} />
        {asset.error !== null && (
          <ErrorNotice problem={asset.error} wasShown={asset.data !== undefined} onRetry={() => void asset.refetch()} />
        )}
      </>
    );
  }
  return (
    <>
      <Header asset={object} />
      {object.missingSince != null && (
        <Banner tone="warning">
          <Say
            id="assets.missingSince"
            values={{ when: <TimeStamp value={object.missingSince} style="date" withRelative /> }}
          />
        </Banner>
      )}
      {object.requestId !== undefined && (
        <Suspense fallback={null}>
          <OwnRail requestId={object.requestId} />
        </Suspense>
      )}
      <PageTabs tabs={tabs} label={t('assets.tabs')} />
      <Suspense fallback={<SkeletonText lines={8} />}>
        <Tab tab={tab} asset={object} />
      </Suspense>
    </>
  );
}
