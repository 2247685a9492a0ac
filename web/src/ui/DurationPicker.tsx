import { NativeSelect, Radio, TextInput } from '@mantine/core';
import { type DurationUnit, durationUnit } from '@stoa/contract/enums';
import { useState } from 'react';
import { type MessageId, useText } from '../app/messages/use-text.tsx';
import styles from './DurationPicker.module.css';

export type Duration = { readonly duration: number; readonly durationUnit: DurationUnit };

type Props = {
  /** `null` is access without end. */
  readonly value: Duration | null;
  readonly onChange: (value: Duration | null) => void;
  readonly presets?: readonly Duration[];
  readonly mayBeUnlimited?: boolean;
  readonly label?: string;
  readonly error?: string | undefined;
  /** For the summary of errors to link to. */
  readonly id?: string;
};

const longest = 9999;

const usual: readonly Duration[] = [
  { duration: 7, durationUnit: 'DAYS' },
  { duration: 30, durationUnit: 'DAYS' },
  { duration: 90, durationUnit: 'DAYS' },
  { duration: 1, durationUnit: 'YEARS' },
];

const keyOf = (value: Duration | null): string =>
  value === null ? 'unlimited' : `${value.duration}-${value.durationUnit}`;
const isUnit = (value: string): value is DurationUnit => durationUnit.options.some((unit) => unit === value);

/** "90 days", in the language of the reader. */
export function useDurationText(): (value: Duration | null) => string {
  const t = useText();
  return (value) => {
    if (value === null) return t('ui.duration.unlimited');
    const id: MessageId = `ui.duration.${value.durationUnit}`;
    return t(id, { n: value.duration });
  };
}

function CustomDuration({ value, onChange }: { value: Duration; onChange: (value: Duration) => void }) {
  const t = useText();
  const [typed, setTyped] = useState(String(value.duration));
  return (
    <div className={styles.custom}>
      <TextInput
        type="number"
        inputMode="numeric"
        aria-label={t('ui.duration.amount')}
        min={1}
        max={longest}
        step={1}
        value={typed}
        w={96}
        onChange={(event) => {
          setTyped(event.currentTarget.value);
          const next = Number(event.currentTarget.value);
          if (Number.isInteger(next) && next >= 1 && next <= longest) onChange({ ...value, duration: next });
        }}
        onBlur={() => setTyped(String(value.duration))}
      />
      <NativeSelect
        aria-label={t('ui.duration.unit')}
        value={value.durationUnit}
        data={durationUnit.options.map((unit) => ({ value: unit, label: t(`ui.duration.unit.${unit}`) }))}
        onChange={(event) => {
          const unit = event.currentTarget.value;
          if (isUnit(unit)) onChange({ ...value, durationUnit: unit });
        }}
      />
    </div>
  );
}

/** How long: the usual answers, and any other. The end itself is computed by the server alone. */
export function DurationPicker(props: Props) {
  const { value, onChange, presets = usual, mayBeUnlimited = true } = props;
  const t = useText();
  const words = useDurationText();
  const isPreset = value === null ? mayBeUnlimited : presets.some((preset) => keyOf(preset) === keyOf(value));
  const [isCustom, setIsCustom] = useState(!isPreset);
  const showsCustom = isCustom || !isPreset;
  const choose = (key: string) => {
    setIsCustom(key === 'custom');
    if (key === 'custom') {
      onChange(value ?? { duration: 30, durationUnit: 'DAYS' });
    } else {
      onChange(presets.find((preset) => keyOf(preset) === key) ?? null);
    }
  };
  return (
    <Radio.Group
      label={props.label ?? t('ui.duration.label')}
      value={showsCustom ? 'custom' : keyOf(value)}
      onChange={choose}
      error={props.error}
    >
      <div className={styles.choices}>
        {presets.map((preset, at) => (
          <Radio
            key={keyOf(preset)}
            value={keyOf(preset)}
            label={words(preset)}
            {...(at === 0 && props.id !== undefined ? { id: props.id } : {})}
          />
        ))}
        {mayBeUnlimited && <Radio value="unlimited" label={t('ui.duration.unlimited')} />}
        <Radio value="custom" label={t('ui.duration.custom')} />
      </div>
      {showsCustom && value !== null && <CustomDuration value={value} onChange={onChange} />}
    </Radio.Group>
  );
}
