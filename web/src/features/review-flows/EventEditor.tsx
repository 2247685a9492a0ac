import { NativeSelect, TextInput } from '@mantine/core';
import { durationUnit } from '@stoa/contract/enums';
import type { FlowEvent } from '@stoa/contract/review-flow';
import { useText } from '../../app/messages/use-text.tsx';
import { wordOf } from '../../lib/members.ts';
import { emptyEvent, type EventPlace, eventsFor, type FlowMode } from './flow-draft.ts';
import { ProblemsAt } from './problems.tsx';
import { StagesEditor } from './StagesEditor.tsx';
import styles from './flows.module.css';

type Props = {
  readonly event: FlowEvent;
  readonly mode: FlowMode;
  readonly place: EventPlace;
  readonly path: string;
  readonly onChange: (event: FlowEvent) => void;
};

type Approve = Extract<FlowEvent, { type: 'approve' }>;
type Deny = Extract<FlowEvent, { type: 'deny' }>;
type Change = { readonly path: string; readonly onChange: (event: FlowEvent) => void };

const longestReason = 4_000;

function PeriodSlots({ event, onChange }: { event: Approve } & Change) {
  const t = useText();
  const { duration, durationUnit: unit, ...rest } = event.params;
  const isEndless = duration === undefined && unit === undefined;
  const set = (params: Approve['params']) => onChange({ type: 'approve', params });
  return (
    <>
      <NativeSelect
        size="xs"
        aria-label={t('flows.slot.howLong')}
        value={isEndless ? 'endless' : 'time'}
        data={[
          { value: 'endless', label: t('flows.period.endless') },
          { value: 'time', label: t('flows.period.time') },
        ]}
        onChange={({ currentTarget }) =>
          set(currentTarget.value === 'endless' ? rest : { ...rest, duration: 30, durationUnit: 'DAYS' })
        }
      />
      {!isEndless && (
        <>
          <TextInput
            size="xs"
            type="number"
            inputMode="numeric"
            min={1}
            step={1}
            w={80}
            aria-label={t('ui.duration.amount')}
            value={duration ?? ''}
            onChange={({ currentTarget }) => {
              const amount = Number(currentTarget.value);
              const { durationUnit: kept = 'DAYS' } = event.params;
              set(
                Number.isInteger(amount) && amount > 0
                  ? { ...rest, duration: amount, durationUnit: kept }
                  : { ...rest, durationUnit: kept },
              );
            }}
          />
          <NativeSelect
            size="xs"
            aria-label={t('ui.duration.unit')}
            value={unit ?? 'DAYS'}
            data={durationUnit.options.map((one) => ({ value: one, label: t(`ui.duration.unit.${one}`) }))}
            onChange={({ currentTarget }) => {
              const next = wordOf(durationUnit.options, currentTarget.value);
              if (next !== undefined) set({ ...event.params, durationUnit: next });
            }}
          />
        </>
      )}
    </>
  );
}

function ApproveSlots({ event, path, onChange }: { event: Approve } & Change) {
  const t = useText();
  return (
    <>
      <PeriodSlots event={event} path={path} onChange={onChange} />
      <span className={styles.word}>{t('flows.word.because')}</span>
      <TextInput
        size="xs"
        className={styles.fill ?? ''}
        aria-label={t('flows.slot.justification')}
        placeholder={t('flows.slot.justification')}
        required
        maxLength={longestReason}
        value={event.params.comment ?? ''}
        onChange={({ currentTarget }) =>
          onChange({ type: 'approve', params: { ...event.params, comment: currentTarget.value } })
        }
      />
    </>
  );
}

function DenySlots({ event, onChange }: { event: Deny } & Change) {
  const t = useText();
  return (
    <>
      <span className={styles.word}>{t('flows.word.because')}</span>
      <TextInput
        size="xs"
        className={styles.fill ?? ''}
        aria-label={t('flows.slot.denyReason')}
        placeholder={t('flows.slot.denyReason')}
        maxLength={longestReason}
        value={event.params.comment ?? ''}
        onChange={({ currentTarget: { value } }) =>
          onChange({ type: 'deny', params: value === '' ? {} : { comment: value } })
        }
      />
    </>
  );
}

/** What happens: people are asked, it is approved or denied at once, or the target decides. */
export function EventEditor({ event, mode, place, path, onChange }: Props) {
  const t = useText();
  const offered = eventsFor(mode, place);
  const all = offered.includes(event.type) ? offered : [...offered, event.type];
  return (
    <div className={styles.event}>
      <div className={styles.slots}>
        <span className={styles.word}>{t('flows.word.then')}</span>
        <NativeSelect
          size="xs"
          aria-label={t('flows.slot.event')}
          value={event.type}
          data={all.map((one) => ({ value: one, label: t(`flows.event.${one}`) }))}
          onChange={({ currentTarget }) => {
            const type = wordOf(all, currentTarget.value);
            if (type !== undefined && type !== event.type) onChange(emptyEvent(type));
          }}
        />
        {event.type === 'approve' && <ApproveSlots event={event} path={path} onChange={onChange} />}
        {event.type === 'deny' && <DenySlots event={event} path={path} onChange={onChange} />}
      </div>
      {event.type === 'review' && (
        <StagesEditor
          stages={event.params.stages}
          path={`${path}.params.stages`}
          onChange={(stages) => onChange({ type: 'review', params: { stages } })}
        />
      )}
      {event.type === 'approve' && <p className={styles.hint}>{t('flows.approveHint')}</p>}
      <ProblemsAt place={path} />
      <ProblemsAt place={`${path}.params.comment`} />
      <ProblemsAt place={`${path}.params.duration`} how="deep" />
    </div>
  );
}
