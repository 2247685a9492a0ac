import { TextInput } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import styles from './People.module.css';

type Member = { readonly globalUserId: string; readonly name: string };

/** So many are shown at once; a group may have thousands. */
const shownAtMost = 20;

/** The members of a group, found by their names. */
export function MemberLines<M extends Member>({
  members,
  act,
}: {
  members: readonly M[];
  act: (member: M) => ReactNode;
}) {
  const t = useText();
  const [wanted, setWanted] = useState('');
  const words = wanted.trim().toLowerCase();
  const found = words === '' ? members : members.filter((one) => one.name.toLowerCase().includes(words));
  const hidden = found.length - shownAtMost;
  return (
    <>
      {members.length > 10 && (
        <TextInput
          type="search"
          className={styles.add ?? ''}
          aria-label={t('people.group.search')}
          placeholder={t('people.group.search')}
          value={wanted}
          onChange={(event) => setWanted(event.currentTarget.value)}
        />
      )}
      {members.length > 0 && found.length === 0 && <p className="text-2">{t('people.group.nobodyFound')}</p>}
      <ul className={styles.lines}>
        {found.slice(0, shownAtMost).map((one) => (
          <li key={one.globalUserId} className={styles.line}>
            <LinkTo to="/admin/people/$id" params={{ id: one.globalUserId }}>
              {one.name}
            </LinkTo>
            {act(one)}
          </li>
        ))}
      </ul>
      {hidden > 0 && <p className="text-2 small">{t('people.group.more', { count: hidden })}</p>}
    </>
  );
}
