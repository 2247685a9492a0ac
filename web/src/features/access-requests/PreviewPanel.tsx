import type { AccessRequestPreview } from '@stoa/contract/access-request';
import { useIntl } from 'react-intl';
import { Say, useText } from '../../app/messages/use-text.tsx';
import { Banner } from '../../ui/Banner.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { SkeletonText } from '../../ui/Skeletons.tsx';
import { TimeStamp } from '../../ui/TimeStamp.tsx';
import styles from './request-form.module.css';
import { useReviewerText } from './reviewer-text.ts';

type Stage = AccessRequestPreview['stages'][number];

const shownPeople = 4;

function Slot({ slot }: { slot: Stage['slots'][number] }) {
  const t = useText();
  const intl = useIntl();
  const words = useReviewerText();
  const names = slot.people.slice(0, shownPeople).map((person) => person.name);
  const rest = slot.peopleCount - names.length;
  const reviewers = intl.formatList(slot.reviewers.map(words), { type: 'disjunction' });
  const people = intl.formatList(names, { type: rest > 0 ? 'unit' : 'disjunction' });
  return (
    <li>
      <p>{t('requests.preview.any', { reviewers, count: slot.reviewers.length })}</p>
      <p className="small text-2">
        {slot.peopleCount === 0
          ? t('requests.preview.nobody')
          : t(rest > 0 ? 'requests.preview.more' : 'requests.preview.people', { people, count: rest })}
      </p>
    </li>
  );
}

function Stages({ stages }: { stages: readonly Stage[] }) {
  const t = useText();
  return (
    <ol className={styles.stages}>
      {stages.map((stage, at) => (
        // Stages are an ordered list without ids.
        <li key={`stage-${at + 1}`}>
          <p className="group-label">{t('requests.preview.stage', { n: at + 1, count: stages.length })}</p>
          <ul className={styles.slots}>
            {stage.slots.map((slot, place) => (
              <Slot key={`slot-${place + 1}`} slot={slot} />
            ))}
          </ul>
        </li>
      ))}
    </ol>
  );
}

type Props = {
  readonly preview: AccessRequestPreview | undefined;
  readonly hasFailed: boolean;
  /** "usually 5 hours", where it is known. */
  readonly usual: string | undefined;
};

/** Who would decide, what is predicted, when it would end: as the server says, for the answers as they stand. */
export function PreviewPanel({ preview, hasFailed, usual }: Props) {
  const t = useText();
  if (hasFailed) return <p className="text-2">{t('requests.preview.failed')}</p>;
  if (preview === undefined) return <SkeletonText lines={4} />;
  const { outcome, rule, stages, expiration, refusal, existingRequestId } = preview;
  // Nobody has done anything wrong yet: the form is still being filled in.
  const isUnanswered = refusal?.code === 'access_request.answers_invalid';
  return (
    <div className={styles.preview} aria-live="polite">
      {refusal !== undefined && (
        <Banner
          tone={isUnanswered ? 'info' : 'warning'}
          action={
            existingRequestId !== undefined && (
              <LinkTo to="/requests/$id" params={{ id: existingRequestId }}>
                {t('requests.form.openExisting')}
              </LinkTo>
            )
          }
        >
          {isUnanswered ? t('requests.preview.unanswered') : refusal.detail}
        </Banner>
      )}
      <p className={styles.outcome}>{t(`requests.preview.${outcome}`)}</p>
      {outcome !== 'review' && <p>{t(`requests.preview.${outcome}Text`)}</p>}
      {rule !== undefined && <p className="small text-2">{t('requests.preview.rule', { rule })}</p>}
      {outcome === 'review' && <Stages stages={stages} />}
      {outcome === 'review' && usual !== undefined && <p>{t('requests.preview.usually', { usual })}</p>}
      {outcome !== 'deny' && (
        <p>
          {expiration === null ? (
            t('requests.preview.endless')
          ) : (
            <Say
              id="requests.preview.ends"
              values={{ when: <TimeStamp value={expiration} style="date" withRelative /> }}
            />
          )}
        </p>
      )}
    </div>
  );
}
