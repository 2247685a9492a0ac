import type { AccessRequest } from '@stoa/contract/access-request';
import { getRequestFormByVersion } from '@stoa/contract/request-form';
import { useText } from '../../app/messages/use-text.tsx';
import { useOperation } from '../../lib/api.ts';
import { useDurationText } from '../../ui/DurationPicker.tsx';
import { Section } from '../../ui/Section.tsx';
import reviewStyles from './review.module.css';

type Answer = NonNullable<AccessRequest['form']>['answers'][number];

function useAnswerWords(): (answer: Answer) => string {
  const t = useText();
  const duration = useDurationText();
  return ({ type, value }) => {
    if (type === 'ACCESS_DURATION' || (typeof value === 'object' && value !== null && 'amount' in value)) {
      const period = typeof value === 'object' && value !== null && 'amount' in value ? value : null;
      return duration(period === null ? null : { duration: period.amount, durationUnit: period.unit });
    }
    if (value === null || value === '') return t('requests.answers.none');
    return Array.isArray(value) ? value.join(', ') : String(value);
  };
}

/** The answers beside their questions, as the version of the form put them that was answered. */
export function Answers({ request }: { request: AccessRequest }) {
  const t = useText();
  const words = useAnswerWords();
  const version = useOperation(
    getRequestFormByVersion,
    { params: { version: request.formVersion } },
    { enabled: request.form !== undefined },
  );
  const fields = version.data?.fields ?? [];
  const answers = request.form?.answers ?? [];
  if (answers.length === 0) return null;
  return (
    <Section title={t('requests.answers.title')}>
      <dl className={reviewStyles.answers}>
        {answers.map((answer, at) => (
          <div key={answer.fieldId} className={reviewStyles.answer}>
            <dt>
              {fields.find((field) => field.id === answer.fieldId)?.label ?? t('requests.page.question', { n: at + 1 })}
            </dt>
            <dd>{words(answer)}</dd>
          </div>
        ))}
      </dl>
    </Section>
  );
}
