import { type AuditCounts, countAudit } from '@stoa/contract/audit';
import type { QueryIn } from '@stoa/contract/operation';
import { useIntl } from 'react-intl';
import { useText } from '../../app/messages/use-text.tsx';
import { useOperation } from '../../lib/api.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { FactList } from '../../ui/FactList.tsx';
import { SkeletonText } from '../../ui/Skeletons.tsx';
import { daysBetween } from '../query-activity/days-between.ts';
import activity from '../query-activity/query-activity.module.css';

const height = 64;
const leastBar = 3;

const heightOf = (count: number, most: number): number =>
  count === 0 ? 0 : Math.max(leastBar, (count / most) * height);

/** One bar a day; what failed or was refused stands at its foot. */
function Days({ counts }: { counts: AuditCounts }) {
  const t = useText();
  const intl = useIntl();
  const known = new Map(counts.days.map((one) => [one.day, one]));
  const days = daysBetween(counts.from.slice(0, 10), counts.to.slice(0, 10)).slice(-366);
  const most = Math.max(1, ...counts.days.map((one) => one.count));
  const total = counts.days.reduce((sum, one) => sum + one.count, 0);
  const dayText = (day: string): string =>
    intl.formatDate(`${day}T00:00:00Z`, { day: 'numeric', month: 'short', timeZone: 'UTC' });
  const [from, to] = [dayText(days[0] ?? ''), dayText(days.at(-1) ?? '')];
  return (
    <figure className={activity.chart}>
      <figcaption>
        <b>{t('audit.chart.title')}</b> <span className="text-2 num">{t('audit.chart.total', { count: total })}</span>
      </figcaption>
      <svg
        viewBox={`0 0 ${days.length * 10} ${height}`}
        width="100%"
        height={height}
        preserveAspectRatio="none"
        role="img"
        aria-label={t('audit.chart.text', { from, to, most })}
      >
        {days.map((day, at) => {
          const { count = 0, others = 0 } = known.get(day) ?? {};
          const [whole, foot] = [heightOf(count, most), Math.min(heightOf(count, most), heightOf(others, most))];
          return (
            <g key={day}>
              <title>{t('audit.chart.day', { day: dayText(day), count, others })}</title>
              <rect fill="transparent" x={at * 10} y={0} width={10} height={height} />
              <rect fill="var(--primary-solid)" x={at * 10 + 1} y={height - whole} width={8} height={whole - foot} />
              <rect fill="var(--danger)" x={at * 10 + 1} y={height - foot} width={8} height={foot} />
            </g>
          );
        })}
      </svg>
      <p className={`small text-2 ${activity.axis}`}>
        <span>{from}</span>
        <span>{t('audit.chart.most', { most })}</span>
        <span>{to}</span>
      </p>
    </figure>
  );
}

function Families({ counts }: { counts: AuditCounts }) {
  const t = useText();
  const intl = useIntl();
  const most = Math.max(1, ...counts.families.map((one) => one.count));
  return (
    <FactList
      label={t('audit.chart.families')}
      facts={counts.families.map(({ family, count }) => ({
        label: t(`audit.family.${family}`),
        value: (
          <>
            <svg viewBox="0 0 100 10" width="75%" height={10} preserveAspectRatio="none" aria-hidden="true">
              <rect fill="var(--primary-solid)" x={0} y={0} width={(count / most) * 100} height={10} />
            </svg>{' '}
            <span className="num">{intl.formatNumber(count)}</span>
          </>
        ),
      }))}
    />
  );
}

/** What the filter lets through, by day and by family: for the eye, before the list says it in words. */
export function AuditCharts({ query }: { query: QueryIn<typeof countAudit> }) {
  const t = useText();
  const counted = useOperation(countAudit, { query });
  if (counted.error !== null) return <ErrorNotice problem={counted.error} onRetry={() => void counted.refetch()} />;
  const counts = counted.data;
  if (counts === undefined) return <SkeletonText lines={4} />;
  if (counts.days.length === 0)
    return (
      <p className="text-2">
        {counts.countedOnly === null ? t('audit.chart.none') : t('audit.chart.noneOf', { count: counts.countedOnly })}
      </p>
    );
  return (
    <>
      <div
        style={{
          display: 'grid',
          gridTemplateColumns: 'repeat(auto-fit, minmax(min(100%, 320px), 1fr))',
          gap: '0 32px',
        }}
      >
        <Days counts={counts} />
        <Families counts={counts} />
      </div>
      {counts.countedOnly !== null && (
        <p className="text-2 small">{t('audit.chart.only', { count: counts.countedOnly })}</p>
      )}
    </>
  );
}
