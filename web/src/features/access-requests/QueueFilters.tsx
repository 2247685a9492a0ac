import { UnstyledButton } from '@mantine/core';
import { getAssetById } from '@stoa/contract/asset';
import { getDataProductById, searchDataProducts } from '@stoa/contract/data-product';
import { assetType, requestStatus, requestType } from '@stoa/contract/enums';
import { getImmutaUsers } from '@stoa/contract/metadata';
import { IconX } from '@tabler/icons-react';
import { useText } from '../../app/messages/use-text.tsx';
import { useOperation } from '../../lib/api.ts';
import type { Facet } from '../../ui/facets.ts';
import { FacetButton, FilterBar } from '../../ui/FilterBar.tsx';
import { LeftOut, useKnownValues } from '../../ui/left-out.tsx';
import type { ListState } from '../../ui/list-search.ts';
import { SearchSelect } from '../../ui/SearchSelect.tsx';
import { useServerSearch } from '../../ui/server-search.ts';
import styles from './lists.module.css';
import { isId, reviewRoles, reviewStates, targetTypes } from './review-queue.ts';

const shownAtOnce = 20;

export type QueueFacets = { readonly usual: readonly Facet[]; readonly seldom: readonly Facet[] };

/** The filters that take one of a few known words; the first ones stand in the bar at once. */
export function useQueueFacets(): QueueFacets {
  const t = useText();
  return {
    usual: [
      {
        name: 'status',
        label: t('requests.facet.status'),
        isClosed: true,
        options: requestStatus.options.map((value) => ({ value, label: t(`ui.status.${value}`) })),
      },
      {
        name: 'type',
        label: t('requests.facet.type'),
        isClosed: true,
        options: requestType.options.map((value) => ({ value, label: t(`requests.type.${value}`) })),
      },
      {
        name: 'reviewStatus',
        label: t('requests.facet.review'),
        isClosed: true,
        options: reviewStates.map((value) => ({ value, label: t(`reviews.state.${value}`) })),
      },
    ],
    seldom: [
      {
        name: 'role',
        label: t('requests.facet.role'),
        isClosed: true,
        options: reviewRoles.map((value) => ({ value, label: t(`reviews.role.${value}`) })),
      },
      {
        name: 'targetType',
        label: t('requests.facet.target'),
        isClosed: true,
        options: targetTypes.map((value) => ({ value, label: t(`reviews.target.${value}`) })),
      },
      {
        name: 'assetType',
        label: t('requests.facet.asset'),
        isClosed: true,
        options: assetType.options.map((value) => ({ value, label: t(`reviews.asset.${value}`) })),
      },
      {
        name: 'expiration',
        label: t('requests.facet.ends'),
        isClosed: true,
        isSingle: true,
        options: [
          { value: 'true', label: t('reviews.ends.true') },
          { value: 'false', label: t('reviews.ends.false') },
        ],
      },
    ],
  };
}

/** A filter that is set to one thing, named, with the way to take it off. */
function Chosen({ label, onRemove }: { label: string; onRemove: () => void }) {
  const t = useText();
  return (
    <UnstyledButton className={styles.chosen} aria-label={t('ui.filter.remove', { filter: label })} onClick={onRemove}>
      {label}
      <IconX size={14} stroke={1.75} aria-hidden="true" />
    </UnstyledButton>
  );
}

function People({ list }: { list: ListState }) {
  const t = useText();
  const { filter, onSearch, isSearching } = useServerSearch();
  const ids = list.values('userIds');
  const found = useOperation(getImmutaUsers, { query: { filter, limit: shownAtOnce } }, { keepPrevious: true });
  const chosen = useOperation(getImmutaUsers, { query: { globalUserId: [...ids] } }, { enabled: ids.length > 0 });
  const nameOf = (id: string) => chosen.data?.users.find((one) => one.globalUserId === id)?.name ?? id;
  const options = (found.data?.users ?? []).filter((one) => !ids.includes(one.globalUserId));
  return (
    <>
      <SearchSelect
        className={styles.pick ?? ''}
        label={t('requests.facet.person')}
        isLabelHidden
        placeholder={t('requests.facet.person')}
        options={options.map((one) => ({
          value: one.globalUserId,
          label: t('requests.person.named', { name: one.name, username: one.username }),
        }))}
        value={null}
        onSearch={onSearch}
        isSearching={isSearching(found)}
        problem={found.error}
        onChoose={({ value }) => list.setFilters({ userIds: [...ids, value] })}
        nothingFound={t('requests.person.nobody')}
      />
      {ids.map((id) => (
        <Chosen
          key={id}
          label={t('reviews.chosen.person', { name: nameOf(id) })}
          onRemove={() => list.setFilters({ userIds: ids.filter((one) => one !== id) })}
        />
      ))}
    </>
  );
}

function Product({ list }: { list: ListState }) {
  const t = useText();
  const { filter, onSearch, isSearching } = useServerSearch();
  const { known, leftOut, dismiss } = useKnownValues(list, { name: 'dataProductId', knows: isId, options: [] });
  const id = known[0];
  const query = { nameFilter: filter === '' ? undefined : filter, limit: shownAtOnce };
  const found = useOperation(searchDataProducts, { query }, { keepPrevious: true });
  const chosen = useOperation(getDataProductById, { params: { id: id ?? '' } }, { enabled: id !== undefined });
  if (id !== undefined)
    return (
      <Chosen
        label={t('reviews.chosen.product', { name: chosen.data?.name ?? id })}
        onRemove={() => list.setFilters({ dataProductId: undefined })}
      />
    );
  return (
    <>
      <SearchSelect
        className={styles.pick ?? ''}
        label={t('requests.facet.product')}
        isLabelHidden
        placeholder={t('requests.facet.product')}
        options={(found.data?.data ?? []).map((one) => ({ value: one.id, label: one.name }))}
        value={null}
        onSearch={onSearch}
        isSearching={isSearching(found)}
        problem={found.error}
        onChoose={({ value }) => list.setFilters({ dataProductId: value })}
        nothingFound={t('requests.facet.noProduct')}
      />
      <LeftOut label={t('requests.facet.product')} values={leftOut} onDismiss={dismiss} />
    </>
  );
}

/** Links of an asset lead here with its id; it is shown, and can be taken off. */
function Asset({ list }: { list: ListState }) {
  const t = useText();
  const { known, leftOut, dismiss } = useKnownValues(list, { name: 'assetId', knows: isId, options: [] });
  const id = known[0];
  const chosen = useOperation(getAssetById, { params: { id: id ?? '' } }, { enabled: id !== undefined });
  if (id === undefined) return <LeftOut label={t('requests.facet.oneAsset')} values={leftOut} onDismiss={dismiss} />;
  return (
    <Chosen
      label={t('reviews.chosen.asset', { name: chosen.data?.name ?? id })}
      onRemove={() => list.setFilters({ assetId: undefined })}
    />
  );
}

/** Every filter of the published list of requests, by its own name in the address. */
export function QueueFilters({ list, facets: { usual, seldom } }: { list: ListState; facets: QueueFacets }) {
  const t = useText();
  return (
    <FilterBar
      list={list}
      searchLabel={t('reviews.search')}
      facets={usual}
      more={{
        names: [...seldom.map((facet) => facet.name), 'userIds', 'dataProductId', 'assetId'],
        content: (
          <>
            {seldom.map((facet) => (
              <FacetButton key={facet.name} list={list} facet={facet} />
            ))}
            <People list={list} />
            <Product list={list} />
            <Asset list={list} />
          </>
        ),
      }}
    />
  );
}
