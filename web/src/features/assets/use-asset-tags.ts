import type { ObjectAsset } from '@stoa/contract/asset';
import { readDataSource } from '@stoa/contract/data-source';
import type { Sensitivity, TagApplication } from '@stoa/contract/tag';
import { useMay } from '../../app/current-user.ts';
import { isLeaf } from '../../lib/asset-words.ts';
import { useOperation } from '../../lib/api.ts';
import { useTagsOn } from '../tags/use-tags-on.ts';

type AssetTags = {
  readonly tags: readonly TagApplication[] | undefined;
  readonly mayChange: boolean;
  readonly sensitivity: Sensitivity | null;
};

/** The tags of an asset and of its columns, and whether the reader may change them. */
export function useAssetTags(asset: ObjectAsset): AssetTags {
  const may = useMay();
  const { dataSourceId } = asset.metadata;
  const source = useOperation(
    readDataSource,
    { params: { id: dataSourceId ?? 0 } },
    { enabled: dataSourceId !== undefined },
  );
  const isReadable = dataSourceId === undefined ? !isLeaf(asset) || may('tag.manage') : source.data !== undefined;
  const tags = useTagsOn(asset.id, isReadable);
  return {
    tags: tags.data?.data,
    mayChange: dataSourceId === undefined ? may('tag.manage') : source.data?.abilities?.['tag']?.allowed === true,
    sensitivity: source.data?.sensitivity ?? null,
  };
}
