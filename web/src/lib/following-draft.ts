import { replaceEqualDeep } from '@tanstack/react-query';
import { useState } from 'react';

type Following<T> = {
  readonly draft: T;
  /** What was saved when it was looked at last. */
  readonly base: T;
  readonly sent: T | undefined;
  /** Somebody else has saved while the draft is another than what they saved. */
  readonly hasMoved: boolean;
};

const isSame = <T>(a: T, b: T): boolean => replaceEqualDeep(a, b) === a;

export const startOf = <T>(saved: T): Following<T> => ({ draft: saved, base: saved, sent: undefined, hasMoved: false });

/** The draft once `saved` is known; the same one where that changes nothing. `isSaved`: what was sent last was taken. */
export function follow<T>(before: Following<T>, saved: T, isSaved: boolean): Following<T> {
  const { draft, base, sent } = before;
  const isChanged = !isSame(draft, saved);
  if (isSame(base, saved)) return before.hasMoved && !isChanged ? { ...before, hasMoved: false } : before;
  const isUntouched = isSame(draft, base) || (isSaved && draft === sent);
  // One's own save may come back while one writes on.
  const isOwn = sent !== undefined && isSame(sent, saved);
  return { draft: isUntouched ? saved : draft, base: saved, sent, hasMoved: !isUntouched && isChanged && !isOwn };
}

/** A draft follows what is saved until it is touched; what somebody else saves meanwhile is told, and never put over it. */
export function useFollowingDraft<T>(saved: T, isSaved: boolean) {
  const [state, setState] = useState(() => startOf(saved));
  const now = follow(state, saved, isSaved);
  if (now !== state) setState(now);
  const { draft, hasMoved } = now;
  const setDraft = (next: T) => setState((before) => ({ ...before, draft: next }));
  return {
    draft,
    setDraft,
    setSent: (sent: T) => setState((before) => ({ ...before, sent })),
    isChanged: !isSame(draft, saved),
    hasMoved,
    takeTheirs: () => setDraft(saved),
  };
}
