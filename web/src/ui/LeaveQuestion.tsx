import { useBlocker } from '@tanstack/react-router';
import { useText } from '../app/messages/use-text.tsx';
import { ConfirmDialog } from './ConfirmDialog.tsx';
import { useUnsaved } from './unsaved.tsx';

/** Leaving a page with a draft on it asks first, whichever way one leaves. */
export function LeaveQuestion({ mustAsk }: { readonly mustAsk: () => boolean }) {
  const t = useText();
  useUnsaved(mustAsk);
  const blocker = useBlocker({
    shouldBlockFn: ({ current, next }) => mustAsk() && current.pathname !== next.pathname,
    enableBeforeUnload: mustAsk,
    withResolver: true,
  });
  return (
    <ConfirmDialog
      isOpen={blocker.status === 'blocked'}
      title={t('ui.leave.title')}
      confirmLabel={t('ui.leave.confirm')}
      keepLabel={t('ui.leave.stay')}
      onConfirm={() => blocker.proceed?.()}
      onClose={() => blocker.reset?.()}
    >
      <p>{t('ui.leave.text')}</p>
    </ConfirmDialog>
  );
}
