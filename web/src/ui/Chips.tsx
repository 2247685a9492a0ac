import { CloseButton } from '@mantine/core';
import { useText } from '../app/messages/use-text.tsx';
import styles from './Chips.module.css';

/** What was chosen, each to be taken away. */
export function Chips(props: {
  readonly items: readonly { readonly key: string; readonly text: string }[];
  readonly onRemove?: ((key: string) => void) | undefined;
  readonly label: string;
}) {
  const t = useText();
  const { onRemove } = props;
  return (
    <ul className={styles.chips} aria-label={props.label}>
      {props.items.map((item) => (
        <li key={item.key} className={styles.chip}>
          {item.text}
          {onRemove !== undefined && (
            <CloseButton
              size="sm"
              aria-label={t('ui.chips.remove', { name: item.text })}
              onClick={() => onRemove(item.key)}
            />
          )}
        </li>
      ))}
    </ul>
  );
}
