import { Button } from '@mantine/core';
import { IconCalendarTime, IconCheckbox, IconForms, IconSelect } from '@tabler/icons-react';
import { useText } from '../../app/messages/use-text.tsx';
import { useAnnounce } from '../../ui/LiveRegion.tsx';
import { type FieldType, fieldTypes } from './form-draft.ts';
import styles from './forms.module.css';

export const typeIcons = {
  SHORT_ANSWER: IconForms,
  DROPDOWN: IconSelect,
  CHECKBOXES: IconCheckbox,
  ACCESS_DURATION: IconCalendarTime,
} as const;

/** The kinds of questions; a press adds one below the chosen question. */
export function Palette({ hasDuration, onAdd }: { hasDuration: boolean; onAdd: (type: FieldType) => void }) {
  const t = useText();
  const announce = useAnnounce();
  return (
    <div role="toolbar" aria-label={t('forms.palette')} className={styles.palette}>
      <span className="group-label">{t('forms.palette')}</span>
      {fieldTypes.map((type) => {
        const Icon = typeIcons[type];
        const isUsed = type === 'ACCESS_DURATION' && hasDuration;
        return (
          <Button
            key={type}
            variant="default"
            size="sm"
            leftSection={<Icon size={16} stroke={1.75} aria-hidden="true" />}
            aria-disabled={isUsed || undefined}
            title={isUsed ? t('forms.durationOnce') : undefined}
            data-refused={isUsed || undefined}
            onClick={() => (isUsed ? announce(t('forms.durationOnce')) : onAdd(type))}
          >
            {t(`forms.type.${type}`)}
          </Button>
        );
      })}
    </div>
  );
}
