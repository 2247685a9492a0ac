import { searchAssets } from '@stoa/contract/asset-list';
import { searchAccessRequests } from '@stoa/contract/access-request';
import { bindRequestedAsset, type RequestedAsset, searchRequestedAssets } from '@stoa/contract/requested-asset';
import { useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { pathOf } from '../../lib/asset-words.ts';
import { useCommand, useOperation } from '../../lib/api.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Identifier } from '../../ui/Identifier.tsx';
import { useAnnounce } from '../../ui/LiveRegion.tsx';
import type { SearchOption } from '../../ui/search-options.ts';
import { SearchSelect } from '../../ui/SearchSelect.tsx';
import { useServerSearch } from '../../ui/server-search.ts';
import styles from './requested-assets.module.css';

const shownAtOnce = 20;

/** First what bears the name, then whatever is typed. */
function useOptions(
  asset: RequestedAsset,
  filter: string,
): { options: SearchOption[]; found: ReturnType<typeof useSearch> } {
  const t = useText();
  const found = useSearch(filter);
  const label = (path: string, connection: string) => t('requestedAssets.option', { path, connection });
  const matches = asset.matches.map((one) => ({
    value: one.id,
    label: label(one.objectPath.join('.'), one.connectionKey),
  }));
  const others = (found.data?.data ?? []).map((one) => ({
    value: one.id,
    label: label(pathOf(one), one.connectionKey ?? ''),
  }));
  const all = filter === '' ? [...matches, ...others] : others;
  return { options: all.filter((one, at) => all.findIndex((other) => other.value === one.value) === at), found };
}

const useSearch = (filter: string) =>
  useOperation(searchAssets, { query: { searchText: filter, limit: shownAtOnce } }, { keepPrevious: true });

/** Says which asset is meant; its requests go on there. */
export function BindDialog({ asset, onClose }: { asset: RequestedAsset; onClose: () => void }) {
  const t = useText();
  const announce = useAnnounce();
  const only = asset.matches.length === 1 ? asset.matches[0]?.id : undefined;
  const [chosen, setChosen] = useState(only ?? '');
  const { filter, onSearch, isSearching } = useServerSearch();
  const { options, found } = useOptions(asset, filter ?? '');
  const bind = useCommand(bindRequestedAsset, {
    invalidates: [searchRequestedAssets, searchAccessRequests],
    onSuccess: () => {
      announce(t('requestedAssets.done'));
      onClose();
    },
  });
  const name = asset.objectPath.join('.');
  return (
    <Dialog
      opened
      onClose={onClose}
      title={t('requestedAssets.which')}
      closeButtonProps={{ 'aria-label': t('ui.dialog.close') }}
    >
      <div className={styles.form}>
        <p>
          <Identifier value={name} maxLength={60} />
        </p>
        <p className="text-2">{t('requestedAssets.whichText', { count: asset.pendingCount })}</p>
        <SearchSelect
          label={t('requestedAssets.choose')}
          options={options}
          value={chosen}
          onSearch={onSearch}
          isSearching={isSearching(found)}
          problem={found.error}
          onChoose={({ value }) => setChosen(value)}
          nothingFound={t('requestedAssets.nothing')}
        />
        {bind.error !== null && <ErrorNotice problem={bind.error} isWrite />}
        <div className={styles.acts}>
          <ActionButton label={t('ui.dialog.cancel')} onClick={onClose} />
          <ActionButton
            tone="primary"
            label={t('requestedAssets.confirm', { count: asset.pendingCount })}
            ability={chosen === '' ? { allowed: false, reason: t('requestedAssets.chooseFirst') } : { allowed: true }}
            isBusy={bind.isPending}
            onClick={() => bind.mutate({ params: { id: asset.id }, body: { assetId: chosen } })}
          />
        </div>
      </div>
    </Dialog>
  );
}
