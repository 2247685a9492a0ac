import { useIntl } from 'react-intl';
import { useText } from '../../app/messages/use-text.tsx';
import type { Gain } from './decision.ts';

type Props = { readonly gain: Gain; readonly who: string; readonly kind: 'approve' | 'time'; readonly period: string };

/** What an approval comes to where the beneficiary has no account yet: access begins with it. */
export function EffectLater({ gain: { now, later, missing }, who, kind, period }: Props) {
  const t = useText();
  const intl = useIntl();
  const accounts = missing.map(({ connectionKey: connection, name }) =>
    name === undefined ? t('later.anyAccount', { connection }) : t('later.account', { name, connection }),
  );
  return t(`later.${kind}`, {
    who,
    period,
    now,
    objects: later,
    accounts: intl.formatList(accounts, { type: 'disjunction' }),
  });
}
