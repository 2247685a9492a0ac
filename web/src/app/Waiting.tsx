import { AttentionDot } from '../ui/Attention.tsx';
import { useText } from './messages/use-text.tsx';
import styles from './Navigation.module.css';
import { useWaitingPeopleChanges } from './waiting-people-changes.ts';
import { useWaitingReviews } from './waiting-reviews.ts';

type Props = { readonly isNarrow: boolean };

/** The amber dot and the number of what waits on the reader; nothing when nothing does. */
function Count({ count, isNarrow }: Props & { readonly count: number }) {
  const t = useText();
  if (count === 0) return null;
  return (
    <span className={styles.waiting}>
      <AttentionDot label={t('shell.nav.waiting', { count })} />
      {!isNarrow && <span aria-hidden="true">{count}</span>}
    </span>
  );
}

const Reviews = ({ isNarrow }: Props) => <Count count={useWaitingReviews()} isNarrow={isNarrow} />;
const PeopleChanges = ({ isNarrow }: Props) => <Count count={useWaitingPeopleChanges()} isNarrow={isNarrow} />;

/** What waits on the reader behind an entry of the navigation: requests, or changes of people. */
export const Waiting = ({ at, isNarrow }: Props & { readonly at: string }) =>
  at === '/reviews' ? <Reviews isNarrow={isNarrow} /> : <PeopleChanges isNarrow={isNarrow} />;
