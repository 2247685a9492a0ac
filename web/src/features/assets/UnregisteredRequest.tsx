import { getAssetByMetadata, type ObjectAsset, previewAssetRequest, requestAsset } from '@stoa/contract/asset';
import type { RequestType } from '@stoa/contract/enums';
import { useText } from '../../app/messages/use-text.tsx';
import { pathOf } from '../../lib/asset-words.ts';
import { call, type InputOf } from '../../lib/api.ts';
import { Banner } from '../../ui/Banner.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { type Fact, FactList } from '../../ui/FactList.tsx';
import { Identifier } from '../../ui/Identifier.tsx';
import { useKindText } from '../../ui/kind-text.ts';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { useListState } from '../../ui/list-search.ts';
import { PlatformGlyph } from '../../ui/PlatformGlyph.tsx';
import type { RequestTarget } from '../access-requests/request-target.ts';
import { RequestScreen } from '../access-requests/RequestScreen.tsx';

type Query = NonNullable<InputOf<typeof getAssetByMetadata>['query']>;

/** An object that no crawl has found, as something to ask for: what the link says of it travels with the request. */
function unregisteredTarget(asset: ObjectAsset, query: Query): RequestTarget {
  const params = { id: asset.id };
  const { objectPath, technology, host, port, legacyType } = asset.metadata;
  const said = {
    asset: { type: 'DATA_OBJECT' as const, metadata: { objectPath, technology, host, port, legacyType } },
  };
  return {
    type: 'DATA_OBJECT',
    id: asset.id,
    name: asset.name,
    accessState: undefined,
    requestId: asset.requestId,
    medianDecisionHours: undefined,
    formsPath: getAssetByMetadata.path,
    readForms: async (options) => {
      const read = await call(getAssetByMetadata, { query }, options);
      return read.type === 'DATA_OBJECT' ? (read.requestForms ?? []) : [];
    },
    preview: ({ columns: _none, ...body }, options) =>
      call(previewAssetRequest, { params, body: { requestType: 'DATA_ACCESS', ...body, ...said } }, options),
    ask: (body, options) =>
      call(requestAsset, { params, body: { requestType: 'DATA_ACCESS', ...body, ...said } }, options),
    columnsPath: getAssetByMetadata.path,
    readColumns: () => Promise.resolve({ data: [], meta: { totalCount: 0 } }),
    askForColumns: (body, options) =>
      call(requestAsset, { params, body: { requestType: 'MASKING_EXCEPTION', ...body, ...said } }, options),
  };
}

/** As the link names it: nobody has seen the thing itself. */
function AsNamed({ asset }: { asset: ObjectAsset }) {
  const t = useText();
  const kindText = useKindText();
  const { technology, host, port, legacyType } = asset.metadata;
  const facts: (Fact | undefined)[] = [
    { label: t('assets.fact.path'), value: <Identifier value={pathOf(asset)} maxLength={60} /> },
    technology === undefined
      ? undefined
      : { label: t('assets.fact.platform'), value: <PlatformGlyph technology={technology} isNamed /> },
    host === undefined
      ? undefined
      : { label: t('assets.fact.host'), value: <Identifier value={port === undefined ? host : `${host}:${port}`} /> },
    legacyType === undefined ? undefined : { label: t('assets.fact.kind'), value: kindText(legacyType) },
  ];
  return <FactList facts={facts.filter((fact) => fact !== undefined)} label={t('linkTarget.asNamed')} />;
}

type Props = { readonly asset: ObjectAsset; readonly query: Query; readonly type: RequestType };

/** The object that a link names is not known here: it can be asked for all the same, and governors are told. */
export function UnregisteredRequest({ asset, query, type }: Props) {
  const t = useText();
  const list = useListState();
  const find = (
    <LinkTo look="button" to="/assets" search={{ searchText: asset.name }}>
      {t('linkTarget.find')}
    </LinkTo>
  );
  if (type === 'MASKING_EXCEPTION')
    return <EmptyState title={t('linkTarget.noColumns')} text={t('linkTarget.noColumnsText')} action={find} />;
  return (
    <>
      <Banner action={find}>{t('linkTarget.unregisteredText')}</Banner>
      <RequestScreen
        target={unregisteredTarget(asset, query)}
        type={type}
        from={list.text('from')}
        replaces={list.text('replaces')}
        beneficiary={list.text('for')}
        what={() => <AsNamed asset={asset} />}
      />
    </>
  );
}
