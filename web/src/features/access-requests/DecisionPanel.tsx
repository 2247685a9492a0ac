import { Radio } from '@mantine/core';
import type { AccessRequest } from '@stoa/contract/access-request';
import type { Evidence } from '@stoa/contract/evidence';
import { lazy, type RefObject, Suspense, useEffect, useRef, useState } from 'react';
import { type MessageId, useText } from '../../app/messages/use-text.tsx';
import { abilityOn } from '../../lib/ability-on.ts';
import { type Ability, ActionButton } from '../../ui/ActionButton.tsx';
import { useCommands } from '../../ui/commands.tsx';
import { DurationPicker, useDurationText } from '../../ui/DurationPicker.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { isOverlaid, useKeys } from '../../ui/keys.tsx';
import { ReasonBox } from '../../ui/ReasonBox.tsx';
import { AssistLine } from './AssistLine.tsx';
import { type Choice, gainOf } from './decision.ts';
import styles from './review.module.css';
import { type DraftState, useDecision } from './use-decision.ts';

/** The reason box, for what is added to it from elsewhere on the page. */
export const reasonId = 'decision-reason';

const choices: readonly { choice: Choice; key: string; label: MessageId; hint: MessageId }[] = [
  { choice: 'approve', key: 'a', label: 'reviews.choice.approve', hint: 'reviews.choice.approveHint' },
  { choice: 'time', key: 't', label: 'reviews.choice.time', hint: 'reviews.choice.timeHint' },
  { choice: 'deny', key: 'd', label: 'reviews.choice.deny', hint: 'reviews.choice.denyHint' },
];

const templates: Readonly<Record<Choice, readonly MessageId[]>> = {
  approve: ['reviews.template.purpose', 'reviews.template.team'],
  time: ['reviews.template.purpose', 'reviews.template.project'],
  deny: ['reviews.template.unclear', 'reviews.template.less'],
};

const isChoice = (value: string): value is Choice => choices.some((one) => one.choice === value);

function ChoiceCards({ value, onChange }: { value: Choice | undefined; onChange: (choice: Choice) => void }) {
  const t = useText();
  return (
    <Radio.Group
      label={t('reviews.choice.label')}
      value={value ?? null}
      onChange={(next) => isChoice(next) && onChange(next)}
    >
      <div className={styles.cards}>
        {choices.map((one) => (
          <Radio.Card key={one.choice} value={one.choice} className={styles.card ?? ''} data-choice={one.choice}>
            <Radio.Indicator size="sm" />
            <span className={styles.cardWords}>
              <span className={styles.cardLabel}>{t(one.label)}</span>
              <span className={styles.cardHint}>{t(one.hint)}</span>
            </span>
            <kbd className={styles.cardKey} aria-hidden="true">
              {one.key}
            </kbd>
          </Radio.Card>
        ))}
      </div>
    </Radio.Group>
  );
}

/** The letters choose and go to the reason; none of them decides. */
function useDecisionKeys(choose: (choice: Choice) => void, reason: RefObject<HTMLTextAreaElement | null>) {
  const t = useText();
  const acts = [
    ...choices.map((one) => ({ keys: one.key, label: t(one.label), run: () => choose(one.choice) })),
    { keys: 'r', label: t('ui.reason.label'), run: () => reason.current?.focus() },
    {
      keys: 'w',
      label: t('reviews.keys.who'),
      run: () => document.querySelector<HTMLElement>('#stages button')?.focus(),
    },
  ];
  useKeys(acts.map((act) => ({ ...act, scope: 'page' as const })));
  useCommands(acts.map((act) => ({ ...act, id: `review-${act.keys}`, group: 'page' as const })));
}

/** Seldom is somebody decided about whom the platform does not know. */
const EffectLater = lazy(() => import('./EffectLater.tsx').then((module) => ({ default: module.EffectLater })));

/** "This person reads 5 objects for 90 days …": what the button is about to do. */
function Effect({ evidence, draft }: { evidence: Evidence; draft: DraftState['draft'] }) {
  const t = useText();
  const duration = useDurationText();
  const gain = gainOf(evidence);
  const who = evidence.beneficiary.person.name;
  if (draft.choice === undefined) return t('reviews.effectOf.none');
  if (draft.choice === 'deny') return t('reviews.effectOf.deny', { who });
  const kind = draft.choice;
  const period = duration(kind === 'time' ? draft.duration : null);
  if (!evidence.decision.final) return t(`reviews.effectOf.${kind}Part`, { who, period });
  if (gain.later === 0) return t(`reviews.effectOf.${kind}`, { who, period, objects: gain.now });
  return (
    <Suspense>
      <EffectLater gain={gain} who={who} kind={kind} period={period} />
    </Suspense>
  );
}

