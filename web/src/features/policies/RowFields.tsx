import { NativeSelect, TextInput } from '@mantine/core';
import type { RowRule } from '@stoa/contract/masking';
import { useText } from '../../app/messages/use-text.tsx';
import { wordOf } from '../../lib/members.ts';
import { LanguageText } from './LanguageText.tsx';
import { AttributeNameField, TagField } from './NameFields.tsx';
import styles from './policies.module.css';
import { fieldIdOf, fieldOf, type PlacedProblem, problemsAt } from './placed-problems.ts';
import { emptyRow, rowKinds } from './policy-draft.ts';

type Props = {
  readonly row: RowRule;
  readonly problems: readonly PlacedProblem[];
  readonly onChange: (row: RowRule) => void;
};

const bys = ['attribute', 'group'] as const;
type By = Extract<RowRule, { kind: 'match' }>['by'];
const byOf = (kind: string, name = ''): By => (kind === 'group' ? { kind: 'group' } : { kind: 'attribute', name });
const keeps = ['newerThan', 'olderThan'] as const;
const timeUnits = ['hours', 'days', 'months'] as const;

function Match({
  row,
  problems,
  onChange,
}: Pick<Props, 'problems' | 'onChange'> & { row: Extract<RowRule, { kind: 'match' }> }) {
  const t = useText();
  return (
    <div className={styles.slots}>
      <NativeSelect
        size="xs"
        aria-label={t('policies.row.by')}
        value={row.by.kind}
        data={bys.map((by) => ({ value: by, label: t(`policies.row.by.${by}`) }))}
        onChange={(event) => onChange({ ...row, by: byOf(event.currentTarget.value) })}
      />
      {row.by.kind === 'attribute' && (
        <AttributeNameField
          label={t('policies.attribute')}
          value={row.by.name}
          field={fieldOf(problems, 'action.row.by.name')}
          onChange={(name) => onChange({ ...row, by: byOf('attribute', name) })}
        />
      )}
      <span>{t('policies.row.equals')}</span>
      <TagField
        label={t('policies.columnTag')}
        value={row.columnTag}
        field={fieldOf(problems, 'action.row.columnTag')}
        onChange={(columnTag) => onChange({ ...row, columnTag })}
      />
    </div>
  );
}

function Time({
  row,
  problems,
  onChange,
}: Pick<Props, 'problems' | 'onChange'> & { row: Extract<RowRule, { kind: 'time' }> }) {
  const t = useText();
  return (
    <div className={styles.slots}>
      <TagField
        label={t('policies.columnTag')}
        value={row.columnTag}
        field={fieldOf(problems, 'action.row.columnTag')}
        onChange={(columnTag) => onChange({ ...row, columnTag })}
      />
      <NativeSelect
        size="xs"
        aria-label={t('policies.row.keep')}
        value={row.keep}
        data={keeps.map((keep) => ({ value: keep, label: t(`policies.row.keep.${keep}`) }))}
        onChange={(event) => onChange({ ...row, keep: wordOf(keeps, event.currentTarget.value) ?? row.keep })}
      />
      <TextInput
        size="xs"
        type="number"
        min={1}
        className={styles.amount ?? ''}
        aria-label={t('policies.row.amount')}
        value={row.amount}
        onChange={(event) => onChange({ ...row, amount: Math.max(1, Math.trunc(Number(event.currentTarget.value))) })}
      />
      <NativeSelect
        size="xs"
        aria-label={t('policies.row.unit')}
        value={row.unit}
        data={timeUnits.map((unit) => ({ value: unit, label: t(`policies.row.unit.${unit}`) }))}
        onChange={(event) => onChange({ ...row, unit: wordOf(timeUnits, event.currentTarget.value) ?? row.unit })}
      />
    </div>
  );
}

/** What holds on a source that lacks a tag that the rule names. */
export function IfTagMissing({
  value,
  onChange,
}: {
  value: 'skip' | 'deny' | undefined;
  onChange: (value: 'skip' | 'deny') => void;
}) {
  const t = useText();
  return (
    <NativeSelect
      size="xs"
      label={t('policies.ifTagMissing')}
      value={value ?? ''}
      data={[
        ...(value === undefined ? [{ value: '', label: t('policies.ifTagMissing.choose'), disabled: true }] : []),
        { value: 'deny', label: t('policies.ifTagMissing.deny') },
        { value: 'skip', label: t('policies.ifTagMissing.skip') },
      ]}
      onChange={(event) => onChange(event.currentTarget.value === 'skip' ? 'skip' : 'deny')}
    />
  );
}

/** Which rows are kept. */
export function RowFields({ row, problems, onChange }: Props) {
  const t = useText();
  return (
    <div className={styles.terms}>
      <NativeSelect
        size="xs"
        aria-label={t('policies.row')}
        value={row.kind}
        data={rowKinds.map((kind) => ({ value: kind, label: t(`policies.row.${kind}`) }))}
        onChange={(event) => {
          const kind = wordOf(rowKinds, event.currentTarget.value);
          if (kind !== undefined) onChange(emptyRow(kind));
        }}
      />
      {row.kind === 'match' && <Match row={row} problems={problems} onChange={onChange} />}
      {row.kind === 'time' && <Time row={row} problems={problems} onChange={onChange} />}
      {row.kind === 'where' && (
        <LanguageText
          id={fieldIdOf('action.row.predicate')}
          label={t('policies.row.predicate')}
          value={row.predicate}
          language="predicate"
          problems={problemsAt(problems, 'action.row.predicate')}
          onChange={(predicate) => onChange({ ...row, predicate })}
        />
      )}
      <IfTagMissing value={row.ifTagMissing} onChange={(ifTagMissing) => onChange({ ...row, ifTagMissing })} />
    </div>
  );
}
