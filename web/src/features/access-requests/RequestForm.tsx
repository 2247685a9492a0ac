import type { AccessRequest } from '@stoa/contract/access-request';
import { lazy, type ReactNode, Suspense, useState } from 'react';
import { type MessageId, useText } from '../../app/messages/use-text.tsx';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { Banner } from '../../ui/Banner.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { SkeletonText } from '../../ui/Skeletons.tsx';
import { type FieldError, SummaryErrors } from '../../ui/SummaryErrors.tsx';
import { agreementId, AgreementsToAccept } from '../agreements/AgreementsToAccept.tsx';
import { useUsualTime } from '../data-products/AccessStateMark.tsx';
import { columnOfError, fieldOfError, missingAnswers } from './answers.ts';
import { ExistingRequestLink } from './ExistingRequestLink.tsx';
import { ForWhom } from './ForWhom.tsx';
import { QuestionField, questionId } from './QuestionField.tsx';
import { type Draft, nameOfKey, notAccepted } from './request-draft.ts';
import styles from './request-form.module.css';
import { Standing } from './Standing.tsx';
import { type Asked, useRequestForm } from './use-request-form.ts';

const PreviewPanel = lazy(() => import('./PreviewPanel.tsx').then((module) => ({ default: module.PreviewPanel })));

type State = ReturnType<typeof useRequestForm>;

const columnsId = 'request-columns';

/** What still stands in the way, in the order of the page. */
function useProblems({ form, type }: Asked, value: Draft): FieldError[] {
  const t = useText();
  const noColumns = type === 'MASKING_EXCEPTION' && value.columns.length === 0;
  return [
    ...(noColumns ? [{ fieldId: columnsId, message: t('asking.form.columnsMissing') }] : []),
    ...missingAnswers(form.fields, value.answers).map((field) => ({
      fieldId: questionId(field.id),
      message: t('asking.form.answerMissing', { label: field.label }),
    })),
    ...notAccepted(form, value.accepted).map((agreement) => ({
      fieldId: agreementId(agreement.id),
      message: t('asking.form.agreementMissing', { name: agreement.name }),
    })),
  ];
}

function useProblemsOfServer(state: State): FieldError[] {
  const t = useText();
  const { error: problem, variables } = state.command;
  return (problem?.fields ?? []).flatMap((error) => {
    const column = columnOfError(error.path, variables?.columns ?? []);
    if (column !== undefined) {
      const message = t('asking.columns.wrong', { name: nameOfKey(column), why: error.message });
      return [{ fieldId: columnsId, message }];
    }
    const fieldId = fieldOfError(error.path, state.body.form.answers);
    return fieldId === undefined ? [] : [{ fieldId: questionId(fieldId), message: error.message }];
  });
}

/** The form or an agreement got a new version while it was being filled in. */
const hasMovedOn = (state: State): boolean =>
  state.command.error?.code === 'agreement.outdated' || state.command.error?.code === 'precondition.failed';

type PartProps = { readonly asked: Asked; readonly state: State; readonly errors: readonly FieldError[] };

function Questions({ asked: { form }, state, errors }: PartProps) {
  const t = useText();
  const { answers } = state.value;
  const errorOf = (fieldId: string) => errors.find((error) => error.fieldId === fieldId)?.message;
  return (
    <section className="ruled" aria-labelledby="request-3">
      <h2 id="request-3">{t('asking.form.3')}</h2>
      <p className="small text-2">{t('asking.form.formVersion', { name: form.name })}</p>
      <div className={styles.questions}>
        {form.fields.map((field) => (
          <QuestionField
            key={field.id}
            field={field}
            value={answers[field.id]}
            error={errorOf(questionId(field.id))}
            onChange={(value) => state.set({ answers: { ...answers, [field.id]: value } })}
          />
        ))}
        <AgreementsToAccept
          agreements={form.dataUseAgreements}
          accepted={state.value.accepted}
          errorOf={(id) => errorOf(agreementId(id))}
          onChange={(accepted) => state.set({ accepted })}
        />
      </div>
    </section>
  );
}

