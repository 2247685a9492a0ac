import type { Evidence } from '@stoa/contract/evidence';
import { IconAlertTriangle, IconInfoCircle, IconShieldX } from '@tabler/icons-react';
import { useIntl } from 'react-intl';
import { Say, useText } from '../../app/messages/use-text.tsx';
import { useDurationText } from '../../ui/DurationPicker.tsx';
import { pathOfAsked, targetNameOf, TargetLink } from './asked-target.tsx';
import styles from './review.module.css';

const strong = (chunks: React.ReactNode) => <strong>{chunks}</strong>;

function Target({ evidence: { request } }: { evidence: Evidence }) {
  return (
    <TargetLink request={request} className={styles.target ?? ''}>
      {pathOfAsked(request) ?? targetNameOf(request)}
    </TargetLink>
  );
}

/** "5 objects in PostgreSQL and 1 in Snowflake": what would be gained, by platform. */
function useGain(evidence: Evidence): { count: number; words: string } {
  const t = useText();
  const intl = useIntl();
  const gained = evidence.sources.filter((source) => source.effect === 'GAINS_ACCESS');
  const platforms = [...new Set(gained.map((source) => source.technology))];
  const parts = platforms.map((technology) =>
    t('reviews.sentence.objects', { count: gained.filter((one) => one.technology === technology).length, technology }),
  );
  return { count: gained.length, words: intl.formatList(parts) };
}

export function SignalList({ signals }: { signals: Evidence['signals'] }) {
  const marks = { stop: IconShieldX, warn: IconAlertTriangle, info: IconInfoCircle };
  return (
    <ul className={styles.signals}>
      {signals.map((signal) => {
        const Mark = marks[signal.severity];
        return (
          <li key={`${signal.code}-${signal.text}`} data-severity={signal.severity}>
            <Mark size={16} stroke={1.75} aria-hidden="true" />
            <span>{signal.text}</span>
          </li>
        );
      })}
    </ul>
  );
}

/** The whole request in two sentences, and what speaks against it at first sight. */
export function SentenceBlock({ evidence }: { evidence: Evidence }) {
  const t = useText();
  const duration = useDurationText();
  const gain = useGain(evidence);
  const { requester, beneficiary, request, decision } = evidence;
  const isForOther = requester.person.globalUserId !== beneficiary.person.globalUserId;
  const asked = decision.requestedDuration ?? request.requestedDuration ?? null;
  const columns = evidence.sources.reduce((sum, source) => sum + source.columnCount, 0);
  const masked = evidence.sources.reduce((sum, source) => sum + source.maskedColumnCount, 0);
  const isUnmask = request.type === 'MASKING_EXCEPTION';
  const who = beneficiary.person.name;
  const warnings = evidence.signals.filter((signal) => signal.severity !== 'info');
  return (
    <section className={styles.sentence} aria-label={t('reviews.sentence.label')}>
      <p className="lead">
        <Say
          id={isUnmask ? 'reviews.sentence.unmask' : isForOther ? 'reviews.sentence.forOther' : 'reviews.sentence.asks'}
          values={{
            b: strong,
            requester: requester.person.name,
            who,
            group: beneficiary.groups[0] ?? beneficiary.person.username,
            count: evidence.maskingColumns.length,
            target: <Target evidence={evidence} />,
            duration:
              asked === null
                ? t('reviews.sentence.endless')
                : t('reviews.sentence.for', {
                    duration: duration({ duration: asked.amount, durationUnit: asked.unit }),
                  }),
          }}
        />{' '}
        {request.status === 'PENDING' &&
          !isUnmask &&
          (gain.count === 0
            ? t(request.asset?.registered === false ? 'reviews.sentence.unregistered' : 'reviews.sentence.nothing')
            : t('reviews.sentence.gains', { who, objects: gain.words }))}{' '}
        {columns > 0 &&
          !isUnmask &&
          t(masked === 0 ? 'reviews.sentence.unmasked' : 'reviews.sentence.masked', { masked, columns })}
      </p>
      {warnings.length > 0 && <SignalList signals={warnings} />}
    </section>
  );
}
