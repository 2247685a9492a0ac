import { CloseButton, TextInput } from '@mantine/core';
import { useText } from '../../app/messages/use-text.tsx';
import { ActionButton } from '../../ui/ActionButton.tsx';
import type { AttributeRow } from './attribute-rows.ts';
import styles from './People.module.css';

type Props = {
  readonly rows: readonly AttributeRow[];
  readonly onChange: (rows: readonly AttributeRow[]) => void;
  readonly isReadOnly: boolean;
};

/** Names with values, one line each. */
export function AttributesEditor({ rows, onChange, isReadOnly }: Props) {
  const t = useText();
  const set = (at: number, part: Partial<AttributeRow>) =>
    onChange(rows.map((row, place) => (place === at ? { ...row, ...part } : row)));
  return (
    <div className={styles.form}>
      {rows.length === 0 && <p className="text-2">{t('people.attribute.none')}</p>}
      {rows.map((row, at) => (
        // Rows are told apart by their place: a name may be empty while it is typed.
        <div key={String(at)} className={styles.attribute}>
          <TextInput
            aria-label={t('people.attribute.name')}
            placeholder={t('people.attribute.name')}
            value={row.name}
            maxLength={255}
            readOnly={isReadOnly}
            onChange={(event) => set(at, { name: event.currentTarget.value })}
          />
          <TextInput
            aria-label={t('people.attribute.values')}
            placeholder={t('people.attribute.valuesHint')}
            value={row.values}
            readOnly={isReadOnly}
            onChange={(event) => set(at, { values: event.currentTarget.value })}
          />
          {!isReadOnly && (
            <CloseButton
              size={36}
              aria-label={t('people.attribute.remove', { name: row.name })}
              onClick={() => onChange(rows.filter((_, place) => place !== at))}
            />
          )}
        </div>
      ))}
      {!isReadOnly && (
        <div>
          <ActionButton
            size="xs"
            label={t('people.attribute.add')}
            onClick={() => onChange([...rows, { name: '', values: '' }])}
          />
        </div>
      )}
    </div>
  );
}
