import type { AccessRequest } from '@stoa/contract/access-request';
import { lazy, Suspense, useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { abilityOn } from '../../lib/ability-on.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';

const RerouteDialog = lazy(() => import('./RerouteDialog.tsx').then((parts) => ({ default: parts.RerouteDialog })));

type Props = { readonly request: AccessRequest; readonly tone?: 'primary' | 'default'; readonly isFullWidth?: boolean };

/** For those who may give the request to other reviewers; for others nothing. */
export function RerouteButton({ request, tone = 'default', isFullWidth = false }: Props) {
  const t = useText();
  const [isOpen, setIsOpen] = useState(false);
  if (!abilityOn(request.abilities, 'reroute').allowed) return null;
  return (
    <>
      <ActionButton
        tone={tone}
        isFullWidth={isFullWidth}
        label={t('requests.reroute.open')}
        onClick={() => setIsOpen(true)}
      />
      {isOpen && (
        <Suspense fallback={null}>
          <RerouteDialog request={request} onClose={() => setIsOpen(false)} />
        </Suspense>
      )}
    </>
  );
}
