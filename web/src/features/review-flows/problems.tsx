import { createContext, type ReactNode, useContext } from 'react';
import type { FlowProblem } from './flow-draft.ts';
import styles from './flows.module.css';

const ProblemsContext = createContext<readonly FlowProblem[]>([]);

export function ProblemsProvider(props: { readonly problems: readonly FlowProblem[]; readonly children: ReactNode }) {
  return <ProblemsContext value={props.problems}>{props.children}</ProblemsContext>;
}

const isAt = (path: string, place: string): boolean =>
  path === place || (path.startsWith(place) && /^[.[]/.test(path.slice(place.length)));

/** The problems of one place; `deep` takes those of its parts as well. */
export function useProblemsAt(place: string, how: 'here' | 'deep' = 'here'): readonly string[] {
  const problems = useContext(ProblemsContext);
  const found = problems.filter(({ path }) => (how === 'deep' ? isAt(path, place) : path === place));
  return [...new Set(found.map(({ message }) => message))];
}

/** What is wrong, at the spot. */
export function ProblemsAt({ place, how = 'here' }: { place: string; how?: 'here' | 'deep' }) {
  const messages = useProblemsAt(place, how);
  return messages.map((message) => (
    <p key={message} className={styles.problem}>
      {message}
    </p>
  ));
}
