import { useText } from '../../app/messages/use-text.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { useWaitingPeopleChanges } from '../../app/waiting-people-changes.ts';

/** The way from the people to what waits to be done to them. */
export function PeopleChangesLine() {
  const t = useText();
  const count = useWaitingPeopleChanges();
  return (
    <p>
      <LinkTo to="/admin/people-changes">{t('peopleChange.line')}</LinkTo>
      {count > 0 && <b> ({t('peopleChange.forYou', { count })})</b>}
    </p>
  );
}
