import { CloseButton } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import type { AccessGap, AccessRow } from '@stoa/contract/report';
import { useEffect, useState } from 'react';
import { Say, useText } from '../../app/messages/use-text.tsx';
import { Banner } from '../../ui/Banner.tsx';
import { InstantField } from '../../ui/InstantField.tsx';
import { TimeStamp } from '../../ui/TimeStamp.tsx';
import styles from './reports.module.css';

/** A year is typed digit by digit: nobody means the year 2. */
const firstYear = '1900';

/** The moment that a report speaks of; without one it speaks of now. Sent once it was typed to its end. */
export function MomentField({ at, onChange }: { at: string | undefined; onChange: (at: string) => void }) {
  const t = useText();
  const [typed, setTyped] = useState(at ?? '');
  useEffect(() => setTyped(at ?? ''), [at]);
  const send = (value: string) => {
    if (value !== (at ?? '')) onChange(value);
  };
  const sendSoon = useDebouncedCallback((value: string) => send(value), 600);
  const change = (value: string) => {
    setTyped(value);
    if (value >= firstYear) sendSoon(value);
    else sendSoon.cancel();
  };
  const leave = () => {
    sendSoon.cancel();
    send(typed);
  };
  return (
    <InstantField
      className={styles.moment ?? ''}
      label={t('reports.at')}
      value={typed}
      onChange={change}
      onBlur={leave}
      onKeyDown={(event) => {
        if (event.key === 'Enter') leave();
      }}
      rightSection={
        at === undefined ? undefined : (
          <CloseButton size="sm" aria-label={t('reports.at.now')} onClick={() => onChange('')} />
        )
      }
    />
  );
}

type AsOf = { readonly at: string; readonly gaps: readonly AccessGap[] };

/** That the rows are not those of now, and what is not known of that moment; that nothing is, the empty table says. */
export function AsOfNotice({ asOf: { at, gaps } }: { asOf: AsOf }) {
  const t = useText();
  return (
    <Banner>
      <Say id="reports.at.notice" values={{ when: <TimeStamp value={at} isFocusable /> }} />{' '}
      {gaps.flatMap((gap) => (gap === 'BEFORE_SOURCE' ? [] : t(`reports.gap.${gap}`))).join(' ')}
    </Banner>
  );
}

/** How sure it is that a row stood then. */
export function Evidence({
  row: { evidence, verifiedAt, since },
}: {
  row: Pick<AccessRow, 'evidence' | 'verifiedAt' | 'since'>;
}) {
  if (evidence === null) return null;
  const when = verifiedAt ?? since;
  return (
    <span className={styles.under}>
      <Say
        id={`reports.evidence.${evidence}`}
        values={{ when: when === null ? '' : <TimeStamp value={when} style="date" /> }}
      />
    </span>
  );
}
