import { IconRobot, IconUser, IconUserOff } from '@tabler/icons-react';
import { useText } from '../app/messages/use-text.tsx';
import styles from './PersonName.module.css';

type Props = {
  readonly name?: string | null | undefined;
  readonly username?: string | null | undefined;
  readonly isDisabled?: boolean;
  readonly isAgent?: boolean;
  /** Shows the user name beside the name: where two people may be called the same. */
  readonly withUsername?: boolean;
};

/** A person or an agent, by name; an agent and a disabled account say so in words. */
export function PersonName({ name, username, isDisabled = false, isAgent = false, withUsername = false }: Props) {
  const t = useText();
  const plain = name ?? username ?? t('ui.person.unknown');
  const marked = isAgent ? t('ui.person.agent', { name: plain }) : plain;
  const Mark = isDisabled ? IconUserOff : isAgent ? IconRobot : IconUser;
  return (
    <span className={styles.person} data-disabled={isDisabled || undefined}>
      <Mark size={16} stroke={1.75} aria-hidden="true" className={styles.icon} />
      <span>
        {isDisabled ? t('ui.person.disabled', { name: marked }) : marked}
        {withUsername && typeof username === 'string' && username !== plain && (
          <span className={styles.username}> {username}</span>
        )}
      </span>
    </span>
  );
}
