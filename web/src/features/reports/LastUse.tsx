import { Say, useText } from '../../app/messages/use-text.tsx';
import { TimeStamp } from '../../ui/TimeStamp.tsx';

/** When it was read last; without that, since when its not being read is known. */
export function LastUse({ lastUsedAt, usedSince }: { lastUsedAt: string | null; usedSince: string | null }) {
  const t = useText();
  if (lastUsedAt !== null) return <TimeStamp value={lastUsedAt} style="relative" />;
  if (usedSince === null) return <span className="text-2">{t('reports.use.unknown')}</span>;
  return (
    <span className="text-2">
      <Say id="reports.use.notSince" values={{ when: <TimeStamp value={usedSince} style="date" /> }} />
    </span>
  );
}
