import { UnstyledButton } from '@mantine/core';
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react';
import { type ReactNode, useId, useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { useKeys } from '../../ui/keys.tsx';
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

/** `j` and `k` go from block to block: each has its heading, which folds it, as a place to stand. */
export function useBlockKeys() {
  const t = useText();
  const move = (by: 1 | -1) => {
    const heads = [...document.querySelectorAll<HTMLElement>(`.${styles.evidence} .${styles.fold}`)];
    const at = heads.findIndex((head) => head.closest('section')?.contains(document.activeElement) === true);
    const next = heads[at === -1 ? 0 : Math.min(Math.max(at + by, 0), heads.length - 1)];
    next?.focus();
    next?.scrollIntoView({ block: 'start' });
  };
  useKeys([
    { keys: 'j', label: t('reviews.keys.nextBlock'), scope: 'page', run: () => move(1) },
    { keys: 'k', label: t('reviews.keys.previousBlock'), scope: 'page', run: () => move(-1) },
  ]);
}
