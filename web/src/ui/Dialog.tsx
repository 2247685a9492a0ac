import type { DrawerProps, ModalProps } from '@mantine/core';
import { lazy, Suspense, useState } from 'react';

// What catches the focus and holds the page still weighs more than most screens, and no screen begins with a dialog.
const Modal = lazy(() => import('./DialogParts.tsx').then((parts) => ({ default: parts.Modal })));
const Drawer = lazy(() => import('./DialogParts.tsx').then((parts) => ({ default: parts.Drawer })));

/** Once asked for it stays, so that it can close as it opened. */
function useWasOpened(isOpen: boolean): boolean {
  const [wasOpened, setWasOpened] = useState(isOpen);
  if (isOpen && !wasOpened) setWasOpened(true);
  return wasOpened || isOpen;
}

/** A dialog in the middle of the window. Its code is fetched when it first opens. */
export function Dialog(props: ModalProps) {
  return (
    <Suspense fallback={null}>
      {useWasOpened(props.opened) && <Modal {...props} attributes={headerIsNoBanner} />}
    </Suspense>
  );
}

/** A dialog at the side of the window, fetched likewise. */
export function SideDialog(props: DrawerProps) {
  return (
    <Suspense fallback={null}>
      {useWasOpened(props.opened) && <Drawer {...props} attributes={headerIsNoBanner} />}
    </Suspense>
  );
}

/** The element is a `header`, which would make a second banner of the page. */
const headerIsNoBanner = { header: { role: 'presentation' } };
