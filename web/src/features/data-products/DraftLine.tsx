import { Say, useText } from '../../app/messages/use-text.tsx';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { Banner } from '../../ui/Banner.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { TimeStamp } from '../../ui/TimeStamp.tsx';
import styles from './ManageProduct.module.css';
import type { Keeping } from './use-kept-draft.ts';

/** Whether what is written is kept, and what to do where it is not. */
export function DraftLine({ keeping, onKeepThis }: { keeping: Keeping; onKeepThis: () => void }) {
  const t = useText();
  const { state, savedAt, problem } = keeping;
  if (state === 'elsewhere')
    return (
      <Banner tone="warning">
        <p>{t('productDraft.elsewhere')}</p>
        <div className={styles.buttons}>
          <ActionButton size="xs" label={t('productDraft.takeOther')} onClick={keeping.takeOther} />
          <ActionButton size="xs" label={t('productDraft.keepThis')} onClick={onKeepThis} />
        </div>
      </Banner>
    );
  if (state === 'failed')
    return (
      <>
        <p className="text-2 small" role="status">
          {t('productDraft.failed')}
        </p>
        {problem !== null && <ErrorNotice problem={problem} isWrite onRetry={keeping.tryAgain} />}
      </>
    );
  return (
    <p className="text-2 small" aria-live="polite">
      {savedAt === null ? (
        t('productDraft.none')
      ) : (
        <Say id="productDraft.saved" values={{ when: <TimeStamp value={savedAt} style="relative" /> }} />
      )}
    </p>
  );
}
