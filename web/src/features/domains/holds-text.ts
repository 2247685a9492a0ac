import type { Domain } from '@stoa/contract/domain';
import type { useText } from '../../app/messages/use-text.tsx';

/** What a domain holds, in words. */
export const holdsText = (t: ReturnType<typeof useText>, tag: Domain['tag']): string => {
  if (tag === null) return t('domains.holds.manual');
  return tag.name === null ? t('domains.holds.gone') : t('domains.holds.dynamic', { tag: tag.name });
};
