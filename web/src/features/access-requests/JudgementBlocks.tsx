import type { Determination } from '@stoa/contract/approval-record';
import type { Evidence } from '@stoa/contract/evidence';
import { Say, useText } from '../../app/messages/use-text.tsx';
import { wordOf } from '../../lib/members.ts';
import { useDurationText } from '../../ui/DurationPicker.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { Timeline } from '../../ui/Timeline.tsx';
import { TimeStamp } from '../../ui/TimeStamp.tsx';
import { EvidenceBlock } from './EvidenceBlock.tsx';
import styles from './review.module.css';
import { RecordLine } from './RecordLine.tsx';

function PastDecision({ past }: { past: Determination }) {
  const duration = useDurationText();
  const { duration: amount, durationUnit: unit } = past;
  const period =
    typeof amount === 'number' && unit !== null && unit !== undefined ? { duration: amount, durationUnit: unit } : null;
  return (
    <li>
      <p>
        <Say
          id={past.status === 'APPROVED' ? 'reviews.precedent.approved' : 'reviews.precedent.denied'}
          values={{
            who: <strong>{past.actionBy?.name ?? ''}</strong>,
            whom: past.user.name,
            period: duration(period),
            when: <TimeStamp value={past.createdAt} style="relative" />,
          }}
        />{' '}
        {past.requestId !== undefined && (
          <LinkTo to="/requests/$id" params={{ id: past.requestId }}>
            <Say id="reviews.precedent.open" />
          </LinkTo>
        )}
      </p>
      {past.reason !== undefined && <p className={styles.quote}>{past.reason}</p>}
    </li>
  );
}

/** The last decisions that people made here: whom to ask, and what was thought then. */
export function PrecedentBlock({ evidence }: { evidence: Evidence }) {
  const t = useText();
  const { approvals, denials } = evidence.precedent;
  return (
    <EvidenceBlock title={t('reviews.precedent.title')}>
      <div className={styles.pair}>
        {(
          [
            ['reviews.precedent.approvals', approvals],
            ['reviews.precedent.denials', denials],
          ] as const
        ).map(([label, decisions]) => (
          <div key={label}>
            <h3 className="group-label">{t(label, { count: decisions.length })}</h3>
            {decisions.length === 0 ? (
              <p className="text-2">{t('reviews.precedent.empty')}</p>
            ) : (
              <ul className={styles.lines}>
                {decisions.map((past) => (
                  <PastDecision key={past.id} past={past} />
                ))}
              </ul>
            )}
          </div>
        ))}
      </div>
    </EvidenceBlock>
  );
}

/** The slots of this request, by stage: who decided what, who may decide the rest. */
export function StagesBlock({ evidence }: { evidence: Evidence }) {
  const t = useText();
  const { stages, records } = evidence;
  return (
    <EvidenceBlock
      id="stages"
      title={t('requests.stages.title')}
      summary={t('requests.stages.summary', {
        satisfied: stages.filter((stage) => stage.satisfied).length,
        total: stages.length,
      })}
    >
      {stages.map((stage) => (
        <div key={stage.number}>
          {stages.length > 1 && (
            <h3 className="group-label">{t(`requests.stages.${stage.mode}`, { number: stage.number })}</h3>
          )}
          <ul className={styles.lines}>
            {records
              .filter((record) => stage.recordIds.includes(record.id))
              .map((record) => (
                <RecordLine key={record.id} record={record} />
              ))}
          </ul>
        </div>
      ))}
      {stages.length === 0 && <p className="text-2">{t('requests.stages.empty')}</p>}
    </EvidenceBlock>
  );
}

const tones: Readonly<Record<string, 'success' | 'danger' | 'pending'>> = {
  approved: 'success',
  denied: 'danger',
  revoked: 'danger',
  submitted: 'pending',
};

const acts = ['approved', 'denied', 'rerouted', 'canceled', 'revoked', 'expired'] as const;

/** What was done and by whom, with the reason below; other entries say it in their own text. */
function wordsOf(t: ReturnType<typeof useText>, { kind, text, actor }: Evidence['timeline'][number]) {
  const act = wordOf(acts, kind);
  if (act === undefined) return { title: text, ...(actor === null ? {} : { detail: actor.name }) };
  const who = actor?.name ?? t('requests.event.rule');
  const isNamed = actor !== null && (act === 'revoked' || act === 'canceled');
  return {
    title: t(isNamed ? `requests.event.${act}By` : `requests.event.${act}`, { who }),
    ...(text === '' ? {} : { detail: text }),
  };
}

export function TimelineBlock({ evidence }: { evidence: Evidence }) {
  const t = useText();
  const entries = evidence.timeline.map((entry, at) => ({
    id: `${entry.at}-${at}`,
    at: entry.at,
    ...wordsOf(t, entry),
    tone: tones[entry.kind] ?? ('quiet' as const),
  }));
  return (
    <EvidenceBlock title={t('requests.timeline.title')}>
      <Timeline entries={entries} label={t('requests.timeline.title')} />
    </EvidenceBlock>
  );
}
