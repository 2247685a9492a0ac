import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import { type FacetValues, sortKnown } from './facets.ts';
import type { LeftOutProps } from './LeftOutNote.tsx';
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

/** No link is mistyped but now and then. */
const Note = lazy(() => import('./LeftOutNote.tsx').then((part) => ({ default: part.LeftOutNote })));

export function LeftOut(props: LeftOutProps) {
  return <Suspense>{props.values.length > 0 && <Note {...props} />}</Suspense>;
}
