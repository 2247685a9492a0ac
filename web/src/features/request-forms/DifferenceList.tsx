import type { FormField, RequestFormDifference } from '@stoa/contract/request-form';
import { IconArrowsSort, IconMinus, IconPencil, IconPlus } from '@tabler/icons-react';
import { useText } from '../../app/messages/use-text.tsx';
import { FlowEditor } from '../review-flows/FlowEditor.tsx';
import { type ChangeLine, linesOf, useChangeText } from './difference-words.ts';
import styles from './forms.module.css';

const marks = { added: IconPlus, removed: IconMinus, changed: IconPencil, moved: IconArrowsSort } as const;

function Line({ line }: { line: ChangeLine }) {
  const t = useText();
  const text = useChangeText();
  const Mark = marks[line.mark];
  return (
    <li className={styles.change} data-mark={line.mark}>
      <Mark
        size={16}
        stroke={1.75}
        className={styles.changeMark}
        role="img"
        aria-label={t(`forms.mark.${line.mark}`)}
      />
      <div className={styles.changeWords}>
        <p>{text(line)}</p>
        {line.before !== undefined && (
          <p className={styles.was}>
            <span className="sr-only">{t('forms.change.before')} </span>
            {line.before}
          </p>
        )}
        {line.after !== undefined && (
          <p className={styles.is}>
            <span className="sr-only">{t('forms.change.after')} </span>
            {line.after}
          </p>
        )}
      </div>
    </li>
  );
}

/** The changes as lines; nothing where there are none. */
export function DifferenceList({ difference }: { difference: RequestFormDifference }) {
  return (
    <ul className={styles.changes}>
      {linesOf(difference).map((line) => (
        <Line key={line.key} line={line} />
      ))}
    </ul>
  );
}

type PolicyProps = {
  readonly policy: NonNullable<RequestFormDifference['policy']>;
  /** Of both versions, for the rules to name the questions that they look at. */
  readonly fields: readonly FormField[];
};

/** Who decided before and who decides now, as sentences beside each other. */
export function PolicyDifference({ policy, fields }: PolicyProps) {
  const t = useText();
  return (
    <div className={styles.sides}>
      {(['before', 'after'] as const).map((side) => (
        <section key={side} className={styles.side} aria-label={t(`forms.policy.${side}`)}>
          <h3 className="group-label">{t(`forms.policy.${side}`)}</h3>
          <FlowEditor mode="form" readOnly value={policy[side]} fields={fields} onChange={() => undefined} />
        </section>
      ))}
    </div>
  );
}
