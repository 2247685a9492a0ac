import type { ObjectAsset } from '@stoa/contract/asset';
import { useText } from '../../app/messages/use-text.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { assetActOf } from './asset-act.ts';

/** The one next step with an asset, as a link; `data-act` lets the key of a row find it. */
export function AssetActLink({ asset, look }: { asset: ObjectAsset; look: 'button' | 'primary' }) {
  const t = useText();
  const act = assetActOf(asset, Date.now());
  if (act === undefined) return null;
  const label = t(`assets.act.${act}`);
  const common = { look, 'data-act': act, 'aria-label': t('assets.act.of', { act: label, name: asset.name }) };
  if (act !== 'open')
    return (
      <LinkTo {...common} to="/assets/$id/request" params={{ id: asset.id }}>
        {label}
      </LinkTo>
    );
  return (
    <LinkTo {...common} to="/requests/$id" params={{ id: asset.requestId ?? '' }}>
      {label}
    </LinkTo>
  );
}
