import { Checkbox, NativeSelect, TextInput } from '@mantine/core';
import { requestType } from '@stoa/contract/enums';
import { useText } from '../../app/messages/use-text.tsx';
import { comparesWithList, factOf, questionOf, valuesOf } from './facts.ts';
import type { LeafProps } from './LeafSlots.tsx';
import { AttributeSlot, GroupSlot } from './PrincipalSlots.tsx';
import { useValueText } from './use-flow-words.ts';
import styles from './flows.module.css';

const risks = ['LOW', 'MODERATE', 'HIGH', 'INDETERMINATE'] as const;

/** One of several words, or some of them where the comparison takes a list. */
function ChoiceSlot({ leaf, onChange, options }: LeafProps & { options: readonly string[] }) {
  const t = useText();
  const word = useValueText();
  const chosen = valuesOf(leaf);
  const all = [...options, ...chosen.filter((one) => !options.includes(one))];
  if (comparesWithList(leaf.operator))
    return (
      <Checkbox.Group
        aria-label={t('flows.slot.value')}
        value={[...chosen]}
        onChange={(value) => onChange({ ...leaf, value })}
      >
        <div className={styles.checks}>
          {all.map((one) => (
            <Checkbox key={one} size="xs" value={one} label={word(leaf, one)} />
          ))}
        </div>
      </Checkbox.Group>
    );
  return (
    <NativeSelect
      size="xs"
      className={styles.wide ?? ''}
      aria-label={t('flows.slot.value')}
      value={chosen[0] ?? ''}
      data={[
        { value: '', label: t('flows.choose'), disabled: true },
        ...all.map((one) => ({ value: one, label: word(leaf, one) })),
      ]}
      onChange={(event) => onChange({ ...leaf, value: event.currentTarget.value })}
    />
  );
}

function TextSlot({ leaf, onChange }: LeafProps) {
  const t = useText();
  return (
    <TextInput
      size="xs"
      className={styles.wide ?? ''}
      aria-label={t('flows.slot.value')}
      value={valuesOf(leaf).join(', ')}
      maxLength={255}
      onChange={(event) => onChange({ ...leaf, value: event.currentTarget.value })}
    />
  );
}

function NumberSlot({ leaf, onChange }: LeafProps) {
  const t = useText();
  const unit = leaf.fact === 'duration' ? t('flows.slot.days') : t('flows.slot.columns');
  return (
    <>
      <TextInput
        size="xs"
        type="number"
        inputMode="numeric"
        min={0}
        w={88}
        aria-label={t('flows.slot.value')}
        value={typeof leaf.value === 'number' ? leaf.value : ''}
        onChange={(event) => {
          const next = event.currentTarget.value === '' ? Number.NaN : Number(event.currentTarget.value);
          onChange({ ...leaf, value: Number.isFinite(next) ? next : '' });
        }}
      />
      <span className={styles.word}>{unit}</span>
    </>
  );
}

function OnBehalfSlot({ leaf, onChange }: LeafProps) {
  const t = useText();
  return (
    <NativeSelect
      size="xs"
      aria-label={t('flows.slot.value')}
      value={leaf.value === true ? 'yes' : 'no'}
      data={[
        { value: 'yes', label: t('flows.onBehalf.yes') },
        { value: 'no', label: t('flows.onBehalf.no') },
      ]}
      onChange={(event) => onChange({ ...leaf, value: event.currentTarget.value === 'yes' })}
    />
  );
}

/** What is compared with, in the way that fits the fact. */
export function ValueSlot(props: LeafProps) {
  const { leaf, fields } = props;
  const question = questionOf(leaf, fields);
  switch (factOf(leaf)) {
    case 'answers':
      return question?.type === 'DROPDOWN' || question?.type === 'CHECKBOXES' ? (
        <ChoiceSlot {...props} options={question.options.map((one) => one.value)} />
      ) : (
        <TextSlot {...props} />
      );
    case 'requestType':
      return <ChoiceSlot {...props} options={requestType.options} />;
    case 'risk':
      return <ChoiceSlot {...props} options={risks} />;
    case 'duration':
    case 'columnCount':
      return <NumberSlot {...props} />;
    case 'onBehalf':
      return <OnBehalfSlot {...props} />;
    case 'userGroups':
      return <GroupSlot {...props} />;
    case 'userAttributes':
      return <AttributeSlot {...props} />;
    case 'targetTags':
    case 'columnTags':
    case undefined:
      return <TextSlot {...props} />;
  }
}
