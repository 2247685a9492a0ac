import type { ObjectAsset } from '@stoa/contract/asset';
import { useText } from '../../app/messages/use-text.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { pathOf } from '../../lib/asset-words.ts';

/** The object that a link names is not known here. */
export function UnregisteredRequest({ asset }: { asset: ObjectAsset }) {
  const t = useText();
  return (
    <EmptyState
      title={t('linkTarget.unregistered')}
      text={t('linkTarget.unregisteredText', { name: pathOf(asset) })}
      action={
        <LinkTo look="button" to="/assets" search={{ searchText: asset.name }}>
          {t('linkTarget.find')}
        </LinkTo>
      }
    />
  );
}
