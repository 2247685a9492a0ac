import type { FormField } from '@stoa/contract/request-form';
import { useText } from '../../app/messages/use-text.tsx';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { type Handles, MoveHandles } from '../../ui/reorder.tsx';
import { conditionsOf, treeOf } from './condition-tree.ts';
import { ConditionsEditor } from './ConditionsEditor.tsx';
import { EventEditor } from './EventEditor.tsx';
import type { FlowMode, FlowRule } from './flow-draft.ts';
import { useProblemsAt } from './problems.tsx';
import { useRuleText } from './use-flow-words.ts';
import styles from './flows.module.css';

type Props = {
  readonly rule: FlowRule;
  /** 1 is the first. */
  readonly number: number;
  readonly fields: readonly FormField[];
  readonly mode: FlowMode;
  readonly readOnly: boolean;
  readonly isOpen: boolean;
  /** It decides in the simulation. */
  readonly isFiring: boolean;
  readonly onToggle: (isOpen: boolean) => void;
  readonly handles: Handles;
  readonly onChange: (rule: FlowRule) => void;
  readonly onRemove: () => void;
};

function Slots({ rule, number, fields, mode, onChange }: Props) {
  const path = `rules[${number - 1}]`;
  const t = useText();
  return (
    <div className={styles.slotsBox}>
      <ConditionsEditor
        group={treeOf(rule.conditions)}
        fields={fields}
        path={`${path}.conditions`}
        lead={t('flows.word.if')}
        onChange={(group) => onChange({ ...rule, conditions: conditionsOf(group) })}
      />
      <EventEditor
        event={rule.event}
        mode={mode}
        place="rule"
        path={`${path}.event`}
        onChange={(event) => onChange({ ...rule, event })}
      />
    </div>
  );
}

/** One rule: its sentence, and when it is open the slots that make it. */
export function RuleCard(props: Props) {
  const { rule, number, fields, readOnly, isOpen, onToggle } = props;
  const t = useText();
  const text = useRuleText(fields);
  const name = t('flows.rule', { n: number });
  const problems = useProblemsAt(`rules[${number - 1}]`, 'deep');
  return (
    <div className={styles.card} data-open={isOpen || undefined} data-firing={props.isFiring || undefined}>
      <div className={styles.cardHead}>
        <span className={styles.number} aria-label={name}>
          {number}
        </span>
        <p className={styles.sentence}>{text(rule)}</p>
        {!readOnly && (
          <span className={styles.cardActs}>
            <MoveHandles handles={props.handles} name={name} />
            <ActionButton
              size="xs"
              label={t(isOpen ? 'flows.close' : 'flows.edit')}
              fullLabel={t(isOpen ? 'flows.closeThis' : 'flows.editThis', { name })}
              onClick={() => onToggle(!isOpen)}
            />
            <ActionButton
              size="xs"
              tone="quiet"
              label={t('flows.remove')}
              fullLabel={t('flows.removeThis', { name })}
              onClick={props.onRemove}
            />
          </span>
        )}
      </div>
      {props.isFiring && <p className={styles.firing}>{t('flows.firing')}</p>}
      {!isOpen && problems.length > 0 && (
        <p className={styles.problem}>{t('flows.problem.inside', { count: problems.length })}</p>
      )}
      {isOpen && !readOnly && <Slots {...props} />}
    </div>
  );
}
