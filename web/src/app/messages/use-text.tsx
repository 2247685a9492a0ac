import type { ReactNode } from 'react';
import { useCallback } from 'react';
import { FormattedMessage, useIntl } from 'react-intl';
import type { en } from './en.ts';

export type MessageId = keyof typeof en;
export type TextValues = Record<string, string | number | boolean | Date>;

/** The text of a message of the catalogue, as a string. */
export function useText(): (id: MessageId, values?: TextValues) => string {
  const intl = useIntl();
  return useCallback((id, values) => intl.formatMessage({ id }, values), [intl]);
}

type RichValue = ReactNode | Date | ((chunks: ReactNode) => ReactNode);

/** The text of a message with elements in it: `<Say id="…" values={{ b: (x) => <b>{x}</b> }} />`. */
export function Say({ id, values }: { id: MessageId; values?: Record<string, RichValue> }) {
  return <FormattedMessage id={id} {...(values === undefined ? {} : { values })} />;
}
