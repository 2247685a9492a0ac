import { useIntl } from 'react-intl';
import { useText } from '../../app/messages/use-text.tsx';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { Banner } from '../../ui/Banner.tsx';
import { TextDifference } from '../../ui/TextDifference.tsx';
import styles from './ManageProduct.module.css';
import type { ProductPart } from './product-merge.ts';
import type { ProductEditor } from './use-product-editor.ts';

/** What others saved while one was writing: what the form follows, and what both changed, until it is said whose goes on. */
export function OthersChanges({ editor }: { editor: ProductEditor }) {
  const t = useText();
  const intl = useIntl();
  const { before, draft, others } = editor;
  const { followed, both } = others;
  const wordsOf = (some: readonly ProductPart[]) =>
    intl.formatList(
      some.map((part) => t(`manage.part.${part}`)),
      { type: 'conjunction' },
    );
  return (
    <>
      {followed.length > 0 && <Banner>{t('manage.followed', { parts: wordsOf(followed) })}</Banner>}
      {both.length > 0 && (
        <Banner tone="warning">
          <p>{t('manage.both', { parts: wordsOf(both) })}</p>
          {both.includes('name') && <p>{t('manage.theirName', { name: before.name })}</p>}
          {both.includes('expert') && <p>{t('manage.theirExpert', { name: before.expert.name })}</p>}
          {both.includes('description') && (
            <>
              <p>{t('manage.theirDescription')}</p>
              <div className={styles.difference}>
                <TextDifference before={before.description} after={draft.description} />
              </div>
            </>
          )}
          <div className={styles.buttons}>
            <ActionButton size="xs" label={t('manage.takeTheirs')} onClick={others.takeTheirs} />
            <ActionButton size="xs" label={t('manage.keepMine')} onClick={others.keepMine} />
          </div>
        </Banner>
      )}
    </>
  );
}
