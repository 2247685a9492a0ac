import type { Evidence, EvidenceAnswer } from '@stoa/contract/evidence';
import { useText } from '../../app/messages/use-text.tsx';
import { EvidenceBlock } from './EvidenceBlock.tsx';
import styles from './review.module.css';

function Answer({ answer }: { answer: EvidenceAnswer }) {
  const t = useText();
  const hasChanged = answer.previous !== undefined && answer.previous !== answer.display;
  return (
    <div className={styles.answer}>
      <dt>{answer.label}</dt>
      <dd>
        {answer.display === '' ? <span className="text-2">{t('requests.answers.none')}</span> : answer.display}
        {hasChanged && (
          <p className={styles.previous}>
            <strong>{t('requests.answers.changed')}</strong> {answer.previous}
          </p>
        )}
      </dd>
    </div>
  );
}

/** The answers beside their questions; what differs from the former request is marked. */
export function AnswersBlock({ evidence }: { evidence: Pick<Evidence, 'form' | 'answers'> }) {
  const t = useText();
  const { form, answers } = evidence;
  return (
    <EvidenceBlock
      title={t('requests.answers.title')}
      summary={t(form.newerExists ? 'requests.answers.oldForm' : 'requests.answers.form', { form: form.name })}
    >
      <dl className={styles.answers}>
        {answers.map((answer) => (
          <Answer key={answer.fieldId} answer={answer} />
        ))}
      </dl>
      {answers.length === 0 && <p className="text-2">{t('requests.answers.empty')}</p>}
    </EvidenceBlock>
  );
}
