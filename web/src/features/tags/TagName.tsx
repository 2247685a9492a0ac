import type { Sensitivity } from '@stoa/contract/tag';
import { useText } from '../../app/messages/use-text.tsx';
import styles from './tags.module.css';

/** Where the last segment begins: dots that are escaped are none. */
const lastStart = (name: string): number => name.length - (name.split(/(?<!\\)\./).at(-1)?.length ?? 0);

/** The path of a tag, its last segment before the others. */
export function TagName({ name }: { name: string }) {
  const at = lastStart(name);
  return (
    <span className={styles.tag}>
      {at > 0 && <span className={styles.tagPath}>{name.slice(0, at).replaceAll('\\.', '.')}</span>}
      {name.slice(at).replaceAll('\\.', '.')}
    </span>
  );
}

/** How sensitive what carries a tag is; words, since colour alone says nothing to many. */
export function SensitivityMark({ value }: { value: Sensitivity | null }) {
  const t = useText();
  if (value === null) return null;
  return <span className={value === 'low' ? undefined : styles[value]}>{t(`tags.sensitivity.${value}`)}</span>;
}
