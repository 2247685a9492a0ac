import { CloseButton } from '@mantine/core';
import { useIntl } from 'react-intl';
import { useText } from '../app/messages/use-text.tsx';
import styles from './FilterBar.module.css';

export type LeftOutProps = {
  readonly label: string;
  readonly values: readonly string[];
  readonly onDismiss: () => void;
};

/** Says which values of a link were none. */
export function LeftOutNote({ label, values, onDismiss }: LeftOutProps) {
  const t = useText();
  const intl = useIntl();
  const quoted = intl.formatList(values.map((value) => t('leftOut.quoted', { value })));
  return (
    <div role="status" className={styles.leftOut}>
      <span>{t('leftOut.note', { facet: label, values: quoted, count: values.length })}</span>
      <CloseButton size="sm" aria-label={t('leftOut.dismiss')} onClick={onDismiss} />
    </div>
  );
}
