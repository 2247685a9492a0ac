import type { ObjectAsset } from '@stoa/contract/asset';
import { readDataSource } from '@stoa/contract/data-source';
import { lazy, Suspense } from 'react';
import { useMay } from '../../app/current-user.ts';
import { useText } from '../../app/messages/use-text.tsx';
import { useOperation } from '../../lib/api.ts';
import { type Fact, FactList } from '../../ui/FactList.tsx';
import { Identifier } from '../../ui/Identifier.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { MarkdownText } from '../../ui/MarkdownText.tsx';
import { PersonName } from '../../ui/PersonName.tsx';
import { PlatformGlyph } from '../../ui/PlatformGlyph.tsx';
import { Section } from '../../ui/Section.tsx';
import { SkeletonText } from '../../ui/Skeletons.tsx';
import { TimeStamp } from '../../ui/TimeStamp.tsx';
import { useKindText } from '../../ui/kind-text.ts';
import { isLeaf, pathOf } from '../../lib/asset-words.ts';
import styles from './assets.module.css';

const FutureObjects = lazy(() => import('./FutureObjects.tsx').then((part) => ({ default: part.FutureObjects })));
const AssetTags = lazy(() => import('./AssetTags.tsx').then((part) => ({ default: part.AssetTags })));
const AssetRules = lazy(() => import('./AssetRules.tsx').then((part) => ({ default: part.AssetRules })));

function Through({ asset }: { asset: ObjectAsset }) {
  const t = useText();
  return (asset.accessThrough ?? []).map((cause) => {
    const words = t(`assets.through.${cause.type}`, { name: cause.name });
    return (
      <div key={cause.requestId}>
        {cause.type === 'DATA_PRODUCT' ? (
          <LinkTo to="/products/$slug" params={{ slug: cause.id }}>
            {words}
          </LinkTo>
        ) : (
          <LinkTo to="/assets/$id" params={{ id: cause.id }}>
            {words}
          </LinkTo>
        )}
      </div>
    );
  });
}

function useFacts(asset: ObjectAsset): Fact[] {
  const t = useText();
  const kindText = useKindText();
  const may = useMay();
  const { metadata } = asset;
  const { technology, host, port, legacyType, externalLink } = metadata;
  const experts = metadata.subjectMatterExperts ?? [];
  const facts: (Fact | undefined)[] = [
    { label: t('assets.fact.path'), value: <Identifier value={pathOf(asset)} maxLength={60} /> },
    legacyType === undefined ? undefined : { label: t('assets.fact.kind'), value: kindText(legacyType) },
    technology === undefined
      ? undefined
      : { label: t('assets.fact.platform'), value: <PlatformGlyph technology={technology} isNamed /> },
    host === undefined
      ? undefined
      : { label: t('assets.fact.host'), value: <Identifier value={port === undefined ? host : `${host}:${port}`} /> },
    {
      label: t('assets.fact.experts'),
      value:
        experts.length === 0
          ? t('assets.fact.noExperts')
          : experts.map((one) => <PersonName key={one.id} name={one.name ?? one.id} username={one.username ?? ''} />),
    },
    externalLink == null
      ? undefined
      : {
          label: t('assets.fact.link'),
          value: (
            <a href={externalLink} rel="noreferrer noopener" target="_blank">
              {new URL(externalLink).host}
            </a>
          ),
        },
    asset.stats === undefined || isLeaf(asset)
      ? undefined
      : { label: t('assets.fact.sources'), value: asset.stats.dataSourceCount },
    (asset.accessThrough ?? []).length === 0
      ? undefined
      : { label: t('assets.fact.through'), value: <Through asset={asset} /> },
    asset.updatedAt === undefined
      ? undefined
      : { label: t('assets.fact.updated'), value: <TimeStamp value={asset.updatedAt} style="date" withRelative /> },
    may('data-object.read')
      ? {
          label: t('assets.fact.governance'),
          value: (
            <LinkTo to="/admin/objects" search={{ row: asset.id }}>
              {t('assets.fact.openSource')}
            </LinkTo>
          ),
        }
      : undefined,
  ];
  return facts.filter((fact) => fact !== undefined);
}

/** Asking for a product that holds it may be the shorter way: its stewards know it. Nothing where the reader sees none. */
function Products({ dataSourceId }: { dataSourceId: number }) {
  const t = useText();
  const source = useOperation(readDataSource, { params: { id: dataSourceId } });
  const products = source.data?.products ?? [];
  if (products.length === 0) return null;
  return (
    <Section title={t('assets.products.title')} lead={t('assets.products.lead')}>
      <ul>
        {products.map((one) => (
          <li key={one.id}>
            <LinkTo to="/products/$slug" params={{ slug: one.slug }}>
              {one.name}
            </LinkTo>
          </li>
        ))}
      </ul>
    </Section>
  );
}

/** What the asset is, what a request asks, and who decides. */
export function AssetOverview({ asset }: { asset: ObjectAsset }) {
  const t = useText();
  const facts = useFacts(asset);
  const { description } = asset.metadata;
  return (
    <div className="detail">
      <div>
        <Section title={t('assets.about')}>
          {typeof description === 'string' && description.trim() !== '' ? (
            <MarkdownText text={description} />
          ) : (
            <p className="text-2">{t('assets.noDescription')}</p>
          )}
        </Section>
        <Suspense fallback={null}>
          <AssetTags asset={asset} />
        </Suspense>
        {asset.metadata.dataSourceId !== undefined && <Products dataSourceId={asset.metadata.dataSourceId} />}
        {asset.futureObjects !== undefined && (
          <Suspense fallback={<SkeletonText lines={4} />}>
            <FutureObjects asset={asset} future={asset.futureObjects} />
          </Suspense>
        )}
        <Suspense fallback={<SkeletonText lines={8} />}>
          <AssetRules asset={asset} />
        </Suspense>
      </div>
      <aside>
        <div className={styles.side}>
          <FactList facts={facts} label={t('assets.facts')} />
        </div>
      </aside>
    </div>
  );
}
