import { useDocumentTitle } from '@mantine/hooks';
import type { ReactNode } from 'react';
import { useText } from '../app/messages/use-text.tsx';
import { useFocusAfterNavigation } from './navigation-focus.tsx';
import styles from './PageHeader.module.css';

type Props = {
  readonly title: string;
  /** The section the page stands in; it goes into the title of the document and above the heading. */
  readonly section?: string;
  readonly lead?: ReactNode;
  /** Status, owner, counts: one line under the heading. */
  readonly facts?: ReactNode;
  /** The one primary action. Others go into `secondary`. */
  readonly action?: ReactNode;
  readonly secondary?: ReactNode;
};

/** The head of a page: one `h1`, one primary action. The heading takes the focus when the route changes. */
export function PageHeader({ title, section, lead, facts, action, secondary }: Props) {
  const t = useText();
  const brand = t('shell.brand');
  useDocumentTitle(
    section === undefined
      ? t('shell.title', { page: title, brand })
      : t('shell.title.section', { page: title, section, brand }),
  );
  const heading = useFocusAfterNavigation(title);
  return (
    <header className={styles.header}>
      <div className={styles.words}>
        {section !== undefined && <p className="group-label">{section}</p>}
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {lead !== undefined && <div className={styles.lead}>{lead}</div>}
        {facts !== undefined && <div className={styles.facts}>{facts}</div>}
      </div>
      {(action !== undefined || secondary !== undefined) && (
        <div className={styles.actions}>
          {secondary}
          {action}
        </div>
      )}
    </header>
  );
}
