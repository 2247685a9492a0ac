import type { SourceActivity } from '@stoa/contract/query-activity';
import { useIntl } from 'react-intl';
import { useText } from '../../app/messages/use-text.tsx';
import { daysBetween } from './days-between.ts';
import styles from './query-activity.module.css';

const height = 72;
const leastBar = 3;

/** One bar a day, as high as there were calls; the table below says the same in words. */
export function DayChart({ activity }: { activity: SourceActivity }) {
  const t = useText();
  const intl = useIntl();
  const known = new Map(activity.days.map((day) => [day.day, day]));
  const days = daysBetween(activity.from, activity.to);
  const most = Math.max(1, ...activity.days.map((day) => day.calls + day.maybeCalls));
  const heightOf = (count: number): number => (count === 0 ? 0 : Math.max(leastBar, (count / most) * height));
  const dayText = (day: string): string =>
    intl.formatDate(`${day}T00:00:00Z`, { day: 'numeric', month: 'short', timeZone: 'UTC' });
  return (
    <figure className={styles.chart}>
      <svg
        viewBox={`0 0 ${days.length * 10} ${height}`}
        width="100%"
        height={height}
        preserveAspectRatio="none"
        role="img"
        aria-label={t('activity.chart', { from: dayText(activity.from), to: dayText(activity.to), most })}
      >
        {days.map((day, at) => {
          const one = known.get(day);
          const [calls, maybe] = [heightOf(one?.calls ?? 0), heightOf(one?.maybeCalls ?? 0)];
          const top = height - Math.min(height, calls + maybe);
          return (
            <g key={day}>
              <title>
                {t('activity.day', { day: dayText(day), calls: one?.calls ?? 0, accounts: one?.accounts ?? 0 })}
              </title>
              <rect fill="transparent" x={at * 10 + 1} y={0} width={8} height={height} />
              {maybe > 0 && <rect fill="var(--hatch)" x={at * 10 + 1} y={top} width={8} height={maybe} />}
              {calls > 0 && (
                <rect fill="var(--primary-solid)" x={at * 10 + 1} y={height - calls} width={8} height={calls} />
              )}
            </g>
          );
        })}
      </svg>
      <figcaption className={`small text-2 ${styles.axis}`}>
        <span>{dayText(activity.from)}</span>
        <span>{t('activity.most', { most })}</span>
        <span>{dayText(activity.to)}</span>
      </figcaption>
    </figure>
  );
}
