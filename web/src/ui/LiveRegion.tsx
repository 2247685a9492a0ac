import { createContext, type ReactNode, useCallback, useContext, useRef, useState } from 'react';

type Announce = (text: string) => void;
const AnnounceContext = createContext<Announce>(() => undefined);

/** One polite live region for the app: results that are seen must also be heard. */
export function LiveRegion({ children }: { children: ReactNode }) {
  const [text, setText] = useState('');
  const turn = useRef(false);
  const announce = useCallback<Announce>((next) => {
    // Screen readers stay silent when a text is set again; a no-break space at the end makes it another one.
    turn.current = !turn.current;
    setText(turn.current ? next : `${next}\u00a0`);
  }, []);
  return (
    <AnnounceContext value={announce}>
      {children}
      <div role="status" aria-live="polite" className="sr-only">
        {text}
      </div>
    </AnnounceContext>
  );
}

export const useAnnounce = (): Announce => useContext(AnnounceContext);
