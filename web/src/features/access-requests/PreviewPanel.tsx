import type { AccessRequestPreview } from '@stoa/contract/access-request';
import { useIntl } from 'react-intl';
import { Say, useText } from '../../app/messages/use-text.tsx';
import type { ApiProblem } from '../../lib/api-problem.ts';
import { Banner } from '../../ui/Banner.tsx';
import { SkeletonText } from '../../ui/Skeletons.tsx';
import { TimeStamp } from '../../ui/TimeStamp.tsx';
import { ExistingRequestLink } from './ExistingRequestLink.tsx';
import styles from './request-form.module.css';
import { inTwoZones } from './two-zones.ts';
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
      <p>{t('asking.preview.any', { reviewers, count: slot.reviewers.length })}</p>
      {people !== reviewers && (
        <p className="small text-2">
          {slot.peopleCount === 0
            ? t('asking.preview.nobody')
            : t(rest > 0 ? 'asking.preview.more' : 'asking.preview.people', { people, count: rest })}
        </p>
      )}
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
          <p className="group-label">{t('asking.preview.stage', { n: at + 1, count: stages.length })}</p>
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
  readonly problem: ApiProblem | null;
  /** Of masked columns, not of the data. */
  readonly isOfColumns?: boolean;
  /** "usually 5 hours", where it is known. */
  readonly usual: string | undefined;
};

/** What is left to do in the form is no refusal: it is said calmly, and the way on stays open. */
const unfinished = new Set(['access_request.answers_invalid', 'agreement.required', 'agreement.outdated']);

function Refusal({ preview }: { preview: AccessRequestPreview }) {
  const t = useText();
  const { refusal } = preview;
  if (refusal === undefined) return null;
  const isUnfinished = unfinished.has(refusal.code);
  // The request that stands in the way is named, with a link, beside what is asked for.
  if (!isUnfinished && preview.existingRequestId !== undefined) return null;
  return (
    <Banner tone={isUnfinished ? 'info' : 'warning'}>
      {isUnfinished
        ? t(
            refusal.code === 'access_request.answers_invalid'
              ? 'asking.preview.unanswered'
              : 'asking.preview.unaccepted',
          )
        : refusal.detail}
    </Banner>
  );
}

/** The end as it would be if it were approved now, by the reader's clock and by UTC. */
function End({ preview }: { preview: AccessRequestPreview }) {
  const t = useText();
  const intl = useIntl();
  const { expectedEnd, accessUntil, heldUntil, refusal } = preview;
  if (expectedEnd === null) {
    // Before the period is answered, nothing can be said about its end.
    return refusal?.code === 'access_request.answers_invalid' ? null : <p>{t('asking.preview.endless')}</p>;
  }
  const { local, utc } = inTwoZones(intl, expectedEnd);
  return (
    <>
      <p>
        <Say
          id="asking.preview.endsAt"
          values={{
            when: <time dateTime={expectedEnd}>{local}</time>,
            relative: <TimeStamp value={expectedEnd} style="relative" />,
          }}
        />
      </p>
      {utc !== null && <p className="small text-2 num">{utc}</p>}
      {heldUntil !== undefined && accessUntil !== null && accessUntil !== expectedEnd && (
        <p className="small">{t('asking.preview.heldLonger')}</p>
      )}
    </>
  );
}

/** Who would decide, what is predicted, when it would end: as the server says, for the answers as they stand. */
export function PreviewPanel({ preview, problem, isOfColumns = false, usual }: Props) {
  const t = useText();
  // Columns that cannot be asked for, or all asked for already: the answer says which.
  if (isOfColumns && problem !== null && (problem.status === 409 || problem.status === 422))
    return (
      <>
        <Banner tone="warning">{problem.detail}</Banner>
        <ExistingRequestLink problem={problem} />
      </>
    );
  if (problem !== null) return <p className="text-2">{t('asking.preview.failed')}</p>;
  if (preview === undefined) return <SkeletonText lines={4} />;
  const { outcome, rule, stages, awaitsBeneficiary } = preview;
  return (
    <div className={styles.preview} aria-live="polite">
      <Refusal preview={preview} />
      <p className={styles.outcome}>{t(`asking.preview.${outcome}`)}</p>
      {outcome !== 'review' && (
        <p>{t(isOfColumns ? `asking.preview.${outcome}Columns` : `asking.preview.${outcome}Text`)}</p>
      )}
      {rule !== undefined && <p className="small text-2">{t('asking.preview.rule', { rule })}</p>}
      {outcome === 'review' && <Stages stages={stages} />}
      {outcome === 'review' && usual !== undefined && <p>{t('asking.preview.usually', { usual })}</p>}
      {outcome !== 'deny' && <End preview={preview} />}
      {outcome !== 'deny' && awaitsBeneficiary && <p>{t('asking.preview.awaits')}</p>}
    </div>
  );
}
