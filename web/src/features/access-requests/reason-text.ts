import { type MessageId, useText } from '../../app/messages/use-text.tsx';

/** The codes that stand in data; whatever is none of them is a sentence. */
export const reasonWords: Readonly<Record<string, MessageId>> = {
  'approval.continued': 'reasonCode.approval.continued',
  'source.unknown': 'reasonCode.source.unknown',
  'source.missing': 'reasonCode.source.missing',
  'source.disabled': 'reasonCode.source.disabled',
  'source.held': 'reasonCode.source.held',
  'user.unknown': 'reasonCode.user.unknown',
  'user.disabled': 'reasonCode.user.disabled',
  'target.unknown': 'reasonCode.target.unknown',
  'target.suspended': 'reasonCode.target.suspended',
  'target.deleted': 'reasonCode.target.deleted',
  'object.out_of_domain': 'reasonCode.object.out_of_domain',
  'object.changed': 'reasonCode.object.changed',
  'object.not_grantable': 'reasonCode.object.not_grantable',
  'object.moved': 'reasonCode.object.moved',
  'object.full': 'reasonCode.object.full',
  'principal.password_expired': 'reasonCode.principal.password_expired',
  'object.reads_as_reader': 'reasonCode.object.reads_as_reader',
  'container.unmarked': 'reasonCode.container.unmarked',
  'object.missing': 'reasonCode.object.missing',
  'identity.unverified': 'reasonCode.identity.unverified',
  'identity.absent': 'reasonCode.identity.absent',
  'identity.none': 'reasonCode.identity.none',
  'identity.taken': 'reasonCode.identity.taken',
  'approval.awaiting_acceptance': 'reasonCode.approval.awaiting_acceptance',
  'approval.expired': 'reasonCode.approval.expired',
  'approval.ended': 'reasonCode.approval.ended',
  'exception.no_mask': 'reasonCode.exception.no_mask',
  'exception.partly_unmasked': 'reasonCode.exception.partly_unmasked',
  'protection.not_set_up': 'reasonCode.protection.not_set_up',
  'user.active': 'reasonCode.user.active',
  'source.available': 'reasonCode.source.available',
  'source.enabled': 'reasonCode.source.enabled',
  'exception.ended': 'reasonCode.exception.ended',
  'source.unprotected': 'reasonCode.source.unprotected',
  'membership.of_another_grantor': 'reasonCode.membership.of_another_grantor',
  'proof.negative': 'reasonCode.proof.negative',
  'sessions.left': 'reasonCode.sessions.left',
  'principal.missing': 'reasonCode.principal.missing',
  'principal.no_login': 'reasonCode.principal.no_login',
  'principal.no_inherit': 'reasonCode.principal.no_inherit',
  'principal.reserved': 'reasonCode.principal.reserved',
  'principal.may_not_connect': 'reasonCode.principal.may_not_connect',
  'container.foreign': 'reasonCode.container.foreign',
  'container.in_use': 'reasonCode.container.in_use',
  'container.none_left': 'reasonCode.container.none_left',
  'container.too_wide': 'reasonCode.container.too_wide',
  'connection.checks_failed': 'reasonCode.connection.checks_failed',
  active: 'reasonCode.active',
  disabled: 'reasonCode.disabled',
};

/** A guardrail that the person does not pass; its name follows. */
const unmet = 'guardrail.unmet: ';

/** Facts of the compile come as stable codes; people read words. What is no known code is a sentence already. */
export function useReasonText(): (reason: string) => string {
  const t = useText();
  return (reason) => {
    const id = reasonWords[reason];
    if (reason.startsWith(unmet)) return t('reasonCode.guardrail.unmet', { names: reason.slice(unmet.length) });
    return id === undefined ? reason : t(id);
  };
}
