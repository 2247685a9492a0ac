import { Checkbox } from '@mantine/core';
import type { AccessRequest } from '@stoa/contract/access-request';
import { useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { MarkdownText } from '../../ui/MarkdownText.tsx';
import { type FieldError, SummaryErrors } from '../../ui/SummaryErrors.tsx';
import { useUsualTime } from '../data-products/AccessStateMark.tsx';
import { fieldOfError, missingAnswers } from './answers.ts';
import { ExistingRequestLink } from './ExistingRequestLink.tsx';
import { MaskedColumnPicker } from './MaskedColumnPicker.tsx';
import { PersonPicker } from './PersonPicker.tsx';
import { PreviewPanel } from './PreviewPanel.tsx';
import { QuestionField, questionId } from './QuestionField.tsx';
import { RequestSources } from './RequestSources.tsx';
import styles from './request-form.module.css';
import { type Draft, type FormTarget, useRequestForm } from './use-request-form.ts';

type State = ReturnType<typeof useRequestForm>;

const agreementId = (id: string): string => `agreement-${id}`;
const columnsId = 'request-columns';

/** What still stands in the way, in the order of the page. */
function useProblems(target: FormTarget, value: Draft): FieldError[] {
  const t = useText();
  const noColumns = target.type === 'MASKING_EXCEPTION' && value.columns.length === 0;
  return [
    ...(noColumns ? [{ fieldId: columnsId, message: t('requests.form.columnsMissing') }] : []),
    ...missingAnswers(target.form.fields, value.answers).map((field) => ({
      fieldId: questionId(field.id),
      message: t('requests.form.answerMissing', { label: field.label }),
    })),
    ...target.form.dataUseAgreements
      .filter((agreement) => !value.accepted.includes(agreement.id))
      .map((agreement) => ({
        fieldId: agreementId(agreement.id),
        message: t('requests.form.agreementMissing', { name: agreement.name }),
      })),
  ];
}

function problemsOfServer(state: State): FieldError[] {
  return (state.command.error?.fields ?? []).flatMap((error) => {
    const fieldId = fieldOfError(error.path, state.body.form.answers);
    return fieldId === undefined ? [] : [{ fieldId: questionId(fieldId), message: error.message }];
  });
}

function Agreements({ target, state, errors }: { target: FormTarget; state: State; errors: readonly FieldError[] }) {
  const t = useText();
  const { accepted } = state.value;
  return target.form.dataUseAgreements.map((agreement) => {
    const { id, name, version } = agreement;
    return (
      <div key={id} className={styles.agreement}>
        <h3>{name}</h3>
        <div className={styles.agreementText}>
          <MarkdownText text={agreement.body} />
        </div>
        <Checkbox
          id={agreementId(id)}
          checked={accepted.includes(id)}
          error={errors.find((error) => error.fieldId === agreementId(id))?.message}
          label={
            version === undefined
              ? t('requests.form.agreementUnversioned', { name })
              : t('requests.form.agreement', { name, version })
          }
          onChange={(event) =>
            state.set({
              accepted: event.currentTarget.checked ? [...accepted, id] : accepted.filter((one) => one !== id),
            })
          }
        />
      </div>
    );
  });
}

function Questions({ target, state, errors }: { target: FormTarget; state: State; errors: readonly FieldError[] }) {
  const t = useText();
  const { form } = target;
  const { answers } = state.value;
  return (
    <section className="ruled" aria-labelledby="request-3">
      <h2 id="request-3">{t('requests.form.3')}</h2>
      <p className="small text-2">
        {t('requests.form.formVersion', { name: form.name, version: form.version.slice(-6) })}
      </p>
      <div className={styles.questions}>
        {form.fields.map((field) => (
          <QuestionField
            key={field.id}
            field={field}
            value={answers[field.id]}
            error={errors.find((error) => error.fieldId === questionId(field.id))?.message}
            onChange={(value) => state.set({ answers: { ...answers, [field.id]: value } })}
          />
        ))}
        <Agreements target={target} state={state} errors={errors} />
      </div>
    </section>
  );
}

function Outcome({ target, state, onSubmit }: { target: FormTarget; state: State; onSubmit: () => void }) {
  const t = useText();
  const usual = useUsualTime()(target.product.medianDecisionHours);
  const refusal = state.preview.data?.refusal;
  const problem = state.command.error;
  return (
    <aside>
      <section className={styles.outcomePanel} aria-labelledby="request-4">
        <h2 id="request-4">{t('requests.form.4')}</h2>
        {target.type === 'DATA_ACCESS' && (
          <PreviewPanel preview={state.preview.data} hasFailed={state.preview.error !== null} usual={usual} />
        )}
        {problem !== null && <ErrorNotice problem={problem} isWrite />}
        {problem !== null && <ExistingRequestLink problem={problem} />}
        <ActionButton
          type="submit"
          tone="primary"
          size="md"
          isFullWidth
          label={t('requests.form.submit')}
          ability={refusal === undefined ? { allowed: true } : { allowed: false, reason: refusal.detail }}
          isBusy={state.command.isPending}
          onClick={onSubmit}
        />
        <p className="caption text-2">{t('requests.form.kept')}</p>
      </section>
    </aside>
  );
}

type Props = { readonly target: FormTarget; readonly onSent: (request: AccessRequest) => void };

/** One page, four sections: for whom, what, the questions, and what happens then beside them. */
export function RequestForm({ target, onSent }: Props) {
  const t = useText();
  const state = useRequestForm(target, onSent);
  const [attempt, setAttempt] = useState(0);
  const problems = useProblems(target, state.value);
  const errors = attempt === 0 ? [] : [...problems, ...problemsOfServer(state)];
  const { product } = target;
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
        <SummaryErrors errors={errors} attempt={attempt} />
        <section className="ruled" aria-labelledby="request-1">
          <h2 id="request-1">{t('requests.form.1')}</h2>
          <div className="form-column">
            <PersonPicker value={state.value.user} onChange={(user) => state.set({ user })} />
          </div>
        </section>
        <section className="ruled" aria-labelledby="request-2">
          <h2 id="request-2">{t('requests.form.2')}</h2>
          {target.type === 'DATA_ACCESS' ? (
            <RequestSources productId={product.id} user={state.value.user} />
          ) : (
            <div id={columnsId} tabIndex={-1}>
              <MaskedColumnPicker
                beneficiary={state.value.user}
                productId={product.id}
                slug={product.slug ?? product.id}
                chosen={state.value.columns}
                onChange={(columns) => state.set({ columns })}
              />
            </div>
          )}
        </section>
        <Questions target={target} state={state} errors={errors} />
      </div>
      <Outcome target={target} state={state} onSubmit={submit} />
    </form>
  );
}
