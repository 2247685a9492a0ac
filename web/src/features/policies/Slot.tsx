import type { ReactNode } from 'react';
import styles from './policies.module.css';

/** One part of the sentence: the word before it, and the choices. */
export function Slot({ word, children }: { word: string; children: ReactNode }) {
  return (
    <fieldset className={styles.slot}>
      <legend className={styles.word}>{word}</legend>
      <div className={styles.slotBody}>{children}</div>
    </fieldset>
  );
}
