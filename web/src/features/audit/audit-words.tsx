import type { AuditStatus } from '@stoa/contract/audit';
import { en } from '../../app/messages/en.ts';
import { type MessageId, useText } from '../../app/messages/use-text.tsx';
import styles from './Audit.module.css';

const isMessage = (id: string): id is MessageId => Object.hasOwn(en, id);

/** The kind of a target in words; one that has none yet keeps its own name. */
export function useTargetText(): (type: string) => string {
  const t = useText();
  return (type) => {
    const id = `audit.target.${type}`;
    return isMessage(id) ? t(id) : type.toLowerCase().replaceAll('_', ' ');
  };
}

/** How it ended. */
export function Outcome({ status }: { status: AuditStatus }) {
  const t = useText();
  return (
    <span className={styles.outcome} data-outcome={status}>
      {t(`audit.outcome.${status}`)}
    </span>
  );
}
