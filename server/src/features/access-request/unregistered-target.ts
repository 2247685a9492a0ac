import type { UnregisteredAsset } from '@stoa/contract/asset';
import type { RequestType } from '@stoa/contract/enums';
import type { Actor } from '@stoa/core/permissions/objects';
import { stewardsOf } from '@stoa/core/review/resolve-flow';
import type { Reader } from '../../db/pool.ts';
import { Refusal } from '../../http/refusal.ts';
import { requireMay } from '../../http/require.ts';
import { findRegistered, idOfMetadata, type Unregistered } from '../asset/resolve-name.ts';
import { defaultAssetForms } from '../request-form/resolve-form-version.ts';
import type { AssetTarget } from './load-asset-target.ts';

type Asked = { assetId: string; asset: UnregisteredAsset; type: RequestType; actor: Actor };

/**
 * An object that no crawl has found, as something to ask for: by the default form, decided by governors. What is said of it
 * must be what its id was made of (product.md 13).
 */
export async function loadUnregisteredTarget(db: Reader, { assetId, asset, type, actor }: Asked): Promise<AssetTarget> {
  const named = normalise(assetId, asset.metadata);
  const registered = await findRegistered(db, named);
  if (registered.length > 0) throw registeredMeanwhile(registered);
  const forms = await defaultAssetForms(db);
  const name = named.objectPath.at(-1) ?? assetId;
  const reviewers = [...stewardsOf(forms.DATA_ACCESS.flows), ...stewardsOf(forms.MASKING_EXCEPTION.flows)];
  const object = { kind: 'asset' as const, id: assetId, name, domains: [], reviewers };
  requireMay(actor, 'asset.read', object);
  const unregistered = { ...named, description: asset.metadata.description ?? null };
  return {
    type: 'DATA_OBJECT',
    id: assetId,
    name,
    suspended: false,
    domains: [],
    form: forms[type],
    object,
    unregistered,
  };
}

export const registeredMeanwhile = (ids: readonly string[]): Refusal =>
  new Refusal('asset.registered', {
    detail: 'It has been found meanwhile; ask for it there.',
    ...(ids.length === 1 ? { extra: { assetId: ids[0] } } : {}),
  });

function normalise(assetId: string, metadata: UnregisteredAsset['metadata']): Unregistered {
  const { objectPath = [], technology, host, port, legacyType } = metadata;
  const named = {
    ...(technology === undefined ? {} : { technology }),
    ...(host === undefined ? {} : { host: host.toLowerCase() }),
    ...(port === undefined ? {} : { port }),
    objectPath,
    ...(legacyType === undefined ? {} : { legacyType: legacyType.toLowerCase() }),
  };
  const isName = objectPath.length > 0 && !objectPath.includes('') && (host === undefined || technology !== undefined);
  if (!isName || idOfMetadata(named) !== assetId) throw new Refusal('asset.metadata_mismatch');
  return { id: assetId, ...named };
}
