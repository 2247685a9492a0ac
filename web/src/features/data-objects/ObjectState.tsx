import type { DataObject } from '@stoa/contract/data-object';
import { IconAlertTriangle, IconCircleDashed, IconSquareCheck } from '@tabler/icons-react';
import { useText } from '../../app/messages/use-text.tsx';
import styles from './Objects.module.css';

/** Enabled or disabled, and whether it follows what is above. */
export function ObjectState({ object }: { object: DataObject }) {
  const t = useText();
  const state = t(`objects.state.${object.effectiveState}`);
  const Mark = object.effectiveState === 'enabled' ? IconSquareCheck : IconCircleDashed;
  return (
    <span
      className={styles.state}
      data-state={object.effectiveState}
      data-own={object.state !== 'inherit' || undefined}
    >
      <Mark size={16} stroke={1.75} aria-hidden="true" />
      {object.state === 'inherit' ? t('objects.state.inherited', { state }) : state}
      {(object.missingSince !== null || object.hold !== null) && (
        <span className={styles.warn}>
          <IconAlertTriangle size={14} stroke={1.75} aria-hidden="true" />
          {t(object.missingSince !== null ? 'objects.missing' : 'objects.hold')}
        </span>
      )}
    </span>
  );
}
