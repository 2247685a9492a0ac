import { Checkbox, NativeSelect, Textarea, TextInput } from '@mantine/core';
import { type Masking, type RoundingUnit, roundingUnit } from '@stoa/contract/masking';
import { lazy, Suspense } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { wordOf } from '../../lib/members.ts';
import { SkeletonText } from '../../ui/Skeletons.tsx';
import { fieldOf, type PlacedProblem } from './placed-problems.ts';
import styles from './policies.module.css';
import { emptyMasking, maskingTypes } from './policy-draft.ts';

const MaskSamples = lazy(() => import('./MaskSamples.tsx').then((part) => ({ default: part.MaskSamples })));

type Props = {
  readonly label: string;
  readonly masking: Masking;
  readonly mayWriteSql: boolean;
  /** The member of the policy that the mask is. */
  readonly path: string;
  readonly problems: readonly PlacedProblem[];
  readonly onChange: (masking: Masking) => void;
};
type Placed = Pick<Props, 'path' | 'problems'>;

const units: readonly RoundingUnit[] = roundingUnit.options;

function RegexFields({
  masking,
  path,
  problems,
  onChange,
}: Placed & {
  masking: Extract<Masking, { maskingType: 'regex' }>;
  onChange: (next: Masking) => void;
}) {
  const t = useText();
  return (
    <div className={styles.fields}>
      <TextInput
        size="xs"
        {...fieldOf(problems, `${path}.pattern`)}
        label={t('policies.mask.pattern')}
        classNames={{ input: styles.mono ?? '' }}
        value={masking.pattern}
        onChange={(event) => onChange({ ...masking, pattern: event.currentTarget.value })}
      />
      <TextInput
        size="xs"
        {...fieldOf(problems, `${path}.replacement`)}
        label={t('policies.mask.replacement')}
        classNames={{ input: styles.mono ?? '' }}
        value={masking.replacement}
        onChange={(event) => onChange({ ...masking, replacement: event.currentTarget.value })}
      />
      <NativeSelect
        size="xs"
        label={t('policies.mask.onNoMatch')}
        value={masking.onNoMatch}
        data={[
          { value: 'null', label: t('policies.mask.onNoMatch.null') },
          { value: 'keep', label: t('policies.mask.onNoMatch.keep') },
        ]}
        onChange={(event) =>
          onChange({ ...masking, onNoMatch: event.currentTarget.value === 'keep' ? 'keep' : 'null' })
        }
      />
      <Checkbox
        size="xs"
        label={t('policies.mask.global')}
        checked={masking.global}
        onChange={(event) => onChange({ ...masking, global: event.currentTarget.checked })}
      />
      <Checkbox
        size="xs"
        label={t('policies.mask.caseInsensitive')}
        checked={masking.caseInsensitive}
        onChange={(event) => onChange({ ...masking, caseInsensitive: event.currentTarget.checked })}
      />
    </div>
  );
}

function RoundingFields({
  masking,
  path,
  problems,
  onChange,
}: Placed & {
  masking: Extract<Masking, { maskingType: 'rounding' }>;
  onChange: (next: Masking) => void;
}) {
  const t = useText();
  const { bucket, unit } = masking;
  const put = (next: { bucket?: number | undefined; unit?: RoundingUnit | undefined }) =>
    onChange({
      maskingType: 'rounding',
      ...(next.bucket === undefined ? {} : { bucket: next.bucket }),
      ...(next.unit === undefined ? {} : { unit: next.unit }),
    });
  return (
    <div className={styles.fields}>
      <TextInput
        size="xs"
        type="number"
        min={0}
        step="any"
        {...fieldOf(problems, path)}
        label={t('policies.mask.bucket')}
        value={bucket ?? ''}
        onChange={(event) => {
          const value = Number(event.currentTarget.value);
          put({ unit, bucket: value > 0 ? value : undefined });
        }}
      />
      <NativeSelect
        size="xs"
        label={t('policies.mask.unit')}
        value={unit ?? ''}
        data={[
          { value: '', label: t('policies.mask.unit.none') },
          ...units.map((one) => ({ value: one, label: t(`policies.mask.unit.${one}`) })),
        ]}
        onChange={(event) => put({ bucket, unit: wordOf(units, event.currentTarget.value) })}
      />
    </div>
  );
}

function Details({ masking, onChange, ...placed }: Pick<Props, 'masking' | 'onChange'> & Placed) {
  const t = useText();
  switch (masking.maskingType) {
    case 'constant':
      return (
        <TextInput
          size="xs"
          label={t('policies.mask.value')}
          value={String(masking.value)}
          onChange={(event) => onChange({ ...masking, value: event.currentTarget.value })}
        />
      );
    case 'regex':
      return <RegexFields masking={masking} onChange={onChange} {...placed} />;
    case 'rounding':
      return <RoundingFields masking={masking} onChange={onChange} {...placed} />;
    case 'custom':
      return (
        <Textarea
          {...fieldOf(placed.problems, `${placed.path}.expression`)}
          label={t('policies.mask.expression')}
          classNames={{ input: styles.mono ?? '' }}
          autosize
          minRows={2}
          value={masking.expression}
          onChange={(event) => onChange({ ...masking, expression: event.currentTarget.value })}
        />
      );
    default:
      return null;
  }
}

/** How a value is masked, and what that looks like. */
export function MaskingFields({ label, masking, mayWriteSql, path, problems, onChange }: Props) {
  const t = useText();
  const offered = maskingTypes.filter((type) => mayWriteSql || type !== 'custom' || masking.maskingType === 'custom');
  return (
    <div className={styles.terms}>
      <NativeSelect
        size="xs"
        aria-label={label}
        value={masking.maskingType}
        data={offered.map((type) => ({ value: type, label: t(`policies.mask.${type}`) }))}
        onChange={(event) => {
          const type = wordOf(maskingTypes, event.currentTarget.value);
          if (type !== undefined) onChange(emptyMasking(type));
        }}
      />
      <Details masking={masking} path={path} problems={problems} onChange={onChange} />
      <Suspense fallback={<SkeletonText lines={4} />}>
        <MaskSamples masking={masking} />
      </Suspense>
      {masking.maskingType === 'hash' && <p className="caption text-2">{t('policies.sample.hash')}</p>}
    </div>
  );
}
