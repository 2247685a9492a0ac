import { useEffect, useRef, useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { MarkdownText } from '../../ui/MarkdownText.tsx';
import styles from './AgreementText.module.css';

/** The text of an agreement where it is accepted. A long one can be scrolled or opened; nobody has to do either. */
export function AgreementBox({ name, body }: { name: string; body: string }) {
  const t = useText();
  const box = useRef<HTMLDivElement>(null);
  const [isWhole, setIsWhole] = useState(false);
  const [isLong, setIsLong] = useState(false);
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    // The text comes after its reader: its height is known once it stands there.
    const watch = new ResizeObserver(() => setIsLong(element.scrollHeight > element.clientHeight + 1));
    for (const child of element.children) watch.observe(child);
    return () => watch.disconnect();
  }, []);
  return (
    <>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by the keyboard (axe: scrollable-region-focusable) */}
      <div
        ref={box}
        className={styles.box}
        data-whole={isWhole || undefined}
        tabIndex={0}
        role="group"
        aria-label={name}
      >
        <MarkdownText text={body} />
      </div>
      {(isLong || isWhole) && (
        <div>
          <ActionButton
            size="xs"
            tone="quiet"
            label={t(isWhole ? 'acceptance.text.less' : 'acceptance.text.whole', { name })}
            onClick={() => setIsWhole(!isWhole)}
          />
        </div>
      )}
    </>
  );
}
