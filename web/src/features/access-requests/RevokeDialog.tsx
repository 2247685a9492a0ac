import {
  type AccessRequest,
  getAccessRequestById,
  revokeAccess,
  searchAccessRequests,
} from '@stoa/contract/access-request';
import { revokeAssetRequest } from '@stoa/contract/asset';
import { searchDataProductMembers } from '@stoa/contract/access-request';
import { getAccessRequestEvidence } from '@stoa/contract/evidence';
import { listMemberships } from '@stoa/contract/membership';
import { getAccessRequestProvisioning } from '@stoa/contract/provisioning';
import { lazy, Suspense, useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { useCommand } from '../../lib/api.ts';
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx';
import { useAnnounce } from '../../ui/LiveRegion.tsx';
import { ReasonBox } from '../../ui/ReasonBox.tsx';

const EndOfAccess = lazy(() => import('./EndOfAccess.tsx').then((part) => ({ default: part.EndOfAccess })));

export type Revocable = {
  readonly requestId: string;
  readonly target: { readonly id: string; readonly type: 'DATA_PRODUCT' | 'DATA_OBJECT'; readonly name: string };
  readonly person: string;
  /** The access is the reader's own: they give it back. */
  readonly isOwn: boolean;
};

/** What a request gave, as the dialog names it; nothing for a request without a target. */
export function revocableOf(request: AccessRequest, me: string | undefined): Revocable | undefined {
  const { dataProduct, asset } = request;
  const common = { requestId: request.id, person: request.user.name, isOwn: request.user.globalUserId === me };
  if (dataProduct !== undefined) {
    return { ...common, target: { id: dataProduct.id, type: 'DATA_PRODUCT', name: dataProduct.name } };
  }
  return asset === undefined
    ? undefined
    : { ...common, target: { id: asset.id, type: 'DATA_OBJECT', name: asset.name } };
}

const shown = [
  searchAccessRequests,
  getAccessRequestById,
  getAccessRequestEvidence,
  getAccessRequestProvisioning,
  listMemberships,
  searchDataProductMembers,
];

function useRevoke(onDone: () => void) {
  const fromProduct = useCommand(revokeAccess, { invalidates: shown, onSuccess: onDone });
  const fromAsset = useCommand(revokeAssetRequest, { invalidates: shown, onSuccess: onDone });
  const revoke = (what: Revocable, reason: string) => {
    const params = { id: what.target.id, requestId: what.requestId };
    const how = { params, query: { reason } };
    if (what.target.type === 'DATA_PRODUCT') fromProduct.mutate(how);
    else fromAsset.mutate(how);
  };
  return {
    revoke,
    isBusy: fromProduct.isPending || fromAsset.isPending,
    problem: fromProduct.error ?? fromAsset.error,
  };
}

/** Takes approved access away, or gives one's own back; others get to read why. */
export function RevokeDialog({ what, onClose }: { what: Revocable; onClose: () => void }) {
  const t = useText();
  const announce = useAnnounce();
  const [reason, setReason] = useState('');
  const [isTried, setIsTried] = useState(false);
  const values = { person: what.person, target: what.target.name };
  const { revoke, isBusy, problem } = useRevoke(() => {
    announce(t('requests.revoke.done', values));
    onClose();
  });
  const isMissing = !what.isOwn && reason.trim() === '';
  return (
    <ConfirmDialog
      isOpen
      title={t(what.isOwn ? 'requests.revoke.ownTitle' : 'requests.revoke.title', values)}
      confirmLabel={t(what.isOwn ? 'requests.revoke.own' : 'requests.revoke.confirm')}
      isBusy={isBusy}
      problem={problem}
      onConfirm={() => {
        setIsTried(true);
        if (!isMissing) revoke(what, reason.trim());
      }}
      onClose={onClose}
    >
      <p>{t(what.isOwn ? 'requests.revoke.ownText' : 'requests.revoke.text', values)}</p>
      <Suspense fallback={null}>
        <EndOfAccess />
      </Suspense>
      <ReasonBox
        value={reason}
        onChange={setReason}
        isRequired={!what.isOwn}
        error={isTried && isMissing ? t('ui.reason.required') : undefined}
      />
    </ConfirmDialog>
  );
}
