import type { InboxMessage } from '@stoa/contract/notification';
import { useRouter } from '@tanstack/react-router';
import { type MouseEvent, type ReactNode, useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { PlainLink } from '../../ui/LinkTo.tsx';
import { TimeStamp } from '../../ui/TimeStamp.tsx';
import { isUnread, type MessageGroup } from './group-messages.ts';
import styles from './inbox.module.css';

type Open = (message: InboxMessage) => void;

/** A link that the server wrote: a path of this app, so it is followed inside it. */
function PathLink({ path, onOpen, children }: { path: string; onOpen: () => void; children: ReactNode }) {
  const router = useRouter();
  const follow = (event: MouseEvent) => {
    onOpen();
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    router.history.push(path);
  };
  return (
    <PlainLink look="row" href={path} onClick={follow}>
      {children}
    </PlainLink>
  );
}

function Subject({ message, onOpen }: { message: InboxMessage; onOpen: Open }) {
  const t = useText();
  const path = message.data?.actionPath;
  return (
    <span className={isUnread(message) ? styles.unread : undefined}>
      {isUnread(message) && <span className="sr-only">{t('inbox.isUnread')} </span>}
      {path === undefined ? (
        message.subject
      ) : (
        <PathLink path={path} onOpen={() => onOpen(message)}>
          {message.subject}
        </PathLink>
      )}
    </span>
  );
}

/** The newest message with what it says; earlier ones about the same request unfold under it. */
export function MessageCell({ group, onOpen }: { group: MessageGroup; onOpen: Open }) {
  const t = useText();
  const [isUnfolded, setIsUnfolded] = useState(false);
  const { newest, earlier } = group;
  return (
    <div className={styles.cell}>
      <Subject message={newest} onOpen={onOpen} />
      <span className="text-2 measure">{newest.message}</span>
      {earlier.length > 0 && !isUnfolded && (
        <span>
          <ActionButton
            size="xs"
            tone="quiet"
            label={t('inbox.earlier', { count: earlier.length })}
            onClick={() => setIsUnfolded(true)}
          />
        </span>
      )}
      {isUnfolded && (
        <ul className={styles.earlier}>
          {earlier.map((message) => (
            <li key={message.id} className={styles.cell}>
              <Subject message={message} onOpen={onOpen} />
              <span className="text-2 measure">
                {message.message} <TimeStamp value={message.createdAt} style="relative" />
              </span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
