import { CloseButton } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { useIntl } from 'react-intl';
import { useText } from '../app/messages/use-text.tsx';
import styles from './FilterBar.module.css';
import { type FacetValues, sortKnown } from './facets.ts';
import type { ListState } from './list-search.ts';

/**
 * The values of a filter. What cannot be one is taken out of the address, so that nothing else of the page has to know of
 * it, and is told.
 */
export function useKnownValues(list: ListState, facet: FacetValues & { readonly name: string }) {
  const [leftOut, setLeftOut] = useState<readonly string[]>([]);
  const { known, unknown } = sortKnown(facet, list.values(facet.name));
  const mistyped = unknown.join(' ');
  if (mistyped !== '' && mistyped !== leftOut.join(' ')) setLeftOut(unknown);
  const takeOut = useRef<() => void>(undefined);
  useEffect(() => {
    takeOut.current = () => list.setFilters({ [facet.name]: [...known] });
  });
  useEffect(() => {
    if (mistyped !== '') takeOut.current?.();
  }, [mistyped]);
  return { known, leftOut, dismiss: () => setLeftOut([]) };
}

type Props = { readonly label: string; readonly values: readonly string[]; readonly onDismiss: () => void };

/** Says which values of a link were none. */
export function LeftOut({ label, values, onDismiss }: Props) {
  const t = useText();
  const intl = useIntl();
  if (values.length === 0) return null;
  const quoted = intl.formatList(values.map((value) => t('ui.filter.quoted', { value })));
  return (
    <div role="status" className={styles.leftOut}>
      <span>{t('ui.filter.leftOut', { facet: label, values: quoted, count: values.length })}</span>
      <CloseButton size="sm" aria-label={t('ui.filter.dismiss')} onClick={onDismiss} />
    </div>
  );
}
