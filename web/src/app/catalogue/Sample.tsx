import type { ReactNode } from 'react';
import styles from './Catalogue.module.css';

export function Sample({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className={styles.sample} aria-label={title}>
      <h2 className="ruled">{title}</h2>
      {children}
    </section>
  );
}
