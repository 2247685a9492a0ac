import { getAssetByMetadata } from '@stoa/contract/asset';
import { Navigate } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { useOperation } from '../../lib/api.ts';
import type { ApiProblem } from '../../lib/api-problem.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Identifier } from '../../ui/Identifier.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { type ListState, useListState } from '../../ui/list-search.ts';
import { PageHeader } from '../../ui/PageHeader.tsx';
import { SkeletonPage } from '../../ui/Skeletons.tsx';
import { isObject } from '../../lib/asset-words.ts';
import { requestTypeOf } from '../access-requests/request-type.ts';
import { candidatesOf } from './request-link.ts';

/** A link that leads to several is rare. */
const LinkCandidates = lazy(() => import('./LinkCandidates.tsx').then((part) => ({ default: part.LinkCandidates })));
const UnregisteredRequest = lazy(() =>
  import('./UnregisteredRequest.tsx').then((part) => ({ default: part.UnregisteredRequest })),
);

const queryOf = (list: ListState, fullyQualifiedName: string) => ({
  fullyQualifiedName,
  assetType: list.text('assetType'),
  host: list.text('host'),
  port: list.text('port'),
  technology: list.text('technology'),
});

/** What a request for what is found by now starts with. */
const startOf = (list: ListState) =>
  Object.fromEntries(['from', 'replaces', 'for'].map((name) => [name, list.text(name)] as const));

function Find({ name }: { name: string | undefined }) {
  const t = useText();
  return (
    <LinkTo look="button" to="/assets" search={name === undefined ? {} : { searchText: name }}>
      {t('linkTarget.find')}
    </LinkTo>
  );
}

/** What the server says of a link that leads to nothing certain: several, or a value that cannot be. */
function Trouble({ problem, name, onRetry }: { problem: ApiProblem; name: string; onRetry: () => void }) {
  const t = useText();
  const list = useListState();
  if (problem.code === 'asset.ambiguous')
    return (
      <Suspense fallback={<SkeletonPage />}>
        <LinkCandidates candidates={candidatesOf(problem.body)} type={list.text('requestType')} />
      </Suspense>
    );
  if (problem.status !== 400) return <ErrorNotice problem={problem} onRetry={onRetry} />;
  return (
    <EmptyState
      title={t('linkTarget.bad')}
      text={t('linkTarget.badText', { reason: problem.detail })}
      action={<Find name={name} />}
    />
  );
}

/** Where the links of catalogs lead: on to the request for the object they name, or to the choice there is. */
export function RequestLinkPage() {
  const t = useText();
  const list = useListState();
  const name = list.text('fullyQualifiedName');
  const type = list.text('requestType') ?? list.text('type');
  const asset = useOperation(getAssetByMetadata, { query: queryOf(list, name ?? '') }, { enabled: name !== undefined });
  if (name === undefined) {
    return (
      <>
        <PageHeader title={t('linkTarget.title')} />
        <EmptyState
          title={t('linkTarget.noName')}
          text={t('linkTarget.noNameText')}
          action={<Find name={undefined} />}
        />
      </>
    );
  }
  if (asset.isPending) return <SkeletonPage />;
  const found = isObject(asset.data) ? asset.data : undefined;
  if (found !== undefined && found.registered !== false) {
    // The form is what the link promised; the way back leads to the catalog, not to this page.
    const search = { ...requestTypeOf(type).search, ...startOf(list) };
    return <Navigate to="/assets/$id/request" params={{ id: found.id }} search={search} replace />;
  }
  return (
    <>
      <PageHeader
        title={t(found === undefined ? 'linkTarget.title' : 'linkTarget.unregistered')}
        facts={<Identifier value={name} maxLength={80} />}
      />
      {asset.error !== null && <Trouble problem={asset.error} name={name} onRetry={() => void asset.refetch()} />}
      {found !== undefined && (
        <Suspense fallback={<SkeletonPage />}>
          <UnregisteredRequest asset={found} query={queryOf(list, name)} type={requestTypeOf(type).type} />
        </Suspense>
      )}
    </>
  );
}
