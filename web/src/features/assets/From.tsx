import { useText } from '../../app/messages/use-text.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import styles from './assets.module.css';

type Giver = { readonly id: string; readonly name: string };

/** Where a form or a flow is set: on this asset, on one above it, or nowhere. */
export function From({ giver, isOwn }: { giver: Giver | undefined; isOwn: boolean }) {
  const t = useText();
  if (isOwn) return <span className={styles.from}>{t('assets.asked.own')}</span>;
  if (giver === undefined) return <span className={styles.from}>{t('assets.asked.default')}</span>;
  return (
    <LinkTo className={styles.from ?? ''} to="/assets/$id" params={{ id: giver.id }}>
      {t('assets.asked.from', { name: giver.name })}
    </LinkTo>
  );
}
