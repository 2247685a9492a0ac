import { lazy, Suspense } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import styles from './policies.module.css';
import type { Preview } from './use-preview.ts';

const PreviewResult = lazy(() =>
  import('../preview/PreviewResult.tsx').then((part) => ({ default: part.PreviewResult })),
);

/** What the policy on the page would do, counted anew with every change of it; an old count is never shown. */
export function PreviewPanel({ preview }: { preview: Preview }) {
  const t = useText();
  const { isCounting, simulation, problem } = preview;
  const isUnready = !preview.isReady || problem?.status === 422;
  return (
    <aside className={styles.previewPanel} aria-labelledby="policy-preview">
      <h2 id="policy-preview" className={styles.previewTitle}>
        {t('policies.preview')}
      </h2>
      <p className={styles.previewSmall}>{t(`policies.preview.${preview.of}`)}</p>
      <div aria-live="polite">
        {isCounting && <p>{t('policies.preview.counting')}</p>}
        {isUnready && <p className={styles.previewSmall}>{t('policies.preview.unready')}</p>}
      </div>
      {problem !== null && !isUnready && <ErrorNotice problem={problem} onRetry={preview.retry} isLastShown />}
      <Suspense fallback={null}>
        {simulation !== undefined && <PreviewResult simulation={simulation} changes={preview.changes} />}
      </Suspense>
    </aside>
  );
}
