import { NativeSelect } from '@mantine/core';
import { requestType } from '@stoa/contract/enums';
import type { FlowSimulation, SimulatedSlot } from '@stoa/contract/flow-simulation';
import type { FormField } from '@stoa/contract/request-form';
import { useId } from 'react';
import { useIntl } from 'react-intl';
import { Say, useText } from '../../app/messages/use-text.tsx';
import { wordOf } from '../../lib/members.ts';
import { Banner } from '../../ui/Banner.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { SkeletonText } from '../../ui/Skeletons.tsx';
import { TimeStamp } from '../../ui/TimeStamp.tsx';
import { QuestionField } from '../access-requests/QuestionField.tsx';
import { PersonSlot } from './PersonSlot.tsx';
import type { SimulationScope, SimulationState } from './use-simulation.ts';
import { useSourceText } from './use-source-text.ts';
import styles from './simulator.module.css';

type Props = {
  readonly state: SimulationState;
  readonly fields: readonly FormField[];
  readonly scope: SimulationScope;
  /** Questions that a rule of the flow looks at. */
  readonly asked: ReadonlySet<string>;
};

function Asker({ state, fields, scope, asked }: Props) {
  const t = useText();
  // What is typed freely bears on a rule only where a rule names it.
  const isAsked = (field: FormField) => field.type !== 'SHORT_ANSWER' || asked.has(field.id);
  const { trial, change } = state;
  return (
    <div className={styles.asker}>
      <PersonSlot
        label={t('flows.try.requester')}
        value={trial.requestingUser}
        onChange={(requestingUser) => change({ requestingUser })}
      />
      <PersonSlot
        label={t('flows.try.beneficiary')}
        value={trial.user}
        none={t('flows.try.oneself')}
        onChange={(user) => change({ user })}
      />
      {scope.requestType === undefined && (
        <NativeSelect
          size="xs"
          label={t('flows.try.type')}
          value={trial.requestType}
          data={requestType.options.map((one) => ({ value: one, label: t(`flows.kindOf.${one}`) }))}
          onChange={({ currentTarget }) => {
            const next = wordOf(requestType.options, currentTarget.value);
            if (next !== undefined) change({ requestType: next });
          }}
        />
      )}
      {fields.filter(isAsked).map((field) => (
        <QuestionField
          key={field.id}
          // Beside a form that shows the same questions, ids must differ.
          field={{ ...field, id: `try-${field.id}` }}
          value={trial.answers[field.id]}
          error={state.answer.data?.answerProblems.find((one) => one.fieldId === field.id)?.message}
          onChange={(value) => change({ answers: { ...trial.answers, [field.id]: value } })}
        />
      ))}
    </div>
  );
}

function Slot({ slot }: { slot: SimulatedSlot }) {
  const t = useText();
  const intl = useIntl();
  const words = useSourceText();
  const names = slot.people.map((person) => person.name);
  const rest = slot.peopleCount - names.length;
  const people = intl.formatList(names, { type: 'unit' });
  return (
    <li className={styles.slot} data-empty={slot.peopleCount === 0 || undefined}>
      <p className={styles.source}>{intl.formatList(slot.reviewers.map(words), { type: 'disjunction' })}</p>
      <p>
        {slot.peopleCount === 0
          ? t('flows.try.nobody')
          : t(rest > 0 ? 'flows.try.peopleMore' : 'flows.try.people', { people, count: rest })}
      </p>
      {slot.barred.map(({ person, barrier }) => (
        <p key={person.globalUserId} className={styles.barred}>
          {t(`flows.barrier.${barrier}`, { name: person.name })}
        </p>
      ))}
    </li>
  );
}

function Outcome({ simulation }: { simulation: FlowSimulation }) {
  const t = useText();
  const { origin, event, stages, isStuck, end } = simulation;
  const n = (origin.rule ?? 0) + 1;
  const rule =
    origin.rule === null
      ? t(origin.flow === 'form' ? 'flows.try.formDefault' : 'flows.try.targetDefault')
      : t(origin.flow === 'form' ? 'flows.try.formRule' : 'flows.try.targetRule', { n });
  return (
    <div className={styles.outcome}>
      <p className={styles.result} data-event={event.type}>
        {t(`flows.try.${event.type}`)}
      </p>
      <p className="text-2">{rule}</p>
      {event.type !== 'review' && event.params.comment !== undefined && <p>“{event.params.comment}”</p>}
      {isStuck && <Banner tone="warning">{t('flows.try.stuck')}</Banner>}
      {stages.length > 0 && (
        <ol className={styles.stages}>
          {stages.map((stage, at) => (
            // Stages are an ordered list without ids.
            <li key={`stage-${at + 1}`}>
              <p className="group-label">{t(`flows.try.stage.${stage.mode}`, { n: at + 1 })}</p>
              <ul className={styles.slots}>
                {stage.slots.map((slot, place) => (
                  <Slot key={`slot-${place + 1}`} slot={slot} />
                ))}
              </ul>
            </li>
          ))}
        </ol>
      )}
      {event.type !== 'deny' && (
        <p>
          {end === null ? (
            t('flows.try.endless')
          ) : (
            <Say
              id={event.type === 'approve' ? 'flows.try.ends' : 'flows.try.wouldEnd'}
              values={{ when: <TimeStamp value={end} style="date" withRelative /> }}
            />
          )}
        </p>
      )}
    </div>
  );
}

function Facts({ facts }: { facts: FlowSimulation['facts'] }) {
  const t = useText();
  const list = (values: readonly string[]) => (values.length === 0 ? t('flows.try.none') : values.join(', '));
  const attributes = Object.entries(facts.userAttributes).map(([name, values]) =>
    t('flows.attribute', { name, value: values.join(', ') }),
  );
  const rows = [
    { id: 'groups', value: list(facts.userGroups) },
    { id: 'attributes', value: list(attributes) },
    { id: 'days', value: facts.duration === null ? t('ui.duration.unlimited') : String(facts.duration) },
    { id: 'tags', value: list(facts.targetTags) },
    { id: 'risk', value: t(`flows.risk.${facts.risk === 'PENDING' ? 'INDETERMINATE' : facts.risk}`) },
  ] as const;
  return (
    <details className={styles.facts}>
      <summary>{t('flows.try.facts')}</summary>
      <dl>
        {rows.map((row) => (
          <div key={row.id}>
            <dt>{t(`flows.try.fact.${row.id}`)}</dt>
            <dd>{row.value}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}

/** Picks a person and answers, and says which rule would fire and who would be asked, by name. */
export function FlowSimulator(props: Props) {
  const t = useText();
  const id = useId();
  const { answer, isInvalid } = props.state;
  const isStale = answer.isPlaceholderData || answer.isFetching;
  return (
    <section className={styles.panel} aria-labelledby={id}>
      <h3 id={id}>{t('flows.try.title')}</h3>
      <p className="small text-2">{t('flows.try.lead')}</p>
      <Asker {...props} />
      <div className={styles.answer} aria-live="polite" data-stale={isStale || undefined}>
        {isInvalid && <Banner tone="warning">{t('flows.try.invalid')}</Banner>}
        {answer.error !== null && !isInvalid && (
          <ErrorNotice problem={answer.error} onRetry={() => void answer.refetch()} />
        )}
        {answer.isPending && <SkeletonText lines={4} />}
        {answer.data !== undefined && !isInvalid && (
          <>
            <Outcome simulation={answer.data} />
            <Facts facts={answer.data.facts} />
          </>
        )}
      </div>
    </section>
  );
}
