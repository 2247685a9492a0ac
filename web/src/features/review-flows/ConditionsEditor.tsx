import { NativeSelect } from '@mantine/core';
import { type FlowFact, flowFact } from '@stoa/contract/review-flow';
import type { FormField } from '@stoa/contract/request-form';
import { useText } from '../../app/messages/use-text.tsx';
import { wordOf } from '../../lib/members.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { type ConditionNode, type Group, pathOfMembers } from './condition-tree.ts';
import { emptyLeaf, questionsOf } from './facts.ts';
import { replaced, without } from './flow-draft.ts';
import { LeafSlots } from './LeafSlots.tsx';
import { ProblemsAt } from './problems.tsx';
import styles from './flows.module.css';

type Props = {
  readonly group: Group;
  readonly fields: readonly FormField[];
  readonly path: string;
  /** The word before the group: "If" at the top, "and" or "or" inside. */
  readonly lead: string;
  readonly onChange: (group: Group) => void;
  readonly onRemove?: () => void;
};

const kinds = ['all', 'any', 'none', 'notAll'] as const;
type Kind = (typeof kinds)[number];
const kindOf = ({ mode, isNegated }: Group): Kind => (isNegated ? (mode === 'all' ? 'notAll' : 'none') : mode);
const ofKind = (kind: Kind): Pick<Group, 'mode' | 'isNegated'> => ({
  mode: kind === 'all' || kind === 'notAll' ? 'all' : 'any',
  isNegated: kind === 'none' || kind === 'notAll',
});

const deepest = 6;
const depthOf = (path: string): number => path.split('[').length;

function AddCondition({ group, fields, path, onChange }: Props) {
  const t = useText();
  const add = (member: ConditionNode) => onChange({ ...group, members: [...group.members, member] });
  const questions = questionsOf(fields);
  const offered = flowFact.options.filter((fact) => fact !== 'answers' || questions.length > 0);
  return (
    <div className={styles.slots}>
      <NativeSelect
        size="xs"
        aria-label={t('flows.addCondition')}
        value=""
        data={[
          { value: '', label: t('flows.addCondition'), disabled: true },
          ...offered.map((fact) => ({ value: fact, label: t(`flows.fact.${fact}`) })),
        ]}
        onChange={(event) => {
          const fact: FlowFact | undefined = wordOf(flowFact.options, event.currentTarget.value);
          if (fact !== undefined) add(emptyLeaf(fact, questions[0]));
        }}
      />
      {depthOf(path) < deepest && (
        <ActionButton
          size="xs"
          tone="quiet"
          label={t('flows.addGroup')}
          onClick={() => add({ kind: 'group', mode: 'any', isNegated: false, members: [] })}
        />
      )}
    </div>
  );
}

/** Conditions that hold together, one of them, or none; groups may stand inside groups. */
export function ConditionsEditor(props: Props) {
  const { group, fields, path, lead, onChange, onRemove } = props;
  const t = useText();
  const inside = pathOfMembers(path, group);
  const set = (at: number, member: ConditionNode) =>
    onChange({ ...group, members: replaced(group.members, at, member) });
  const remove = (at: number) => onChange({ ...group, members: without(group.members, at) });
  const joint = t(group.mode === 'all' ? 'flows.word.and' : 'flows.word.or');
  return (
    <fieldset className={styles.group}>
      <legend className="sr-only">{t('flows.conditions')}</legend>
      <div className={styles.slots}>
        <span className={styles.word}>{lead}</span>
        <NativeSelect
          size="xs"
          aria-label={t('flows.together')}
          value={kindOf(group)}
          data={kinds.map((kind) => ({ value: kind, label: t(`flows.kind.${kind}`) }))}
          onChange={(event) => {
            const kind = wordOf(kinds, event.currentTarget.value);
            if (kind !== undefined) onChange({ ...group, ...ofKind(kind) });
          }}
        />
        {onRemove !== undefined && (
          <ActionButton size="xs" tone="quiet" label={t('flows.removeGroup')} onClick={onRemove} />
        )}
      </div>
      <ul className={styles.conditions}>
        {group.members.map((member, at) => (
          // Conditions have no ids; what stands at a place is all there is to it.
          <li key={`condition-${at + 1}`} className={styles.condition}>
            {member.kind === 'group' ? (
              <ConditionsEditor
                group={member}
                fields={fields}
                path={`${inside}[${at}]`}
                lead={at === 0 ? '' : joint}
                onChange={(next) => set(at, next)}
                onRemove={() => remove(at)}
              />
            ) : (
              <LeafSlots
                leaf={member}
                fields={fields}
                path={`${inside}[${at}]`}
                lead={at === 0 ? '' : joint}
                onChange={(next) => set(at, next)}
                onRemove={() => remove(at)}
              />
            )}
          </li>
        ))}
      </ul>
      <AddCondition {...props} />
      <ProblemsAt place={path} />
      <ProblemsAt place={inside} />
    </fieldset>
  );
}
