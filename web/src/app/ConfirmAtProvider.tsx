import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { whenConfirmed } from '../lib/confirmed-elsewhere.ts';
import { ActionButton } from '../ui/ActionButton.tsx';
import { PlainLink } from '../ui/LinkTo.tsx';
import { useText } from './messages/use-text.tsx';

type Props = {
  readonly provider: { readonly id: string; readonly name: string };
  readonly isEnded: boolean;
  readonly onAnswer: (isConfirmed: boolean) => void;
};

/** The way to the provider that signed this session in: in another tab, so that what was begun here stays as it is. */
export function ConfirmAtProvider({ provider: { id, name }, isEnded, onAnswer }: Props) {
  const t = useText();
  const client = useQueryClient();
  const [isWaiting, setIsWaiting] = useState(false);
  useEffect(
    () =>
      whenConfirmed(() => {
        // What was under way with the former cookie found it dead.
        void client.invalidateQueries();
        onAnswer(true);
      }),
    [client, onAnswer],
  );
  return (
    <div style={{ display: 'grid', gap: 16 }}>
      <p>{t(isEnded ? 'byProvider.askEnded' : 'byProvider.ask', { name })}</p>
      <p className="text-2" role="status">
        {t(isWaiting ? 'byProvider.waiting' : 'byProvider.newTab')}
      </p>
      <div style={{ display: 'flex', flexWrap: 'wrap', justifyContent: 'flex-end', gap: 8 }}>
        <ActionButton label={t('ui.dialog.cancel')} onClick={() => onAnswer(false)} />
        <PlainLink
          look="primary"
          href={isEnded ? `/confirm-login?provider=${id}` : '/confirm-login'}
          target="_blank"
          rel="noopener"
          data-autofocus
          onClick={() => setIsWaiting(true)}
        >
          {t(isEnded ? 'byProvider.openEnded' : 'byProvider.open', { name })}
        </PlainLink>
      </div>
    </div>
  );
}
