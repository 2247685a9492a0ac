import type { Ability } from '@stoa/contract/person';
import { listVerifications, startVerification } from '@stoa/contract/verification';
import { useNavigate } from '@tanstack/react-router';
import { useText } from '../../app/messages/use-text.tsx';
import { useCommand } from '../../lib/api.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { useAnnounce } from '../../ui/LiveRegion.tsx';

/** Begins a run, and opens it. */
export function StartButton({ label, ability }: { label?: string; ability?: Ability }) {
  const t = useText();
  const announce = useAnnounce();
  const navigate = useNavigate();
  const start = useCommand(startVerification, {
    invalidates: [listVerifications],
    onSuccess: ({ id }) => {
      announce(t('verification.started'));
      void navigate({ to: '/admin/verification/$id', params: { id }, search: {} });
    },
  });
  return (
    <>
      <ActionButton
        tone="primary"
        label={label ?? t('verification.start')}
        isBusy={start.isPending}
        {...(ability === undefined ? {} : { ability })}
        onClick={() => start.mutate({})}
      />
      {start.error !== null && <ErrorNotice problem={start.error} isWrite />}
    </>
  );
}
