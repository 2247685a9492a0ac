import { useCallback, useState } from 'react';

function read(key: string): unknown {
  try {
    return JSON.parse(sessionStorage.getItem(key) ?? 'null');
  } catch {
    return null;
  }
}

const ownerKey = 'stoa-kept-of';

/** What was written in this tab goes with whoever wrote it. */
export function forgetKept(): void {
  for (const key of Object.keys(sessionStorage)) if (key.startsWith('stoa-')) sessionStorage.removeItem(key);
}

/** Somebody has signed in: what another person wrote in this tab is neither shown to them nor sent by them. */
export function keepOnlyOf(personId: string): void {
  if (sessionStorage.getItem(ownerKey) === personId) return;
  forgetKept();
  sessionStorage.setItem(ownerKey, personId);
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
