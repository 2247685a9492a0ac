import { useLocalStorage } from '@mantine/hooks';
import { useEffect } from 'react';

export const densities = ['comfortable', 'default', 'compact'] as const;
export type Density = (typeof densities)[number];

/** Kept as plain words: the script that runs before the first paint reads them without parsing. */
function useWord<W extends string>(key: string, words: readonly W[], fallback: W) {
  return useLocalStorage<W>({
    key,
    defaultValue: fallback,
    getInitialValueInEffect: false,
    serialize: (value) => value,
    deserialize: (value) => words.find((word) => word === value) ?? fallback,
  });
}

export function useDensity() {
  const [density, setDensity] = useWord('stoa-density', densities, 'default');
  useEffect(() => {
    document.documentElement.dataset.density = density;
  }, [density]);
  return [density, setDensity] as const;
}

/** Single-letter keys can be switched off (WCAG 2.1.4). */
export const useSingleKeys = () => useWord('stoa-single-keys', ['on', 'off'], 'on');
export const useNavigationWidth = () => useWord('stoa-navigation', ['wide', 'narrow'], 'wide');