function submitLabelOf({ continued, replaces }: Asked): MessageId {
  if (replaces !== undefined) return 'asking.form.submit.replace';
  return continued === undefined ? 'asking.form.submit' : `asking.form.submit.${continued.kind}`;
}

type OutcomeProps = {
  readonly asked: Asked;
  readonly state: State;
  readonly note: ReactNode;
  readonly onSubmit: () => void;
};

function Outcome({ asked, state, note, onSubmit }: OutcomeProps) {
  const { target, type } = asked;
  const t = useText();
  const usual = useUsualTime()(target.medianDecisionHours);
  const refusal = state.preview.data?.refusal;
  const problem = state.command.error;
  // What is missing in the form is said at the form: pressing the button leads there.
  const isFinal =
    refusal !== undefined &&
    !['access_request.answers_invalid', 'agreement.required', 'agreement.outdated'].includes(refusal.code);
  return (
    <aside>
      <section className={styles.outcomePanel} aria-labelledby="request-4">
        <h2 id="request-4">{t('asking.form.4')}</h2>
        {type === 'MASKING_EXCEPTION' && state.value.columns.length === 0 ? (
          <p className="text-2">{t('asking.preview.noColumns')}</p>
        ) : (
          <Suspense fallback={<SkeletonText lines={6} />}>
            <PreviewPanel
              preview={state.preview.data}
              problem={state.preview.error}
              isOfColumns={type === 'MASKING_EXCEPTION'}
              usual={usual}
            />
          </Suspense>
        )}
        {problem !== null && !hasMovedOn(state) && <ErrorNotice problem={problem} isWrite />}
        {problem !== null && <ExistingRequestLink problem={problem} />}
        <ActionButton
          type="submit"
          tone="primary"
          size="md"
          isFullWidth
          label={t(submitLabelOf(asked))}
          ability={isFinal ? { allowed: false, reason: refusal.detail } : { allowed: true }}
          isBusy={state.command.isPending}
          onClick={onSubmit}
        />
        {note}
      </section>
    </aside>
  );
}

type Props = {
  readonly asked: Asked;
  readonly start: Draft;
  /** Section 2 for this person: what the target holds, or its masked columns. */
  readonly what: (state: { readonly value: Draft; readonly set: (changes: Partial<Draft>) => void }) => ReactNode;
  /** The name of the person whose access is extended, or whose request is replaced. */
  readonly fixedPerson: string | undefined;
  readonly drafting: { readonly save: (draft: Draft) => void; readonly sent: () => void };
  readonly note: ReactNode;
  readonly onSent: (request: AccessRequest) => void;
};

/** One page, four sections: for whom, what, the questions, and what happens then beside them. */
export function RequestForm({ asked, start, what, fixedPerson, drafting, note, onSent }: Props) {
  const t = useText();
  const state = useRequestForm(asked, start, { drafting, onSent });
  const [attempt, setAttempt] = useState(0);
  const problems = useProblems(asked, state.value);
  const refused = useProblemsOfServer(state);
  const errors = attempt === 0 ? [] : [...problems, ...refused];
  const submit = () => {
    setAttempt((times) => times + 1);
    if (problems.length === 0 && !state.command.isPending) state.submit();
  };
  return (
    <form
      noValidate
      className="detail"
      onSubmit={(event) => event.preventDefault()}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
        event.preventDefault();
        submit();
      }}
    >
      <div className={styles.sections}>
        {hasMovedOn(state) && <Banner tone="warning">{t('asking.form.movedOn')}</Banner>}
        <SummaryErrors errors={errors} attempt={attempt} />
        <ForWhom
          value={state.value.user}
          fixed={fixedPerson}
          preview={state.preview.data}
          onChange={(user) => state.set({ user })}
        />
        <section className="ruled" aria-labelledby="request-2">
          <h2 id="request-2">{t('asking.form.2')}</h2>
          <Standing preview={state.preview.data} />
          {asked.type === 'MASKING_EXCEPTION' ? (
            <div id={columnsId} tabIndex={-1}>
              {what(state)}
            </div>
          ) : (
            what(state)
          )}
        </section>
        <Questions asked={asked} state={state} errors={errors} />
      </div>
      <Outcome asked={asked} state={state} note={note} onSubmit={submit} />
    </form>
  );
}
