import { listIdentificationRuns, startIdentification } from '@stoa/contract/identification';
import { useNavigate } from '@tanstack/react-router';
import { useText } from '../../app/messages/use-text.tsx';
import { useCommand } from '../../lib/api.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { useAnnounce } from '../../ui/LiveRegion.tsx';

type Props = {
  readonly body: { domainId: string } | { connectionKey: string } | { dataSourceId: number };
  readonly label?: string;
  readonly size?: 'xs' | 'sm';
};

/** Begins a run over what the page is about, and opens it. */
export function StartButton({ body, label, size = 'sm' }: Props) {
  const t = useText();
  const announce = useAnnounce();
  const navigate = useNavigate();
  const open = (id: string) => void navigate({ to: '/govern/identification/$id', params: { id }, search: {} });
  const start = useCommand(startIdentification, {
    invalidates: [listIdentificationRuns],
    onSuccess: ({ id }) => {
      announce(t('identification.started'));
      open(id);
    },
  });
  return (
    <>
      <ActionButton
        size={size}
        label={label ?? t('identification.start')}
        isBusy={start.isPending}
        onClick={() => start.mutate({ body })}
      />
      {start.error !== null && <ErrorNotice problem={start.error} isWrite />}
    </>
  );
}
