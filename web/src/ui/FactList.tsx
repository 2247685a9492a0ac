import type { ReactNode } from 'react';
import styles from './FactList.module.css';

export type Fact = { readonly label: string; readonly value: ReactNode };

/** Names and values of one record, as ruled lines. */
export function FactList({ facts, label }: { facts: readonly Fact[]; label?: string }) {
  return (
    <dl className={styles.list} {...(label === undefined ? {} : { 'aria-label': label })}>
      {facts.map((fact) => (
        <div key={fact.label} className={styles.fact}>
          <dt className={styles.label}>{fact.label}</dt>
          <dd className={styles.value}>{fact.value}</dd>
        </div>
      ))}
    </dl>
  );
}
