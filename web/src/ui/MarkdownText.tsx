import { lazy, Suspense } from 'react';
import styles from './MarkdownText.module.css';

const MarkdownBody = lazy(() => import('./MarkdownBody.tsx').then((module) => ({ default: module.MarkdownBody })));

/** Text that people wrote in Markdown. Its reader is fetched when there is some; until then the plain text stands there. */
export function MarkdownText({ text }: { text: string }) {
  return (
    <div className={styles.text}>
      <Suspense fallback={<p className={styles.plain}>{text}</p>}>
        <MarkdownBody text={text} />
      </Suspense>
    </div>
  );
}
