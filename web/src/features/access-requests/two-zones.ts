import type { IntlShape } from 'react-intl';

const minute = { day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit' } as const;

/** An instant by the clock on the reader's wall, and by UTC; one alone where both are the same. */
export function inTwoZones(intl: IntlShape, value: string): { readonly local: string; readonly utc: string | null } {
  const date = new Date(value);
  const local = intl.formatDate(date, { ...minute, timeZoneName: 'short' });
  const utc = intl.formatDate(date, { ...minute, timeZone: 'UTC', timeZoneName: 'short' });
  return { local, utc: utc === local ? null : utc };
}
