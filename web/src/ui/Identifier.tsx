import { UnstyledButton } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { Fragment } from 'react';
import { useText } from '../app/messages/use-text.tsx';
import styles from './Identifier.module.css';
import { useAnnounce } from './LiveRegion.tsx';

type Props = {
  readonly value: string;
  /** Stands before the value, dimmed dot between: the platform or connection. */
  readonly prefix?: string;
  /** Longer values lose their middle. */
  readonly maxLength?: number;
  /** Off inside links and buttons, where a button may not stand. */
  readonly isCopyable?: boolean;
};

/** Keeps the head and the tail: names of one schema differ at the end. */
export function truncateMiddle(value: string, maxLength: number): string {
  const letters = [...value];
  if (letters.length <= maxLength) return value;
  const head = Math.ceil((maxLength - 1) * 0.4);
  const tail = maxLength - 1 - head;
  return `${letters.slice(0, head).join('')}…${letters.slice(-tail).join('')}`;
}

/** A line breaks behind a separator, not in the middle of a word, while a word fits into it. */
export function PathText({ text, isDimmed = false }: { text: string; isDimmed?: boolean }) {
  const parts = text.split(/([./:·…_])/);
  return parts.map((part, at) =>
    at % 2 === 1 ? (
      // The parts of one string never change places.
      <Fragment key={`${at}${part}`}>
        {isDimmed && part !== '_' ? <span className={styles.separator}>{part}</span> : part}
        <wbr />
      </Fragment>
    ) : (
      part
    ),
  );
}

/** A name of a platform, in mono, shortened in the middle; a click copies the whole of it. */
export function Identifier({ value, prefix, maxLength = 48, isCopyable = true }: Props) {
  const t = useText();
  const announce = useAnnounce();
  const clipboard = useClipboard({ timeout: 1500 });
  const words = (
    <>
      {prefix !== undefined && (
        <>
          <span className={styles.prefix}>
            <PathText text={prefix} />
          </span>
          <span className={styles.separator}> · </span>
        </>
      )}
      <PathText text={truncateMiddle(value, maxLength)} isDimmed />
    </>
  );
  const whole = prefix === undefined ? value : `${prefix} · ${value}`;
  if (!isCopyable) {
    return (
      <span className={styles.identifier} title={whole}>
        <span aria-hidden="true">{words}</span>
        <span className="sr-only">{whole}</span>
      </span>
    );
  }
  const copy = () => {
    clipboard.copy(value);
    announce(t('ui.identifier.copied', { value }));
  };
  return (
    <UnstyledButton
      className={styles.identifier}
      data-copied={clipboard.copied || undefined}
      title={clipboard.copied ? t('ui.copied') : whole}
      onClick={copy}
    >
      <span aria-hidden="true">{words}</span>
      <span className="sr-only">{t('ui.identifier.copy', { value: whole })}</span>
      {clipboard.copied && (
        <span className={styles.copied} aria-hidden="true">
          {t('ui.copied')}
        </span>
      )}
    </UnstyledButton>
  );
}
