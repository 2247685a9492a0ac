import { createContext, type ReactNode, useContext } from 'react';
import styles from './Plain.module.css';

const IsInShell = createContext(false);

/** Around what the shell shows: a page in there needs no `main` of its own. */
export const InShell = ({ children }: { children: ReactNode }) => <IsInShell value={true}>{children}</IsInShell>;

/** A page that can stand inside the shell, with the navigation beside it, and alone. */
export function Plain({ children }: { children: ReactNode }) {
  return useContext(IsInShell) ? children : <main className={styles.page}>{children}</main>;
}
