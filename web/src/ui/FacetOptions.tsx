import { Checkbox, TextInput } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { useText } from '../app/messages/use-text.tsx';
import styles from './FilterBar.module.css';
import { type Facet, withChosen } from './facets.ts';
import { matchingOptions } from './search-options.ts';

/** Of more options than these, some are found by typing. */
const searchedFrom = 12;

type Props = {
  readonly facet: Facet;
  readonly chosen: readonly string[];
  readonly onToggle: (value: string) => void;
};

/** The options of a filter, in its panel. */
export function FacetOptions({ facet, chosen, onToggle }: Props) {
  const t = useText();
  const [typed, setTyped] = useState('');
  const list = useRef<HTMLDivElement>(null);
  const isSearched = facet.options.length > searchedFrom;
  const hasOptions = facet.options.length > 0;
  // They come a moment after the panel, which has the focus until then.
  useEffect(() => {
    const panel = list.current?.parentElement;
    if (hasOptions && panel !== null && panel === document.activeElement) panel?.querySelector('input')?.focus();
  }, [hasOptions]);
  return (
    <>
      {isSearched && (
        <TextInput
          type="search"
          size="sm"
          className={styles.optionSearch ?? ''}
          aria-label={t('ui.filter.within', { facet: facet.label })}
          placeholder={t('ui.filter.within', { facet: facet.label })}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
      )}
      {!hasOptions && facet.note !== undefined && (
        <p className="text-2" role="status">
          {facet.note}
        </p>
      )}
      <div ref={list} className={styles.options} role="group" aria-label={facet.label}>
        {matchingOptions(withChosen(facet.options, chosen), isSearched ? typed : '').map((option) => (
          <Checkbox
            key={option.value}
            size="sm"
            checked={chosen.includes(option.value)}
            onChange={() => onToggle(option.value)}
            label={
              <span className={styles.option}>
                <span>{option.label}</span>
                {option.count !== undefined && <span className="text-2 num">{option.count}</span>}
              </span>
            }
          />
        ))}
      </div>
    </>
  );
}
