import { SideDialog } from '../ui/Dialog.tsx';
import { useText } from './messages/use-text.tsx';
import { Navigation } from './Navigation.tsx';

/** The navigation on small screens: a sheet from below. */
export function NavigationSheet({ onClose }: { onClose: () => void }) {
  const t = useText();
  return (
    <SideDialog
      opened
      onClose={onClose}
      position="bottom"
      size="auto"
      title={t('shell.nav.title')}
      closeButtonProps={{ 'aria-label': t('shell.nav.close') }}
    >
      <Navigation onFollow={onClose} />
    </SideDialog>
  );
}
