import { createContext, type ReactNode, type RefObject, useContext, useEffect, useRef } from 'react';

const PendingContext = createContext<RefObject<boolean>>({ current: false });

/**
 * A change of route asks for the focus; the next page header takes it. A header may come later than its route,
 * after a lazy chunk, so the wish is kept until one is there.
 */
export function NavigationFocus({
  isArriving,
  subscribe,
  children,
}: {
  /** The first page is itself come to from another. */
  isArriving: boolean;
  subscribe: (ask: () => void) => () => void;
  children: ReactNode;
}) {
  const pending = useRef(isArriving);
  useEffect(
    () =>
      subscribe(() => {
        pending.current = true;
      }),
    [subscribe],
  );
  return <PendingContext value={pending}>{children}</PendingContext>;
}

/** The ref of the `h1` that takes the focus after a change of route. */
export function useFocusAfterNavigation(pageKey: string): RefObject<HTMLHeadingElement | null> {
  const heading = useRef<HTMLHeadingElement>(null);
  const pending = useContext(PendingContext);
  useEffect(() => {
    if (!pending.current) return;
    pending.current = false;
    heading.current?.focus({ preventScroll: true });
  }, [pending, pageKey]);
  return heading;
}
