import { createContext, type ReactNode, useContext, useEffect, useRef, useState } from 'react';

type IsUnsaved = () => boolean;
type Watch = { readonly add: (one: IsUnsaved) => () => void; readonly isAny: IsUnsaved };

const UnsavedContext = createContext<Watch>({ add: () => () => undefined, isAny: () => false });

function makeWatch(): Watch {
  const all = new Set<IsUnsaved>();
  return {
    add: (one) => {
      all.add(one);
      return () => void all.delete(one);
    },
    isAny: () => [...all].some((one) => one()),
  };
}

/** Knows of the drafts that stand on the page, for whoever is about to take the page away. */
export function UnsavedDrafts({ children }: { children: ReactNode }) {
  const [watch] = useState(makeWatch);
  return <UnsavedContext value={watch}>{children}</UnsavedContext>;
}

/** While the component stands: whether it holds what signing out would lose. */
export function useUnsaved(isUnsaved: IsUnsaved) {
  const { add } = useContext(UnsavedContext);
  const latest = useRef(isUnsaved);
  useEffect(() => {
    latest.current = isUnsaved;
  });
  useEffect(() => add(() => latest.current()), [add]);
}

/** Whether something on the page is unsaved, asked at the moment of the act. */
export const useIsAnyUnsaved = (): IsUnsaved => useContext(UnsavedContext).isAny;
