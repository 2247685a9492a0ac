import { useIntl } from 'react-intl';
import { useText } from '../app/messages/use-text.tsx';
import { Hint } from './Hint.tsx';
import { relativeWords } from './relative-time.ts';

type Style = 'date' | 'dateTime' | 'relative';
type Props = {
  /** RFC 3339, UTC. */
  readonly value: string;
  readonly style?: Style;
  /** Adds "(in 89 days)". */
  readonly withRelative?: boolean;
  /** Reachable by Tab, so that UTC shows on focus too; on where the time matters (ends, proofs), off in long tables. */
  readonly isFocusable?: boolean;
};

function useWords(value: string, style: Style, withRelative: boolean): string {
  const intl = useIntl();
  const t = useText();
  const date = new Date(value);
  const relative = relativeWords(intl, date.getTime(), Date.now());
  if (style === 'relative') return relative;
  const day = { day: 'numeric', month: 'short', year: 'numeric' } as const;
  const when =
    style === 'date'
      ? intl.formatDate(date, day)
      : intl.formatDate(date, { ...day, hour: '2-digit', minute: '2-digit', timeZoneName: 'short' });
  return withRelative ? t('ui.time.withRelative', { when, relative }) : when;
}

/** An instant in the reader's zone; UTC on hover and, where it can be focused, on focus. */
export function TimeStamp({ value, style = 'dateTime', withRelative = false, isFocusable = false }: Props) {
  const t = useText();
  const words = useWords(value, style, withRelative);
  const utc = t('ui.time.utc', { utc: value.slice(0, 19).replace('T', ' ') });
  return (
    <Hint label={utc}>
      <time dateTime={value} {...(isFocusable ? { tabIndex: 0 } : {})}>
        {words}
      </time>
    </Hint>
  );
}
