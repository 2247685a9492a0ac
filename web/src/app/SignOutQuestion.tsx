import { ConfirmDialog } from '../ui/ConfirmDialog.tsx';
import { useText } from './messages/use-text.tsx';
import { useSignOut } from './sign-out.ts';

/** Signing out takes drafts along, so it asks first where the page holds one. */
export function SignOutQuestion({ onClose }: { onClose: () => void }) {
  const t = useText();
  const leave = useSignOut();
  return (
    <ConfirmDialog
      isOpen
      title={t('leaving.title')}
      confirmLabel={t('leaving.confirm')}
      keepLabel={t('ui.leave.stay')}
      isBusy={leave.isBusy}
      problem={leave.problem}
      onConfirm={leave.signOut}
      onClose={onClose}
    >
      <p>{t('leaving.text')}</p>
    </ConfirmDialog>
  );
}
