import type { EvidenceUse } from '@stoa/contract/evidence';
import { Say, useText } from '../../app/messages/use-text.tsx';
import { TimeStamp } from '../../ui/TimeStamp.tsx';
import { EvidenceBlock } from './EvidenceBlock.tsx';

/** What they did with it while they had it, as far as the platforms tell. */
export function UseBlock({ use }: { use: EvidenceUse }) {
  const t = useText();
  const { sources, countedSources, usedSources, calls, lastAt, countedSince, days } = use;
  const isKnown = countedSources > 0 && countedSince !== null;
  return (
    <EvidenceBlock
      title={t('activity.before.title')}
      {...(isKnown ? { summary: t('activity.before.count', { used: usedSources, sources }) } : {})}
    >
      <p>
        {!isKnown && t('activity.before.unknown')}
        {isKnown && lastAt === null && (
          <Say id="activity.before.none" values={{ days, since: <TimeStamp value={countedSince} style="date" /> }} />
        )}
        {isKnown && lastAt !== null && (
          <Say
            id="activity.before.some"
            values={{ calls, days, used: usedSources, sources, last: <TimeStamp value={lastAt} style="relative" /> }}
          />
        )}
      </p>
      {isKnown && countedSources < sources && (
        <p className="text-2">{t('activity.before.partly', { count: sources - countedSources })}</p>
      )}
    </EvidenceBlock>
  );
}
