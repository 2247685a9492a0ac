import { domainPermission } from '@stoa/contract/enums';
import { getImmutaAttributes, getImmutaGroups, getImmutaUsers } from '@stoa/contract/metadata';
import type { Reviewer } from '@stoa/contract/review-flow';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { useOperation } from '../../lib/api.ts';
import { SearchSelect } from '../../ui/SearchSelect.tsx';
import { keyOfReviewer } from './flow-draft.ts';
import { useDomainNames, useSourceText } from './use-source-text.ts';
import styles from './flows.module.css';

type Props = {
  readonly label: string;
  /** Keys of the sources that are there already. */
  readonly exclude: ReadonlySet<string>;
  readonly onAdd: (reviewer: Reviewer) => void;
};
type Offer = { readonly reviewer: Reviewer; readonly label: string };
type Kind = 'people' | 'groups' | 'permissions' | 'domainPermissions' | 'attributes';

const shownAtOnce = 10;
const permissions = ['GOVERNANCE', 'USER_ADMIN', 'AUDIT'] as const;
/** Tagging is no reason to decide: the wire does not know it as a source. */
const inDomains = domainPermission.options.filter((one) => one !== 'Manage Tags');

/** Everything that may be a source and fits what is typed, by kind. The server searches people, groups and attributes. */
function useOffers(filter: string): readonly (readonly [Kind, readonly Offer[]])[] {
  const t = useText();
  const words = useSourceText();
  const query = { filter, limit: shownAtOnce };
  const users = useOperation(getImmutaUsers, { query }, { keepPrevious: true });
  const groups = useOperation(getImmutaGroups, { query }, { keepPrevious: true });
  const attributes = useOperation(getImmutaAttributes, { query: { search: filter } }, { keepPrevious: true });
  const domains = useDomainNames();
  const fits = ({ label }: Offer) => label.toLowerCase().includes(filter.trim().toLowerCase());
  const offer = (reviewer: Reviewer): Offer => ({ reviewer, label: words(reviewer) });
  const named = domains.data?.data ?? [];
  const ofDomains = [undefined, ...named.map((one) => one.id)].flatMap((domainId) =>
    inDomains.map((permission) =>
      offer({ type: 'DOMAIN PERMISSION', permission, ...(domainId === undefined ? {} : { domainId }) }),
    ),
  );
  return [
    [
      'people',
      (users.data?.users ?? []).map((one) => ({
        reviewer: { type: 'USER', id: one.globalUserId, displayName: one.name },
        label: t('people.find.user', { name: one.name, username: one.username }),
      })),
    ],
    ['groups', (groups.data?.groups ?? []).map(({ id, name }) => offer({ type: 'GROUP', id, name }))],
    ['permissions', permissions.map((permission) => offer({ type: 'PERMISSION', permission })).filter(fits)],
    ['domainPermissions', ofDomains.filter(fits).slice(0, shownAtOnce)],
    [
      'attributes',
      (attributes.data?.attributes ?? [])
        .slice(0, shownAtOnce)
        .map(({ type, value }) => offer({ type: 'ATTRIBUTE', key: type, value })),
    ],
  ];
}

/** Adds a source of reviewers; each find is handed over and the field is free for the next. */
export function AddReviewer({ label, exclude, onAdd }: Props) {
  const t = useText();
  const [typed, setTyped] = useState('');
  const [filter] = useDebouncedValue(typed, 200);
  const offers = useOffers(filter).map(
    ([kind, list]) => [kind, list.filter(({ reviewer }) => !exclude.has(keyOfReviewer(reviewer)))] as const,
  );
  return (
    <SearchSelect
      size="xs"
      className={styles.addReviewer ?? ''}
      aria-label={label}
      placeholder={t('flows.findReviewer')}
      searchable
      data={offers
        .filter(([, list]) => list.length > 0)
        .map(([kind, list]) => ({
          group: t(`flows.reviewers.${kind}`),
          items: list.map((one) => ({ value: keyOfReviewer(one.reviewer), label: one.label })),
        }))}
      filter={({ options }) => options}
      value={null}
      searchValue={typed}
      onSearchChange={setTyped}
      onChange={(key) => {
        const one = offers.flatMap(([, list]) => list).find(({ reviewer }) => keyOfReviewer(reviewer) === key);
        setTyped('');
        if (one !== undefined) onAdd(one.reviewer);
      }}
      nothingFoundMessage={t('flows.slot.nothing')}
    />
  );
}
