import { type MessageId, useText } from '../../app/messages/use-text.tsx';

const words: Readonly<Record<string, MessageId>> = {
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
  'object.missing': 'reasonCode.object.missing',
  'identity.unverified': 'reasonCode.identity.unverified',
  'identity.absent': 'reasonCode.identity.absent',
  'identity.none': 'reasonCode.identity.none',
  'identity.taken': 'reasonCode.identity.taken',
  'approval.awaiting_acceptance': 'reasonCode.approval.awaiting_acceptance',
  'approval.expired': 'reasonCode.approval.expired',
  'approval.ended': 'reasonCode.approval.ended',
  'user.active': 'reasonCode.user.active',
  'source.available': 'reasonCode.source.available',
  'source.enabled': 'reasonCode.source.enabled',
  active: 'reasonCode.active',
  disabled: 'reasonCode.disabled',
};

/** A guardrail that the person does not pass; its name follows. */
const unmet = 'guardrail.unmet: ';

/** Facts of the compile come as stable codes; people read words. What is no known code is a sentence already. */
export function useReasonText(): (reason: string) => string {
  const t = useText();
  return (reason) => {
    const id = words[reason];
    if (reason.startsWith(unmet)) return t('reasonCode.guardrail.unmet', { names: reason.slice(unmet.length) });
    return id === undefined ? reason : t(id);
  };
}
