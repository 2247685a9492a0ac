import type { AuditActor, AuditEntry } from '../../audit/append.ts';
import type { Call } from '../../http/route.ts';
import type { Emission } from '../../work/emission.ts';
import type { LoadedRequest } from './load-requests.ts';

type About = Pick<
  LoadedRequest,
  | 'id'
  | 'type'
  | 'requesting_user'
  | 'beneficiary'
  | 'target_id'
  | 'target_name'
  | 'data_product_id'
  | 'domains'
  | 'form_version'
>;
type Act = {
  action: string;
  actor: AuditActor;
  call?: Call | undefined;
  payload?: Record<string, unknown>;
  actionStatus?: AuditEntry['actionStatus'];
  emits?: readonly Emission[];
};

export const callFacts = (call: Call | undefined): Pick<AuditEntry, 'actorIp' | 'requestId' | 'sessionId'> => ({
  actorIp: call?.via === undefined ? call?.ip : undefined,
  requestId: call?.id,
  sessionId: call?.by === 'session' ? call.credentialId : undefined,
});

/** One audit row about a request. It names people, target and versions; answers stay where they are. */
export const requestAudit = (
  request: About,
  { action, actor, call, payload, actionStatus, emits = [] }: Act,
): AuditEntry => ({
  action,
  actor,
  ...(actionStatus === undefined ? {} : { actionStatus }),
  ...callFacts(call),
  targetType: 'ACCESS_REQUEST',
  targets: [{ id: request.id, name: request.target_name, type: request.type }],
  relatedResources: [
    {
      id: request.target_id,
      name: request.target_name,
      type: request.data_product_id === null ? 'DATA_OBJECT' : 'DATA_PRODUCT',
    },
    { id: request.requesting_user.globalUserId, name: request.requesting_user.name, type: 'REQUESTING_USER' },
    { id: request.beneficiary.globalUserId, name: request.beneficiary.name, type: 'BENEFICIARY' },
  ],
  payload: { ...payload, ...(call?.via === undefined ? {} : { via: call.via }), formVersion: request.form_version },
  domainIds: request.domains.map((d) => d.id),
  emits,
});
