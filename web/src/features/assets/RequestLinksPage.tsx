import { NativeSelect } from '@mantine/core';
import { getAssetById } from '@stoa/contract/asset';
import { searchAssets } from '@stoa/contract/asset-list';
import { technology as technologies } from '@stoa/contract/enums';
import { useMay } from '../../app/current-user.ts';
import { useText } from '../../app/messages/use-text.tsx';
import { useOperation } from '../../lib/api.ts';
import { Identifier } from '../../ui/Identifier.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { useListState } from '../../ui/list-search.ts';
import { PageHeader } from '../../ui/PageHeader.tsx';
import { SearchSelect } from '../../ui/SearchSelect.tsx';
import { Section } from '../../ui/Section.tsx';
import { useServerSearch } from '../../ui/server-search.ts';
import { SkeletonText } from '../../ui/Skeletons.tsx';
import { StatementBlock } from '../../ui/StatementBlock.tsx';
import { getAssetRequestAccessLink } from '@stoa/contract/asset-link';
import { isObject, pathOf } from '../../lib/asset-words.ts';
import { callsFor, type Catalog, catalogs, templateOf } from './catalog-calls.ts';
import { LinkCheck } from './LinkCheck.tsx';
import { LinkParameters } from './LinkParameters.tsx';
import styles from './links.module.css';

const origin = (): string => window.location.origin;

/** The roots of the trees: they say which platforms there are. */
const useRoots = () => useOperation(searchAssets, { query: { roots: true, limit: 200 } });

function Template({ platform, onPlatform }: { platform: string; onPlatform: (value: string) => void }) {
  const t = useText();
  return (
    <Section title={t('links.template')} lead={t('links.templateLead')}>
      <div className={styles.fields}>
        <NativeSelect
          label={t('links.templateFor')}
          data={technologies.options}
          value={platform}
          onChange={(event) => onPlatform(event.currentTarget.value)}
        />
        <StatementBlock isOpenAtFirst title={t('links.template')} statements={[templateOf(origin(), platform)]} />
      </div>
      <LinkParameters />
    </Section>
  );
}

function SampleOf({ id, catalog }: { id: string; catalog: Catalog }) {
  const t = useText();
  const asset = useOperation(getAssetById, { params: { id } });
  const link = useOperation(getAssetRequestAccessLink, { params: { id } });
  const problem = asset.error ?? link.error;
  if (problem !== null) return <p className="text-2">{problem.detail}</p>;
  if (!isObject(asset.data) || link.data === undefined) return <SkeletonText lines={3} />;
  const url = origin() + link.data.pathAndQuery;
  const object = { path: asset.data.metadata.objectPath, kind: asset.data.metadata.legacyType ?? '', link: url };
  const calls = callsFor(catalog, object);
  return (
    <div className={styles.sample}>
      <p>
        <span className={`group-label ${styles.label}`}>{t('links.sampleLink')}</span>
        <Identifier value={url} maxLength={120} />
      </p>
      <p>
        <a href={link.data.pathAndQuery} target="_blank" rel="noreferrer">
          {t('links.sampleOpen')}
        </a>
        {' · '}
        <LinkTo to="/assets/$id" params={{ id }}>
          {pathOf(asset.data)}
        </LinkTo>
      </p>
      {calls.length === 0 ? (
        <p className="text-2">{t('links.sampleAny')}</p>
      ) : (
        <StatementBlock
          key={catalog}
          isOpenAtFirst
          title={t('links.sampleCalls', { catalog: t(`links.catalog.${catalog}`) })}
          statements={calls}
        />
      )}
    </div>
  );
}

function Sample({ catalog }: { catalog: Catalog }) {
  const t = useText();
  const list = useListState();
  const search = useServerSearch();
  const found = useOperation(
    searchAssets,
    { query: { searchText: search.filter, limit: 20, ...(search.filter === '' ? { roots: true } : {}) } },
    { keepPrevious: true },
  );
  const id = list.text('object');
  return (
    <Section title={t('links.sample')} lead={t('links.sampleLead')}>
      <div className={styles.fields}>
        <SearchSelect
          label={t('links.sampleFind')}
          placeholder={t('links.samplePlaceholder')}
          options={(found.data?.data ?? []).map((one) => ({ value: one.id, label: pathOf(one) }))}
          value={null}
          onSearch={search.onSearch}
          isSearching={search.isSearching(found)}
          problem={found.error}
          nothingFound={t('links.sampleNone')}
          onChoose={({ value }) => list.setFilters({ object: value })}
        />
      </div>
      {id !== undefined && <SampleOf id={id} catalog={catalog} />}
    </Section>
  );
}

const exportPath = (format: 'csv' | 'json', connectionKey: string): string =>
  `/api/asset/link/export?format=${format}${connectionKey === '' ? '' : `&connectionKey=${encodeURIComponent(connectionKey)}`}`;

function Export() {
  const t = useText();
  const list = useListState();
  const roots = useRoots();
  const keys = [...new Set((roots.data?.data ?? []).map((one) => one.connectionKey ?? ''))].filter((key) => key !== '');
  const chosen = list.text('export') ?? '';
  return (
    <Section title={t('links.export')} lead={t('links.exportLead')}>
      <div className={styles.fields}>
        <NativeSelect
          label={t('links.exportConnection')}
          data={[{ value: '', label: t('links.exportAll') }, ...keys.map((value) => ({ value, label: value }))]}
          value={chosen}
          onChange={(event) => list.setFilters({ export: event.currentTarget.value })}
        />
        <div className={styles.downloads}>
          {(['csv', 'json'] as const).map((format) => (
            <a key={format} className={styles.download} href={exportPath(format, chosen)} download>
              {t(format === 'csv' ? 'links.exportCsv' : 'links.exportJson')}
            </a>
          ))}
        </div>
      </div>
    </Section>
  );
}

/** How links get into a catalog: the template, one object tried, all of them exported, and those there are checked. */
export function RequestLinksPage() {
  const t = useText();
  const may = useMay();
  const list = useListState();
  const roots = useRoots();
  const catalog = catalogs.find((one) => one === list.text('catalog')) ?? 'any';
  const platform = technologies.options.find((one) => one === list.text('platform'));
  const usual = roots.data?.data[0]?.metadata.technology ?? 'PostgreSQL';
  return (
    <>
      <PageHeader
        title={t('links.title')}
        lead={t('links.lead')}
        {...(may('data-object.read')
          ? {
              action: (
                <a className={styles.primary} href={exportPath('csv', list.text('export') ?? '')} download>
                  {t('links.exportNow')}
                </a>
              ),
            }
          : {})}
      />
      <div className={styles.fields}>
        <NativeSelect
          label={t('links.catalog')}
          data={catalogs.map((value) => ({ value, label: t(`links.catalog.${value}`) }))}
          value={catalog}
          onChange={(event) => list.setFilters({ catalog: event.currentTarget.value })}
        />
      </div>
      <Template platform={platform ?? usual} onPlatform={(value) => list.setFilters({ platform: value })} />
      <Sample catalog={catalog} />
      {may('data-object.read') && <Export />}
      <LinkCheck />
    </>
  );
}
