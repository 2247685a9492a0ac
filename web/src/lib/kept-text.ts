import { useCallback, useState } from 'react';

function read(key: string): unknown {
  try {
    return JSON.parse(sessionStorage.getItem(key) ?? 'null');
  } catch {
    return null;
  }
}

/**
 * State that outlives a reload and a sign-in: what somebody wrote is never lost before it was sent.
 * @param parse what was stored may come from an older release; anything it does not know is `undefined`
 */
export function useKept<T>(key: string, parse: (stored: unknown) => T | undefined) {
  const [value, setValue] = useState<T | undefined>(() => parse(read(key)));
  const keep = useCallback(
    (next: T) => {
      setValue(next);
      sessionStorage.setItem(key, JSON.stringify(next));
    },
    [key],
  );
  const forget = useCallback(() => {
    setValue(undefined);
    sessionStorage.removeItem(key);
  }, [key]);
  return { value, keep, forget };
}
