import { useBlocker } from '@tanstack/react-router';
import { useText } from '../app/messages/use-text.tsx';
import { membersOf } from '../lib/members.ts';
import { ConfirmDialog } from './ConfirmDialog.tsx';
import { useUnsaved } from './unsaved.tsx';

type Props = {
  readonly mustAsk: () => boolean;
  /** The draft stands on one tab of the page, and another tab takes it away. */
  readonly isOnTab?: boolean;
};

const tabOf = (search: unknown): unknown => membersOf(search)['tab'];

/** Leaving a page with a draft on it asks first, whichever way one leaves. */
export function LeaveQuestion({ mustAsk, isOnTab = false }: Props) {
  const t = useText();
  useUnsaved(mustAsk);
  const blocker = useBlocker({
    shouldBlockFn: ({ current, next }) =>
      mustAsk() && (current.pathname !== next.pathname || (isOnTab && tabOf(current.search) !== tabOf(next.search))),
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
