import { Checkbox } from '@mantine/core';
import type { AnswerValue } from '@stoa/contract/access-request';
import type { EvidenceAnswer } from '@stoa/contract/evidence';
import type { FormField } from '@stoa/contract/request-form';
import { useIntl } from 'react-intl';
import { useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { useDurationText } from '../../ui/DurationPicker.tsx';
import { MarkdownText } from '../../ui/MarkdownText.tsx';
import { Section } from '../../ui/Section.tsx';
import { type Answers, missingAnswers, startAnswers } from '../access-requests/answers.ts';
import { AnswersBlock } from '../access-requests/AnswersBlock.tsx';
import { QuestionField } from '../access-requests/QuestionField.tsx';
import { FlowEditor } from '../review-flows/FlowEditor.tsx';
import { useAgreement } from './AgreementsPicker.tsx';
import type { FormDraft } from './form-draft.ts';
import styles from './forms.module.css';

/** An answer as the review shows it. */
function useAnswerWords(): (value: AnswerValue | undefined, type: FormField['type']) => string {
  const t = useText();
  const intl = useIntl();
  const duration = useDurationText();
  return (value, type) => {
    if (value === undefined) return '';
    if (value === null) return type === 'ACCESS_DURATION' ? t('forms.preview.indefinitely') : '';
    if (typeof value === 'string') return value;
    return 'amount' in value
      ? duration({ duration: value.amount, durationUnit: value.unit })
      : intl.formatList(value, { type: 'unit' });
  };
}

function Agreement({ id }: { id: string }) {
  const t = useText();
  const agreement = useAgreement(id).data;
  if (agreement === undefined) return null;
  return (
    <div className={styles.previewAgreement}>
      <h3>{agreement.name}</h3>
      <div className={styles.previewText}>
        <MarkdownText text={agreement.body} />
      </div>
      <Checkbox label={t('forms.preview.accept', { name: agreement.name })} />
    </div>
  );
}

/** The form as it will be asked and, beside it, as a steward will read the answers tried here. Nothing is sent. */
export function PreviewTab({ draft }: { draft: FormDraft }) {
  const t = useText();
  const words = useAnswerWords();
  const [answers, setAnswers] = useState<Answers>(() => startAnswers(draft.fields, {}));
  const missing = missingAnswers(draft.fields, answers);
  const shown: EvidenceAnswer[] = draft.fields.map((field) => ({
    fieldId: field.id,
    type: field.type,
    label: field.label,
    value: answers[field.id] ?? null,
    display: words(answers[field.id], field.type),
  }));
  return (
    <div className={styles.previews}>
      <Section title={t('forms.preview.requester')} lead={t('forms.preview.requesterLead')}>
        <div className={styles.preview}>
          {draft.fields.length === 0 && <p className="text-2">{t('forms.preview.nothing')}</p>}
          {draft.fields.map((field) => (
            <QuestionField
              key={field.id}
              field={field}
              value={answers[field.id]}
              error={undefined}
              onChange={(value) => setAnswers({ ...answers, [field.id]: value })}
            />
          ))}
          {draft.agreementIds.map((id) => (
            <Agreement key={id} id={id} />
          ))}
        </div>
      </Section>
      <Section title={t('forms.preview.steward')} lead={t('forms.preview.stewardLead')}>
        <div className={styles.stack}>
          {missing.length > 0 && (
            <p className="text-2 small">{t('forms.preview.missing', { count: missing.length })}</p>
          )}
          <AnswersBlock
            evidence={{ form: { id: '', name: draft.name, version: '', newerExists: false }, answers: shown }}
          />
          <div>
            <h3 className="group-label">{t('forms.preview.decides')}</h3>
            <FlowEditor mode="form" readOnly value={draft.policy} fields={draft.fields} onChange={() => undefined} />
          </div>
        </div>
      </Section>
    </div>
  );
}
