import type { ReactNode } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { Brand } from '../../app/TopBar.tsx';
import styles from './AuthFrame.module.css';

/** The plain sheet on which one signs in: outside the shell, so without navigation. */
export function AuthFrame({ children }: { children: ReactNode }) {
  const t = useText();
  return (
    <div className={styles.page}>
      <header className={styles.brand}>
        <Brand />
        <p className="text-2">{t('signIn.lead')}</p>
      </header>
      <main className={styles.sheet}>{children}</main>
    </div>
  );
}
