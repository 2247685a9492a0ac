import { UnstyledButton } from '@mantine/core';
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react';
import { type ReactNode, useId, useState } from 'react';
import styles from './review.module.css';

type Props = {
  readonly title: string;
  /** A count or a word that still says something when the block is folded. */
  readonly summary?: ReactNode;
  /** The way to the source of what the block says. */
  readonly source?: ReactNode;
  readonly id?: string;
  readonly children: ReactNode;
};

/** One block of evidence: a region with a heading, open at first, to be folded by whoever has read it. */
export function EvidenceBlock({ title, summary, source, id, children }: Props) {
  const own = useId();
  const [isOpen, setIsOpen] = useState(true);
  const Chevron = isOpen ? IconChevronDown : IconChevronRight;
  return (
    <section className={styles.block} aria-labelledby={`${own}-title`} {...(id === undefined ? {} : { id })}>
      <div className={styles.blockHead}>
        <h2 className={styles.blockTitle} id={`${own}-title`}>
          <UnstyledButton
            className={styles.fold}
            aria-expanded={isOpen}
            aria-controls={`${own}-body`}
            onClick={() => setIsOpen(!isOpen)}
          >
            <Chevron size={16} stroke={1.75} aria-hidden="true" />
            {title}
          </UnstyledButton>
        </h2>
        {summary !== undefined && <span className={styles.blockSummary}>{summary}</span>}
        {source !== undefined && <span className={styles.blockSource}>{source}</span>}
      </div>
      <div id={`${own}-body`} hidden={!isOpen} className={styles.blockBody}>
        {children}
      </div>
    </section>
  );
}
