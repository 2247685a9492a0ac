import { type ReactNode, useId } from 'react';
import styles from './Section.module.css';

type Props = {
  readonly title: string;
  readonly id?: string;
  /** One line under the heading. */
  readonly lead?: ReactNode;
  readonly action?: ReactNode;
  readonly children: ReactNode;
};

/** A part of a page: a strong rule, a heading on it, what belongs to it. */
export function Section({ title, id, lead, action, children }: Props) {
  const headingId = useId();
  return (
    <section className={styles.section} aria-labelledby={headingId} {...(id === undefined ? {} : { id })}>
      <div className={styles.head}>
        <h2 id={headingId} className={styles.title}>
          {title}
        </h2>
        {action}
      </div>
      {lead !== undefined && <p className={styles.lead}>{lead}</p>}
      {children}
    </section>
  );
}
