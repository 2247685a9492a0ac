import { CloseButton, NativeSelect } from '@mantine/core';
import { flowFact } from '@stoa/contract/review-flow';
import type { FormField } from '@stoa/contract/request-form';
import { useText } from '../../app/messages/use-text.tsx';
import { wordOf } from '../../lib/members.ts';
import type { Leaf } from './condition-tree.ts';
import { emptyLeaf, factOf, operatorsFor, questionOf, questionsOf, withOperator } from './facts.ts';
import { ProblemsAt } from './problems.tsx';
import { ValueSlot } from './ValueSlot.tsx';
import styles from './flows.module.css';

export type LeafProps = {
  readonly leaf: Leaf;
  readonly fields: readonly FormField[];
  readonly onChange: (leaf: Leaf) => void;
};
type Props = LeafProps & { readonly path: string; readonly lead: string; readonly onRemove: () => void };

function FactSlot({ leaf, fields, onChange }: LeafProps) {
  const t = useText();
  const questions = questionsOf(fields);
  const fact = factOf(leaf);
  return (
    <NativeSelect
      size="xs"
      aria-label={t('flows.slot.fact')}
      value={leaf.fact}
      data={[
        ...(fact === undefined ? [{ value: leaf.fact, label: leaf.fact }] : []),
        ...flowFact.options
          .filter((one) => one !== 'answers' || one === fact || questions.length > 0)
          .map((one) => ({ value: one, label: t(`flows.fact.${one}`) })),
      ]}
      onChange={(event) => {
        const next = wordOf(flowFact.options, event.currentTarget.value);
        if (next !== undefined) onChange(emptyLeaf(next, questions[0]));
      }}
    />
  );
}

function QuestionSlot({ leaf, fields, onChange }: LeafProps) {
  const t = useText();
  const questions = questionsOf(fields);
  const question = questionOf(leaf, fields);
  return (
    <NativeSelect
      size="xs"
      className={styles.wide ?? ''}
      aria-label={t('flows.slot.question')}
      value={question?.id ?? ''}
      data={[
        ...(question === undefined ? [{ value: '', label: t('flows.say.goneQuestion') }] : []),
        ...questions.map((one) => ({ value: one.id, label: one.label })),
      ]}
      onChange={(event) => {
        const next = questions.find((one) => one.id === event.currentTarget.value);
        if (next !== undefined) onChange(emptyLeaf('answers', next));
      }}
    />
  );
}

function OperatorSlot({ leaf, fields, onChange }: LeafProps) {
  const t = useText();
  const offered = operatorsFor(leaf, fields);
  if (leaf.fact === 'onBehalf' && leaf.operator === 'equal') return null;
  return (
    <NativeSelect
      size="xs"
      aria-label={t('flows.slot.operator')}
      value={leaf.operator}
      data={offered.map((one) => ({ value: one, label: t(`flows.operator.${one}`) }))}
      onChange={(event) => onChange(withOperator(leaf, event.currentTarget.value))}
    />
  );
}

/** One comparison as slots: what, how, with what. */
export function LeafSlots(props: Props) {
  const { leaf, lead, path, onRemove } = props;
  const t = useText();
  return (
    <>
      <div className={styles.slots}>
        {lead !== '' && <span className={styles.word}>{lead}</span>}
        <FactSlot {...props} />
        {leaf.fact === 'answers' && <QuestionSlot {...props} />}
        <OperatorSlot {...props} />
        <ValueSlot {...props} />
        <CloseButton size="sm" aria-label={t('flows.removeCondition')} onClick={onRemove} />
      </div>
      <ProblemsAt place={path} how="deep" />
    </>
  );
}