function useButtonLabel(draft: DraftState['draft']): string {
  const t = useText();
  const duration = useDurationText();
  if (draft.choice === undefined) return t('reviews.button.none');
  if (draft.choice === 'time') return t('reviews.button.time', { duration: duration(draft.duration) });
  return t(draft.choice === 'approve' ? 'reviews.button.approve' : 'reviews.button.deny');
}

function Shortest({ evidence, draft }: { evidence: Evidence; draft: DraftState['draft'] }) {
  const t = useText();
  const duration = useDurationText();
  const { shortestSoFar } = evidence.decision;
  if (shortestSoFar === null || draft.choice === 'deny' || draft.choice === undefined) return null;
  return <p className="small text-2">{t('reviews.shortest', { period: duration(shortestSoFar) })}</p>;
}

/** What seldom happens comes when it does. */
const PlanChanged = lazy(() => import('./PlanChanged.tsx').then((module) => ({ default: module.PlanChanged })));

function Conflict({ decision }: { decision: ReturnType<typeof useDecision> }) {
  const { change, command } = decision;
  if (change !== undefined)
    return (
      <Suspense fallback={null}>
        <PlanChanged change={change} onAccept={decision.accept} />
      </Suspense>
    );
  return command.error === null ? null : <ErrorNotice problem={command.error} isWrite />;
}

/** Ctrl Enter, wherever on the page one has read last. */
function useSendKeys(send: () => void) {
  const latest = useRef(send);
  useEffect(() => {
    latest.current = send;
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || isOverlaid()) return;
      event.preventDefault();
      latest.current();
    };
    document.addEventListener('keydown', listen);
    return () => document.removeEventListener('keydown', listen);
  }, []);
}

type Props = {
  readonly evidence: Evidence;
  readonly draft: DraftState;
  readonly onDecided: (request: AccessRequest) => void;
};

/** The decision, beside the evidence: choose, say why, and the button says what it will do. There is no second step. */
export function DecisionPanel({ evidence, draft: state, onDecided }: Props) {
  const t = useText();
  const { draft, set } = state;
  const reason = useRef<HTMLTextAreaElement>(null);
  const [isTried, setIsTried] = useState(false);
  const decision = useDecision(evidence, state, onDecided);
  const { choice } = draft;
  const isReasonMissing = draft.reason.trim() === '';
  const approve =
    evidence.request.abilities === undefined ? undefined : abilityOn(evidence.request.abilities, 'approve');
  useDecisionKeys((next) => set({ choice: next }), reason);
  const submit = () => {
    setIsTried(true);
    if (choice === undefined || decision.command.isPending) return;
    if (isReasonMissing) reason.current?.focus();
    else decision.decide(choice);
  };
  const ability: Ability =
    choice === undefined
      ? { allowed: false, reason: t('reviews.button.chooseFirst') }
      : choice !== 'deny' && decision.change !== undefined
        ? { allowed: false, reason: t('reviews.plan.changed') }
        : choice !== 'deny' && approve?.allowed === false
          ? approve
          : { allowed: true };
  useSendKeys(() => ability.allowed && submit());
  return (
    <form
      noValidate
      className={styles.panel}
      data-chosen={choice !== undefined || undefined}
      aria-label={t('reviews.decision.title')}
      onSubmit={(event) => event.preventDefault()}
    >
      <ChoiceCards value={choice} onChange={(next) => set({ choice: next })} />
      <div className={styles.more}>
        {choice === 'time' && (
          <DurationPicker
            value={draft.duration}
            mayBeUnlimited={false}
            onChange={(duration) => duration !== null && set({ duration })}
          />
        )}
        <AssistLine assist={evidence.assist} />
        <ReasonBox
          ref={reason}
          id={reasonId}
          value={draft.reason}
          onChange={(next) => set({ reason: next })}
          hint={t('reviews.reason.hint')}
          maxLength={4000}
          templates={choice === undefined ? [] : templates[choice].map((id) => t(id))}
          error={isTried && isReasonMissing ? t('ui.reason.required') : undefined}
        />
        <Shortest evidence={evidence} draft={draft} />
        <Conflict decision={decision} />
        <p className={styles.effectOf} aria-live="polite">
          <Effect evidence={evidence} draft={draft} />
        </p>
        <ActionButton
          type="submit"
          size="md"
          isFullWidth
          tone={choice === 'deny' ? 'danger' : 'primary'}
          label={useButtonLabel(draft)}
          ability={ability}
          isBusy={decision.command.isPending}
          onClick={submit}
        />
        <div className={styles.back}>
          <ActionButton label={t('reviews.backToEvidence')} tone="quiet" onClick={() => set({ choice: undefined })} />
        </div>
      </div>
    </form>
  );
}
