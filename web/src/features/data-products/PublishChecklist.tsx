import { IconAlertCircle, IconCircleDashed, IconSquareCheck } from '@tabler/icons-react';
import { useText } from '../../app/messages/use-text.tsx';
import styles from './ManageProduct.module.css';
import type { NeedState } from './product-draft.ts';

const marks = { done: IconSquareCheck, missing: IconAlertCircle, advised: IconCircleDashed } as const;
const places = {
  domain: 'product-domains',
  sources: 'product-sources',
  name: 'product-name',
  description: 'product-description',
  expert: 'product-expert',
  form: 'product-form',
  reviewers: 'product-stewards',
} as const;

/** What a product needs; each missing part links to its place. */
export function PublishChecklist({ needs }: { needs: readonly NeedState[] }) {
  const t = useText();
  return (
    <ul className={styles.needs}>
      {needs.map(({ need, state, outside }) => {
        const Mark = marks[state];
        const words = t(`manage.check.${need}`);
        return (
          <li key={need} className={styles.need} data-state={state}>
            <Mark size={16} stroke={1.75} aria-hidden="true" />
            {state === 'done' ? words : <a href={`#${places[need]}`}>{words}</a>}
            <span className={styles.needState}>
              {outside === undefined ? t(`manage.check.${state}`) : t('manage.check.outside', { count: outside })}
            </span>
          </li>
        );
      })}
    </ul>
  );
}
