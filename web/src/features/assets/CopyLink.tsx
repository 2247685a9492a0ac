import { getAssetRequestAccessLink } from '@stoa/contract/asset-link';
import { useMutation } from '@tanstack/react-query';
import { useText } from '../../app/messages/use-text.tsx';
import { call } from '../../lib/api.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { useAnnounce } from '../../ui/LiveRegion.tsx';
import { whatHappened } from '../../ui/problem-words.ts';

/** Copies the request link of an asset for a catalog. Said in words as well, since a clipboard shows nothing. */
export function CopyLink({ id, name }: { id: string; name: string }) {
  const t = useText();
  const announce = useAnnounce();
  const copy = useMutation({
    mutationFn: async () => {
      const { pathAndQuery } = await call(getAssetRequestAccessLink, { params: { id } });
      const link = new URL(pathAndQuery, window.location.origin).href;
      try {
        await navigator.clipboard.writeText(link);
        return { link, isCopied: true };
      } catch {
        return { link, isCopied: false };
      }
    },
    onSuccess: ({ link, isCopied }) =>
      announce(isCopied ? t('assets.linkCopied', { name }) : t('assets.linkFailed', { link })),
  });
  return (
    <span>
      <ActionButton
        label={copy.data?.isCopied === true ? t('ui.copied') : t('assets.copyLink')}
        fullLabel={t('assets.act.of', { act: t('assets.copyLink'), name })}
        isBusy={copy.isPending}
        onClick={() => copy.mutate()}
      />
      {copy.data?.isCopied === false && <p className="small">{t('assets.linkFailed', { link: copy.data.link })}</p>}
      {copy.error !== null && <p className="small text-2">{whatHappened(t, copy.error)}</p>}
    </span>
  );
}
