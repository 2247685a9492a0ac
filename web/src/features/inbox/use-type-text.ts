import { notificationTypes } from '@stoa/contract/notification-type';
import { useText } from '../../app/messages/use-text.tsx';

/** The kind of a message in words; one that only a later server knows keeps its own name. */
export function useTypeText(): (type: string) => string {
  const t = useText();
  return (type) => {
    const known = notificationTypes.find((one) => one === type);
    return known === undefined ? type : t(`inbox.type.${known}`);
  };
}
