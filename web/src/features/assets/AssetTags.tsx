import type { ObjectAsset } from '@stoa/contract/asset';
import { Say, useText } from '../../app/messages/use-text.tsx';
import { isLeaf } from '../../lib/asset-words.ts';
import { Section } from '../../ui/Section.tsx';
import { SensitivityMark } from '../tags/TagName.tsx';
import { TagsOn } from '../tags/TagsOn.tsx';
import { ofObject } from '../tags/use-tags-on.ts';
import { useAssetTags } from './use-asset-tags.ts';

/** The tags of the asset itself; nothing where the reader may not see the data source. */
export function AssetTags({ asset }: { asset: ObjectAsset }) {
  const t = useText();
  const { tags, mayChange, sensitivity } = useAssetTags(asset);
  if (tags === undefined) return null;
  return (
    <Section
      title={t('tags.on')}
      lead={t(isLeaf(asset) ? 'tags.onLead' : 'tags.onNodeLead')}
      action={
        sensitivity !== null && (
          <span>
            <Say id="tags.sensitivityOf" values={{ level: <SensitivityMark value={sensitivity} /> }} />
          </span>
        )
      }
    >
      <TagsOn
        name={asset.name}
        applications={ofObject(tags)}
        targets={{ dataObjectIds: [asset.id] }}
        mayChange={mayChange}
      />
    </Section>
  );
}
