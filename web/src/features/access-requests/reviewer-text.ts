import type { Reviewer } from '@stoa/contract/review-flow';
import { useText } from '../../app/messages/use-text.tsx';

/** A source of reviewers in words: a person, a group, a permission. */
export function useReviewerText(): (reviewer: Reviewer) => string {
  const t = useText();
  return (reviewer) => {
    switch (reviewer.type) {
      case 'USER':
        return reviewer.displayName ?? reviewer.id;
      case 'GROUP':
        return t('requests.reviewer.group', { name: reviewer.name });
      case 'PERMISSION':
        return t(`requests.reviewer.${reviewer.permission}`);
      case 'DOMAIN PERMISSION':
        return t('requests.reviewer.domain', { permission: reviewer.permission });
      case 'ATTRIBUTE':
        return t('requests.reviewer.attribute', { key: reviewer.key, value: reviewer.value });
      case 'CATALOG PERMISSION':
        return t('requests.reviewer.catalog');
    }
  };
}
