import { useClipboard } from '@mantine/hooks';
import { useText } from '../../app/messages/use-text.tsx';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { Banner } from '../../ui/Banner.tsx';
import { useAnnounce } from '../../ui/LiveRegion.tsx';
import styles from '../account/account.module.css';

type Props = { readonly codes: readonly string[]; readonly doneLabel: string; readonly onDone: () => void };

/** The recovery codes, this once. */
export function RecoveryCodes({ codes, doneLabel, onDone }: Props) {
  const t = useText();
  const announce = useAnnounce();
  const clipboard = useClipboard();
  const copy = () => {
    clipboard.copy(codes.join('\n'));
    announce(t('secondFactor.copied'));
  };
  return (
    <div className={styles.form}>
      <Banner tone="warning">{t('secondFactor.codesText')}</Banner>
      <ol className="mono" aria-label={t('secondFactor.codes')}>
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ol>
      <div className={styles.act}>
        <ActionButton label={t('secondFactor.copy')} onClick={copy} />
        <ActionButton tone="primary" label={doneLabel} onClick={onDone} />
      </div>
    </div>
  );
}
