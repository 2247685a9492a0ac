import type { AccessRequest } from '@stoa/contract/access-request';
import { requestStatus } from '@stoa/contract/enums';
import { getAccessRequestProvisioning, type ProvisioningSummary } from '@stoa/contract/provisioning';
import { useText } from '../../app/messages/use-text.tsx';
import { useOperation } from '../../lib/api.ts';
import { wordOf } from '../../lib/members.ts';
import { railStepsOf } from '../../ui/rail-steps.tsx';

const moving = new Set(['PROVISIONING', 'REMOVING']);
const askEveryMs = 1_000;

/** Of access that is over: whether it was ever seen to stand. Of exceptions it is not told. */
export const wasGranted = (type: AccessRequest['type'], summary: ProvisioningSummary | undefined) =>
  type === 'DATA_ACCESS' ? summary?.activeAt !== undefined : undefined;

/**
 * Where the access of a request stands, object by object, and the rail that shows it. While the platform works the
 * answer is asked for each second: the rail must fill also where the event stream is cut off.
 */
export function useAccessRail(request: AccessRequest | undefined) {
  const t = useText();
  const isMoving = request?.provisioning !== undefined && moving.has(request.provisioning.state);
  const provisioning = useOperation(
    getAccessRequestProvisioning,
    { params: { id: request?.id ?? '' } },
    {
      enabled: request !== undefined && request.status !== 'PENDING',
      ...(isMoving ? { refetchIntervalMs: askEveryMs } : {}),
    },
  );
  if (request === undefined) return { steps: [], provisioning };
  const status = wordOf(requestStatus.options, request.status) ?? 'PENDING';
  const summary = provisioning.data ?? request.provisioning;
  const hasEnded = status === 'EXPIRED' || status === 'REVOKED';
  const steps = railStepsOf({
    status,
    statusLabel: status === 'PENDING' ? t('requests.rail.undecided') : t(`ui.status.${hasEnded ? 'APPROVED' : status}`),
    provisioning: summary?.state ?? 'NONE',
    requestedAt: request.createdAt,
    decidedAt: request.decidedAt,
    wasGranted: wasGranted(request.type, summary),
    grantedAt: summary?.activeAt,
    // What was seen last of access that is over is its end.
    verifiedAt: hasEnded ? summary?.activeAt : summary?.lastVerifiedAt,
    expiresAt: status === 'REVOKED' ? request.updatedAt : request.expiration,
  });
  const last = hasEnded ? { label: t(`ui.status.${status}`) } : {};
  return { steps: steps.map((step) => (step.node === 'expires' ? { ...step, ...last } : step)), provisioning };
}

export type RailState = ReturnType<typeof useAccessRail>;
