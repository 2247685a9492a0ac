import type { ReactNode } from 'react';
import { useText } from '../app/messages/use-text.tsx';
import styles from './RedactionHatch.module.css';

type Props = {
  /** The mask in words: "last 4", "hash", "null". */
  readonly mask: string;
  /** Slides the hatch away, to preview what an approval would show. */
  readonly isLifted?: boolean;
  readonly children?: ReactNode;
};

/** A masked cell: diagonal lines over it, and always the words beside them. */
export function RedactionHatch({ mask, isLifted = false, children }: Props) {
  const t = useText();
  return (
    <span className={styles.cell} data-lifted={isLifted || undefined}>
      {isLifted ? children : <span className={styles.words}>{t('ui.masked', { mask })}</span>}
      <span className={styles.hatch} aria-hidden="true" />
    </span>
  );
}
