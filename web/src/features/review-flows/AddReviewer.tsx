import { domainPermission } from '@stoa/contract/enums';
import { getImmutaAttributes, getImmutaGroups, getImmutaUsers } from '@stoa/contract/metadata';
import type { Reviewer } from '@stoa/contract/review-flow';
import { useText } from '../../app/messages/use-text.tsx';
import { useOperation } from '../../lib/api.ts';
import { SearchSelect } from '../../ui/SearchSelect.tsx';
import { useServerSearch } from '../../ui/server-search.ts';
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
function useOffers(filter: string) {
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
  const offers: readonly (readonly [Kind, readonly Offer[]])[] = [
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
  return { offers, answers: [users, groups, attributes], problem: users.error ?? groups.error ?? attributes.error };
}

/** Adds a source of reviewers; each find is handed over and the field is free for the next. */
export function AddReviewer({ label, exclude, onAdd }: Props) {
  const t = useText();
  const search = useServerSearch();
  const { offers, answers, problem } = useOffers(search.filter);
  const free = offers.flatMap(([kind, list]) =>
    list.filter(({ reviewer }) => !exclude.has(keyOfReviewer(reviewer))).map((one) => ({ kind, ...one })),
  );
  return (
    <SearchSelect
      size="xs"
      className={styles.addReviewer ?? ''}
      label={label}
      isLabelHidden
      placeholder={t('flows.findReviewer')}
      options={free.map((one) => ({
        value: keyOfReviewer(one.reviewer),
        label: one.label,
        group: t(`flows.reviewers.${one.kind}`),
      }))}
      value={null}
      onSearch={search.onSearch}
      isSearching={search.isSearching(...answers)}
      problem={problem}
      onChoose={({ value }) => {
        const one = free.find(({ reviewer }) => keyOfReviewer(reviewer) === value);
        if (one !== undefined) onAdd(one.reviewer);
      }}
      nothingFound={t('flows.slot.nothing')}
    />
  );
}
