import type { DataObject } from '@stoa/contract/data-object';
import { IconAlertTriangle, IconCircleDashed, IconSquareCheck } from '@tabler/icons-react';
import { type MessageId, useText } from '../../app/messages/use-text.tsx';
import { en } from '../../app/messages/en.ts';
import styles from './Objects.module.css';

const isMessage = (id: string): id is MessageId => Object.hasOwn(en, id);

/** The kind of an object in words; a kind that only a later platform has keeps its own name. */
export function useKindText(): (kind: string) => string {
  const t = useText();
  return (kind) => {
    const id = `objects.kind.${kind}`;
    return isMessage(id) ? t(id) : kind;
  };
}

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
