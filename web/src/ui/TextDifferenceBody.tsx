import { Fragment, useState } from 'react';
import { useText } from '../app/messages/use-text.tsx';
import { ActionButton } from './ActionButton.tsx';
import styles from './TextDifference.module.css';
import { compareTexts, type TextPart } from './text-difference.ts';

/** So many unchanged lines stay around what changed. */
const context = 2;

/** Unchanged text between two changes: its lines near them, and the others on demand. */
function Unchanged({ text, isFirst, isLast }: { text: string; isFirst: boolean; isLast: boolean }) {
  const t = useText();
  const [isWhole, setIsWhole] = useState(false);
  const lines = text.split('\n');
  const before = isFirst ? 0 : context;
  const after = isLast ? 0 : context;
  const hidden = lines.length - before - after - 1;
  if (isWhole || hidden < 4) return text;
  return (
    <>
      {lines.slice(0, before).join('\n')}
      <span className={styles.gap}>
        <ActionButton
          size="xs"
          tone="quiet"
          label={t('ui.difference.hidden', { count: hidden })}
          onClick={() => setIsWhole(true)}
        />
      </span>
      {lines.slice(lines.length - after - 1).join('\n')}
    </>
  );
}

function Part({ part, at, count }: { part: TextPart; at: number; count: number }) {
  const t = useText();
  if (part.kind === 'same') return <Unchanged text={part.text} isFirst={at === 0} isLast={at === count - 1} />;
  const isAdded = part.kind === 'added';
  const Tag = isAdded ? 'ins' : 'del';
  return (
    <Tag>
      <span className="sr-only">{t(`ui.difference.${isAdded ? 'added' : 'removed'}`)} </span>
      {part.text}
    </Tag>
  );
}

/** What was taken out of a text and what was put in, word by word, in the plain text that people wrote. */
export function TextDifferenceBody({ before, after }: { before: string; after: string }) {
  const t = useText();
  const parts = compareTexts(before, after);
  return (
    <div role="group" aria-label={t('ui.difference.label')} className={styles.difference}>
      {parts.map((part, at) => (
        // Parts of a text are an ordered list without ids.
        <Fragment key={`part-${at + 1}`}>
          <Part part={part} at={at} count={parts.length} />
        </Fragment>
      ))}
    </div>
  );
}
