import type { DrawerProps, ModalProps } from '@mantine/core';
import { lazy, Suspense, useLayoutEffect, useState } from 'react';

// What catches the focus and holds the page still weighs more than most screens, and no screen begins with a dialog.
const Modal = lazy(() => import('./DialogParts.tsx').then((parts) => ({ default: parts.Modal })));
const Drawer = lazy(() => import('./DialogParts.tsx').then((parts) => ({ default: parts.Drawer })));

/** Once asked for it stays, so that it can close as it opened. */
function useWasOpened(isOpen: boolean): boolean {
  const [wasOpened, setWasOpened] = useState(isOpen);
  if (isOpen && !wasOpened) setWasOpened(true);
  return wasOpened || isOpen;
}

/**
 * What had the focus before the dialog has it again afterwards, also when the dialog is made open or goes away open.
 * Where the act took its own control away, the heading of the page has it.
 */
function useGivenBackFocus(isOpen: boolean) {
  useLayoutEffect(() => {
    if (!isOpen) return;
    const opener = document.activeElement;
    return () => {
      const atClose = document.activeElement;
      setTimeout(() => {
        const now = document.activeElement;
        if (now !== null && now !== document.body && now !== atClose) return;
        const next = opener?.isConnected === true ? opener : document.querySelector('main h1');
        if (next instanceof HTMLElement) next.focus({ preventScroll: true });
      }, 10);
    };
  }, [isOpen]);
}

/** A dialog in the middle of the window. Its code is fetched when it first opens. */
export function Dialog(props: ModalProps) {
  useGivenBackFocus(props.opened);
  return (
    <Suspense fallback={null}>
      {useWasOpened(props.opened) && <Modal {...props} returnFocus={false} attributes={headerIsNoBanner} />}
    </Suspense>
  );
}

/** A dialog at the side of the window, fetched likewise. */
export function SideDialog(props: DrawerProps) {
  useGivenBackFocus(props.opened);
  return (
    <Suspense fallback={null}>
      {useWasOpened(props.opened) && <Drawer {...props} returnFocus={false} attributes={headerIsNoBanner} />}
    </Suspense>
  );
}

/** The element is a `header`, which would make a second banner of the page. */
const headerIsNoBanner = { header: { role: 'presentation' } };
