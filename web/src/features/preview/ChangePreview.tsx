import { useText } from '../../app/messages/use-text.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import styles from './preview.module.css';
import { PreviewResult } from './PreviewResult.tsx';
import type { ChangePreview as Preview } from './use-change-preview.ts';

/** What a change would do, above the button that makes it. What would be refused says so before it is tried. */
export function ChangePreview({ preview }: { preview: Preview }) {
  const t = useText();
  const { isCounting, simulation, problem, isReady } = preview;
  if (!isReady) return null;
  return (
    <section className={styles.embedded} aria-label={t('preview.title')}>
      <div aria-live="polite">
        <h3 className={styles.sideTitle}>{t('preview.title')}</h3>
        {isCounting && <p>{t('preview.counting')}</p>}
      </div>
      {problem !== null && (
        <>
          <p className={styles.small}>{t(problem.status < 500 ? 'preview.refused' : 'preview.failed')}</p>
          <ErrorNotice problem={problem} onRetry={preview.retry} />
        </>
      )}
      {simulation !== undefined && <PreviewResult simulation={simulation} changes={preview.changes} />}
    </section>
  );
}
